import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ROUTES, type RouteName, routeOf } from "@millrace/contract";
import { decode, type RunId, type Store } from "@millrace/core";
import { openStore, parseDatabaseUrl } from "@millrace/store";
import { Client } from "pg";
import { seed } from "../scripts/seed/fill.ts";
import { LARGE_FLOW } from "../scripts/seed/seed-project.ts";
import { startPostgres } from "../test/setup/embedded-postgres.ts";
import { hopsOf } from "./chain.ts";
import { type Figure, median, quantile, say } from "./figures.ts";
import { FLOWS } from "./project-folder.ts";
import type { ReadOrder, ReadTimes } from "./reads-client.ts";
import { ask, POST, quieten, serve } from "./served.ts";

/** Ten thousand runs, of which a thousand have a thousand tasks each. */
const PAST = { runs: 10_000, tasks: 1_000, logMb: 99 };
const READS_PER_SECOND = 50;
/** Chains of forty tasks: a thousand tasks a second. */
const CHAIN = 40;
const CHAINS_PER_SECOND = 25;
/** Of the long log. */
const DEEP_LINE = 400_000;
const PAIRS = 3;
const PART_MS = 10_000;
/** What looks through all there is, however large: it has other goals. */
const NOT_LISTS: ReadonlySet<RouteName> = new Set(["searchLog", "verifyAudit"]);

/** Lists and details over a million task runs while a thousand tasks a second run, and what these notice of it. */
export async function reads(): Promise<readonly Figure[]> {
  // A folder that was seeded before, and may be used up, spares the minutes that seeding takes.
  const given = process.env["MILLRACE_BENCH_SEEDED"];
  const dir = given ?? (await mkdtemp(join(tmpdir(), "millrace-bench-")));
  try {
    if (given === undefined) await fill(dir);
    return await measure(dir, undefined);
  } finally {
    if (given === undefined) await rm(dir, { recursive: true, force: true });
  }
}

