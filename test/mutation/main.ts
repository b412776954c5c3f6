// `npm run mutation -- [core | engine] [--file <part of a name>] [--sample <n>] [--seed <n>]`: which mutants the tests
// do not notice, for whoever writes the tests that are missing.
import process from "node:process";
import { parseArgs } from "node:util";
import { findMutants } from "./mutants.ts";
import { ALL_TESTS_MS, runMutants } from "./run-mutants.ts";
import { sampleOf } from "./sample.ts";
import { TARGETS } from "./targets.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { file: { type: "string" }, sample: { type: "string" }, seed: { type: "string" } },
});
const log = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

for (const target of TARGETS) {
  if (positionals.length > 0 && !positionals.includes(target.name)) continue;
  const files = target.files.filter((file) => file.includes(values.file ?? ""));
  const all = findMutants(files);
  const mutants = values.sample === undefined ? all : sampleOf(all, Number(values.sample), Number(values.seed ?? 1));
  const { killed, survived, unreached } = await runMutants({
    targets: files,
    tests: target.tests,
    mutants,
    passesMs: ALL_TESTS_MS,
    log,
  });
  for (const { id, file, line, key } of survived) {
    log(`${file}:${line}  ${unreached.has(id) ? "not reached" : "survived"}  ${key}`);
  }
  log(`${target.name}: ${killed.size} of ${mutants.length} killed`);
}
