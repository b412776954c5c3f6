// `npm run typecheck`: one compiler run for each set of rules. Core sees no Node, the web UI sees the DOM, examples are
// compiled as their users would, and all else is one program. Of packages that are named each is checked by itself.
import { globSync } from "node:fs";
import process from "node:process";
import { run } from "./run.ts";

const ALL = [
  "tsconfig.json",
  "packages/core/tsconfig.json",
  "packages/web/tsconfig.json",
  "packages/web/test/tsconfig.json",
  "examples/*/tsconfig.json",
];
const EACH = ["packages/*/tsconfig.json", "packages/*/test/tsconfig.json", "examples/*/tsconfig.json"];

const only = process.argv.slice(2);
const projects =
  only.length === 0 ? globSync(ALL) : globSync(EACH).filter((file) => only.some((name) => file.includes(`/${name}/`)));
const failed: string[] = [];
for (const project of projects.sort()) {
  // Each checker works out anew the types that files of several share: with one, all takes half the processor time.
  if ((await run("tsc", ["--project", project, "--noEmit", "--checkers", "1"])) !== 0) failed.push(project);
}
process.stdout.write(`${projects.length} projects checked${failed.map((name) => `\nfailed: ${name}`).join("")}\n`);
process.exitCode = failed.length > 0 || projects.length === 0 ? 1 : 0;