/** The same on a PostgreSQL of this machine that syncs every commit to disk. */
export async function readsOnPostgres(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  const server = await startPostgres(folder, { fsync: true });
  try {
    const databaseUrl = await server.createDatabase("reads");
    await asking(server.url, "alter database reads set synchronous_commit = off");
    await fill(join(folder, "project"), databaseUrl);
    await asking(server.url, "alter database reads reset synchronous_commit");
    // As it would have been done by itself in the weeks that this past stands for.
    await asking(databaseUrl, "vacuum analyze");
    return await measure(join(folder, "project"), databaseUrl);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function asking(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}

async function fill(dir: string, databaseUrl?: string): Promise<void> {
  const begun = Date.now();
  const { taskRuns } = await seed({ dir, ...PAST, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
  say(`${taskRuns} task runs seeded in ${Math.round((Date.now() - begun) / 1_000)} s`);
}

async function measure(dir: string, databaseUrl: string | undefined): Promise<readonly Figure[]> {
  await writeFile(join(dir, "flows/chain.ts"), FLOWS.chain(CHAIN));
  const env = databaseUrl === undefined ? process.env : { ...process.env, MILLRACE_DATABASE_URL: databaseUrl };
  const served = await serve(dir, env);
  const { api } = served;
  const url = databaseUrl ?? `sqlite:${join(dir, ".millrace/millrace.db")}`;
  const store = await openStore(parseDatabaseUrl(url), { readsHere: true });
  try {
    await quieten(api, ["chain"]);
    const paths = await pathsOf(api);
    say(`${paths.length} addresses`);
    await runChains(api, 3_000);
    return figuresOf(await measureParts({ api, paths, store }));
  } finally {
    await store.close();
    await served.stop();
  }
}

interface Measured extends ReadTimes {
  /** Medians of each part, without readers and with them. */
  readonly alone: readonly number[];
  readonly beside: readonly number[];
}

/** With and without readers in turn, so that whatever else the machine does is in both. */
async function measureParts({
  api,
  paths,
  store,
}: {
  api: string;
  paths: readonly string[];
  store: Store;
}): Promise<Measured> {
  const times: Record<string, number[]> = {};
  const refused: string[] = [];
  const alone: number[] = [];
  const beside: number[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    alone.push(median(await hopsOfRuns(store, await runChains(api, PART_MS))));
    const readers = fork(fileURLToPath(new URL("./reads-client.ts", import.meta.url)));
    readers.send({ url: new URL(api).origin, paths, perSecond: READS_PER_SECOND } satisfies ReadOrder);
    const runs = await runChains(api, PART_MS);
    const read = once(readers, "message");
    readers.send("stop");
    const [found] = (await read) as [ReadTimes];
    refused.push(...found.refused);
    for (const [path, of] of Object.entries(found.times)) times[path] = [...(times[path] ?? []), ...of];
    beside.push(median(await hopsOfRuns(store, runs)));
    say(`pair ${pair + 1}: hop ${alone.at(-1)?.toFixed(2)} ms alone, ${beside.at(-1)?.toFixed(2)} ms beside readers`);
  }
  return { times, refused, alone, beside };
}

function figuresOf({ times, refused, alone, beside }: Measured): readonly Figure[] {
  for (const what of refused.slice(0, 5)) say(what);
  const byPath = Object.entries(times)
    .map(([path, of]) => ({ path, p50: median(of), p95: quantile(of, 0.95), count: of.length }))
    .sort((one, other) => other.p95 - one.p95);
  for (const { path, p50, p95, count } of byPath) {
    say(`${p95.toFixed(1).padStart(7)} ms p95 ${p50.toFixed(1).padStart(6)} ms p50 of ${count}: ${path}`);
  }
  const all = Object.values(times).flat();
  const worst = byPath[0]?.p95 ?? Number.NaN;
  const ratio = median(beside.map((hop, at) => hop / (alone[at] as number)));
  return [
    { name: "reads_p50_ms", value: median(all), unit: "ms", goal: null, better: "lower" },
    { name: "reads_p95_ms", value: quantile(all, 0.95), unit: "ms", goal: 50, better: "lower" },
    { name: "reads_worst_route_p95_ms", value: worst, unit: "ms", goal: 50, better: "lower" },
    { name: "reads_refused", value: refused.length, unit: "", goal: 0, better: "lower" },
    { name: "hop_p50_alone_ms", value: median(alone), unit: "ms", goal: null, better: "lower" },
    { name: "hop_p50_beside_reads_ms", value: median(beside), unit: "ms", goal: null, better: "lower" },
    { name: "hop_ratio", value: ratio, unit: "", goal: 1.5, better: "lower" },
  ];
}

/** Every route that is read as JSON, on the largest there is, and pages deep in the long lists. */
async function pathsOf(api: string): Promise<readonly string[]> {
  const large = encodeURIComponent(LARGE_FLOW);
  const [run] = (await ask(`${api}/runs?flow=${large}&limit=1`)).items;
  const of = `runs/${run?.id}`;
  const log = await longLog(api);
  const places: Record<string, string> = { run: run?.id ?? "", flow: LARGE_FLOW, pool: "orders-api" };
  const deep = async (path: string, pages: number): Promise<string> => {
    let cursor = "";
    for (let page = 0; page < pages; page += 1) {
      const { next } = await ask(`${api}/${path}&limit=100${cursor}`);
      if (next !== null) cursor = `&cursor=${encodeURIComponent(next)}`;
    }
    return `/api/v1/${path}&limit=100${cursor}`;
  };
  return [
    ...(await answering(
      api,
      (Object.keys(ROUTES) as RouteName[]).flatMap((name) => pathOf(name, places) ?? []),
    )),
    await deep("runs?", 30),
    await deep(`runs?flow=${large}`, 5),
    await deep("runs?state=failed", 3),
    await deep("runs?flow=orders%2Fworld&state=failed&state=success", 3),
    await deep(`${of}/task-runs?`, 6),
    await deep(`${of}/task-runs?state=failed&state=success`, 3),
    await deep(`${of}/attempts?`, 6),
    await deep(`${of}/events?`, 10),
    await deep("ticks?", 30),
    await deep(`ticks?flow=${large}`, 5),
    `${log}?from=0&limit=500`,
    `${log}?from=${DEEP_LINE}&limit=500`,
  ];
}

/** That of the seed, which is of one of the newest runs of its flow. */
async function longLog(api: string): Promise<string> {
  for (const { id } of (await ask(`${api}/runs?flow=forecasts&limit=50`)).items) {
    for (const attempt of (await ask(`${api}/runs/${id}/attempts?limit=100`)).items) {
      const log = `${api}/runs/${id}/attempts/${attempt.id}/log`;
      const deep = await fetch(`${log}?from=${DEEP_LINE}&limit=1`);
      const { lines } = (await deep.json()) as { readonly lines: readonly unknown[] };
      if (lines.length > 0) return new URL(log).pathname;
    }
  }
  throw new Error("the seed has no long log");
}

/** Without those that have nothing to say of this project, such as the partitions of a flow that has none. */
async function answering(api: string, paths: readonly string[]): Promise<readonly string[]> {
  const answers = await Promise.all(paths.map((path) => fetch(new URL(path, api))));
  await Promise.all(answers.map((answer) => answer.arrayBuffer()));
  return paths.filter((path, at) => {
    const { ok = false, status = 0 } = answers[at] ?? {};
    if (!ok) say(`left out, ${status}: ${path}`);
    return ok;
  });
}

/** Undefined: not a list or a detail, or nothing of the kind is in this project. */
function pathOf(name: RouteName, places: Readonly<Record<string, string>>): string | undefined {
  const { method, answer, path } = routeOf(name);
  if (method !== "GET" || answer !== "json" || NOT_LISTS.has(name)) return undefined;
  const filled = path.replace(/\{(\w+)\}/g, (whole, field: string) => {
    const value = places[field];
    return value === undefined ? whole : encodeURIComponent(value);
  });
  return filled.includes("{") ? undefined : filled;
}

/** Starts chains at an even pace for so long, and waits for the last. */
async function runChains(api: string, ms: number): Promise<readonly RunId[]> {
  const begun = performance.now();
  const asked: Promise<RunId>[] = [];
  while (performance.now() - begun < ms) {
    asked.push(ask(`${api}/flows/chain/runs`, POST).then(({ run }) => run));
    const waitMs = begun + (asked.length * 1_000) / CHAINS_PER_SECOND - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
  }
  const runs = await Promise.all(asked);
  for (;;) {
    const { items } = await ask(`${api}/runs?flow=chain&state=running&state=queued&limit=1`);
    if (items.length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const seconds = (performance.now() - begun) / 1_000;
  say(`${Math.round((runs.length * CHAIN) / seconds)} tasks a second`);
  return runs;
}

async function hopsOfRuns(store: Store, runs: readonly RunId[]): Promise<readonly number[]> {
  const hops: number[] = [];
  for (const run of runs) {
    const steps: { start: number; end: number }[] = [];
    for (let node = 0; node < CHAIN; node += 1) {
      const value = await store.findOutput(run, node, "" as never);
      if (value?.kind !== "inline") throw new Error(`run ${run} has not ended`);
      steps.push(decode(value.text) as { start: number; end: number });
    }
    hops.push(...hopsOf(steps));
  }
  return hops;
}
