/**
 * `npm run -s durability`: kills a run at random moments with `kill -9`, resumes it, and checks that nothing was lost,
 * nothing ran twice and no process is left.
 *
 *   --flow demo|thousand   the flights demo, or a generated flow of 1,000 task runs. Defaults to thousand.
 *   --database sqlite|postgres   the project's own file, or a server of its own. Defaults to sqlite.
 *   --moments <n>          how many. Defaults to 200.
 *   --seed <n>             of the first moment; the others follow it, so that `--moments 1 --seed n` repeats one.
 *   --flights <n>          how many flights of three million the demo gets; `all` for the demo as it is. Defaults to 20000.
 *
 * A line a moment on standard error, and at the end one JSON object on standard output. A moment with problems leaves
 * its project where it was.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { type MomentResult, measureTrial, runMoment } from "../test/durability/moment.ts";
import { demoTrial, millTrial, shrunkenDatasets, type Trial } from "../test/durability/trial.ts";
import { startPostgres } from "../test/setup/embedded-postgres.ts";
import { ROOT } from "../test/setup/installed.ts";

/** With what stands beside the map, 1,000 task runs. */
const THOUSAND_ITEMS = 900;

const { values: options } = parseArgs({
  options: {
    flow: { type: "string", default: "thousand" },
    database: { type: "string", default: "sqlite" },
    moments: { type: "string", default: "200" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
    flights: { type: "string", default: "20000" },
  },
});

const say = (line: string): unknown => process.stderr.write(`${line}\n`);

async function fewerFlights(folder: string, count: number): Promise<string> {
  const source = path.join(ROOT, "node_modules/vega-datasets/data/flights-3m.parquet");
  const target = path.join(folder, "flights.parquet");
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const sample = `select * from '${source}' using sample reservoir(${count} rows) repeatable (1)`;
  await connection.run(`copy (${sample}) to '${target}' (format parquet)`);
  connection.closeSync();
  instance.closeSync();
  return target;
}

async function chooseTrial(folder: string): Promise<Trial> {
  if (options.flow === "thousand") return millTrial(THOUSAND_ITEMS);
  if (options.flow !== "demo") throw new Error(`--flow is demo or thousand, not ${options.flow}`);
  if (options.flights === "all") return demoTrial(path.join(ROOT, "node_modules/vega-datasets"));
  const flights = await fewerFlights(folder, Number(options.flights));
  return demoTrial(shrunkenDatasets(mkdtempSync(path.join(folder, "datasets-")), flights));
}

function tell({ seed, story, problems, ms, dir }: MomentResult, place: string): void {
  const how = problems.length === 0 ? "ok" : `FAILED, see ${dir}`;
  say(`${place} seed ${seed} ${(ms / 1_000).toFixed(1)} s ${how}: ${story.join("; ")}`);
  for (const problem of problems.slice(0, 12)) say(`    ${problem}`);
  if (problems.length > 12) say(`    and ${problems.length - 12} more`);
}

if (!["sqlite", "postgres"].includes(options.database)) {
  throw new Error(`--database is sqlite or postgres, not ${options.database}`);
}
const folder = mkdtempSync(path.join(tmpdir(), "durability-data-"));
const postgres = options.database === "postgres" ? await startPostgres(folder) : undefined;
let databases = 0;
async function newDatabase(): Promise<string> {
  databases += 1;
  return (await postgres?.createDatabase(`moment_${databases}`)) ?? "";
}

try {
  const trial = await chooseTrial(folder);
  const place = postgres === undefined ? {} : { newDatabase };
  const durationMs = await measureTrial(trial, 3, place.newDatabase);
  say(`${trial.name}: ${durationMs.toFixed(0)} ms when nobody disturbs it`);
  const [moments, firstSeed] = [Number(options.moments), Number(options.seed)];
  const failed: number[] = [];
  let [kills, lastDeathMs] = [0, 0];
  for (let at = 0; at < moments; at += 1) {
    const result = await runMoment({ trial, seed: firstSeed + at, durationMs, ...place });
    tell(result, `${at + 1}/${moments}`);
    kills += result.kills;
    lastDeathMs = Math.max(lastDeathMs, result.lastDeathMs);
    if (result.problems.length > 0) failed.push(result.seed);
  }
  const summary = {
    durability: trial.name,
    database: options.database,
    machine: { cores: cpus().length, node: process.version },
    durationMs: Math.round(durationMs),
    moments,
    firstSeed,
    kills,
    lastDeathMs: Math.round(lastDeathMs),
    failed: failed.length,
    failedSeeds: failed,
  };
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
}
