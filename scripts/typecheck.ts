// `npm run typecheck`: one compiler run for each tsconfig.json, because the packages do not share their rules: core
// sees no Node, the web UI sees the DOM, and examples are compiled as their users would.
import { globSync } from "node:fs";
import process from "node:process";
import { run } from "./run.ts";

const PROJECTS = [
  "tsconfig.json",
  "packages/*/tsconfig.json",
  "packages/*/test/tsconfig.json",
  "examples/*/tsconfig.json",
  "docs/guides/snippets/tsconfig.json",
];

const only = process.argv.slice(2);
const projects = globSync(PROJECTS).filter(
  (file) => only.length === 0 || only.some((name) => file.includes(`/${name}/`)),
);
const failed: string[] = [];
for (const project of projects.sort()) {
  if ((await run("tsc", ["--project", project, "--noEmit"])) !== 0) failed.push(project);
}
process.stdout.write(`${projects.length} projects checked${failed.map((name) => `\nfailed: ${name}`).join("")}\n`);
process.exitCode = failed.length > 0 || projects.length === 0 ? 1 : 0;
