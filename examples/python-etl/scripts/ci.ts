// `npm run ci`: the flow through the command line, with a fetch that fails twice, and then one that never works.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import process from "node:process";
import { countOf, endOf, millrace, runFlow } from "../../../scripts/examples/run-flow.ts";

for (const made of ["out", ".millrace"]) rmSync(made, { recursive: true, force: true });

const ran = await runFlow("bird-strikes", "--param", "busy=2");
assert.equal(ran.code, 0);
assert.equal(endOf(ran, "fetch").attempts, 3);
assert.equal(countOf(ran, "task.retrying", "fetch"), 2);
assert.match(
  ran.records.find((record) => record.type === "task.retrying")?.error?.message ?? "",
  /exited with code 75/,
);
assert.match(readFileSync("out/clean.csv", "utf8"), /European starling/);

const { stdout: logs } = await millrace("logs", "latest");
assert.match(logs, /the mirror is busy, attempt 2/);
assert.match(logs, /1991 reports name a species, 8009 do not/);
assert.match(logs, /33 species, the most frequent is European starling/);

const hasPipes = spawnSync("python3", ["-c", "import dagster_pipes"]).status === 0;
assert.equal(endOf(ran, "when").arm, hasPipes ? "then" : "otherwise");
if (hasPipes) {
  assert.match(logs, /10 species written/);
  assert.match(readFileSync("out/species.csv", "utf8"), /^species,strikes,cost\r?\nEuropean starling,319,912653/);
} else {
  assert.match(logs, /dagster-pipes is not installed/);
  assert.equal(endOf(ran, "publish-with-pipes").state, "skipped");
}

const failed = await runFlow("bird-strikes", "--param", "busy=99");
assert.equal(failed.code, 1);
assert.equal(endOf(failed, "fetch").attempts, 4);
assert.equal(endOf(failed, "clean").state, "upstream_failed");

process.stdout.write(`python-etl: 2 runs, ${hasPipes ? "with" : "without"} dagster-pipes\n`);
