// `npm run layers`: runs dependency-cruiser and then doubts it. A cruise that reads no files finds no faults, so the
// gate also fails when fewer modules were read than exist.
import { globSync } from "node:fs";
import process from "node:process";
import { cruise } from "dependency-cruiser";
import extractOptions from "dependency-cruiser/config-utl/extract-depcruise-options";

const ROOTS = ["packages", "test", "bench", "scripts", "examples"];
const SOURCES = ["packages/*/{src,test,scripts}/**/*.{ts,tsx}", "{test,bench,scripts}/**/*.ts", "examples/*/**/*.ts"];
const NOT_CRUISED = /(?:^|\/)(?:dist|fixtures|coverage|node_modules)\/|\.d\.ts$/;

const expected = globSync(SOURCES).filter((file) => !NOT_CRUISED.test(file));
const roots = ROOTS.filter((root) => globSync(`${root}/**/*.ts`).length > 0);
const options = await extractOptions("./.dependency-cruiser.mjs");
const { output } = await cruise(roots, { ...options, validate: true });
if (typeof output === "string") throw new Error("dependency-cruiser gave text where its result was asked for");

const read = new Set(output.modules.map((module) => module.source));
const missed = expected.filter((file) => !read.has(file));
for (const { rule, from, to, cycle } of output.summary.violations) {
  const path = cycle === undefined ? to : cycle.map((step) => step.name).join(" -> ");
  process.stderr.write(`${rule.name}: ${from} -> ${path}\n`);
}
for (const file of missed) process.stderr.write(`not cruised: ${file}\n`);
process.stdout.write(
  `${expected.length} modules of ours, ${missed.length} not cruised, ${output.summary.violations.length} imports refused\n`,
);
process.exitCode = missed.length > 0 || output.summary.violations.length > 0 ? 1 : 0;
