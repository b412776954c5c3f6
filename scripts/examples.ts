// `npm run examples`: runs every example as its reader would, from its own folder, on its own data.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { run } from "./run.ts";

const failed: string[] = [];
const examples = globSync("examples/*/package.json").map((file) => path.dirname(file));
for (const example of examples.sort()) {
  process.stdout.write(`\n-- ${example}\n`);
  const { scripts = {} } = JSON.parse(readFileSync(path.join(example, "package.json"), "utf8"));
  if (scripts.ci === undefined) {
    process.stderr.write(`${example} has no script "ci", so nothing proves that it runs\n`);
    failed.push(example);
  } else if ((await run("npm", ["run", "--silent", "ci"], path.resolve(example))) !== 0) failed.push(example);
}
process.stdout.write(`${examples.length} examples, ${failed.length} failed ${failed.join(" ")}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
