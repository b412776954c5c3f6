// `npm run ci`: the flow three times through the command line: from nothing, from the cache, and with nothing forgiven.
// Then two months of another flow's partitions as a backfill.
import { strict as assert } from "node:assert";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import process from "node:process";
import { csvParse } from "d3-dsv";
import { countOf, endOf, millrace, runFlow } from "../../../scripts/examples/run-flow.ts";

for (const made of ["out", ".millrace"]) rmSync(made, { recursive: true, force: true });

const first = await runFlow("flights");
assert.equal(first.code, 0);
assert.equal(first.records.at(-1)?.state, "success");
assert.equal(endOf(first, "when").arm, "then");
assert.equal(endOf(first, "hold-back").state, "skipped");
assert.equal(first.records.filter((record) => record.cached === true).length, 0);
assert.equal(countOf(first, "task.finished", "airport[11]/draw"), 1);

const rejects = csvParse(readFileSync("out/rejects.csv", "utf8"));
assert.equal(rejects.filter(({ source }) => source === "airports.csv").length, 12);
assert.equal(rejects.filter(({ source }) => source === "flights").length, 17);
assert.ok(rejects.some(({ reason }) => reason === "delay is more than two hours early"));

const report = readFileSync("out/report.html", "utf8");
assert.match(report, /2,999,792/);
assert.match(report, /<td>rows add up[\s\S]*?<td class="number">191</);
assert.equal(report.match(/<article class="card">/g)?.length, 12);
assert.doesNotMatch(report, /undefined|NaN|\[object/);
const airports = csvParse(readFileSync("out/airports.csv", "utf8"));
assert.equal(airports.length, 228);
assert.equal(airports[0]?.["iata"], "ORD");

const second = await runFlow("flights");
assert.equal(second.code, 0);
for (const task of ["read-airports", "check-month[0]", "check-month[6]", "airport[0]/hours", "airport[11]/draw"]) {
  assert.equal(endOf(second, task).cached, true, `${task} comes from the cache`);
}
assert.equal(endOf(second, "load").cached, false);

rmSync("out/report.html");
const strict = await runFlow("flights", "--param", "strict=true");
assert.equal(strict.code, 0);
assert.equal(endOf(strict, "when").arm, "otherwise");
assert.equal(endOf(strict, "write-report").state, "skipped");
assert.match(readFileSync("out/held-back.md", "utf8"), /every origin is a known airport: 108 found/);
assert.equal(existsSync("out/report.html"), false);

const winter = ["backfill", "weather", "--from", "2012-01-01", "--to", "2012-02-29", "--yes"];
const backfilled = await millrace(...winter);
assert.equal(backfilled.code, 0, backfilled.stderr);
assert.match(backfilled.stdout, /weather success 60 of 60 runs/);
const days = readdirSync("out/weather").sort();
assert.equal(days.length, 60);
assert.equal(days.at(-1), "2012-02-29.json");
const again = await millrace(...winter);
assert.equal(again.code, 2);
assert.match(again.stderr, /nothing to do: of its windows 60 ran before/);

process.stdout.write(
  `flights: 3 runs, ${first.records.at(-1)?.durationMs} ms and ${second.records.at(-1)?.durationMs} ms\n`,
);
