import { join } from "node:path";
import {
  type AttemptRow,
  BLANK_TASK_RUN,
  type EventRow,
  makeRunId,
  ROOT_ITEM,
  type RunRow,
  type Store,
  type TaskRunRow,
} from "@millrace/core";
import { openSqliteStore } from "@millrace/store";
import { EngineUnderTest } from "./engine-under-test.ts";
import { type Figure, median, say } from "./figures.ts";
import { FLOWS, makeProject } from "./project-folder.ts";

const WIDTH = 10_000;
const PAST_RUNS = 300;
const PAIRS = 7;

/** The wide flow on an empty store and on one with 3,000,000 finished task runs, in turn. */
export async function history(): Promise<readonly Figure[]> {
  const fresh = await makeProject(FLOWS.wide(WIDTH));
  const full = await makeProject(FLOWS.wide(WIDTH));
  await fillHistory(full.dir);
  const onFresh = await EngineUnderTest.open(fresh.dir);
  const onFull = await EngineUnderTest.open(full.dir);
  await onFresh.run("wide");
  await onFull.run("wide");
  const ratios: number[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const order = pair % 2 === 0 ? [onFresh, onFull] : [onFull, onFresh];
    const times = new Map<EngineUnderTest, number>();
    for (const under of order) times.set(under, (await under.run("wide")).ms);
    // Rates, so that 1 means as fast with history as without.
    ratios.push((times.get(onFresh) as number) / (times.get(onFull) as number));
    say(`pair ${pair + 1}: ${ratios.at(-1)?.toFixed(3)}`);
  }
  await onFresh.close();
  await onFull.close();
  await fresh.remove();
  await full.remove();
  return [{ name: "history_ratio", value: median(ratios), unit: "", goal: 0.95, better: "higher" }];
}

/** Writes finished runs through the store's own commit: the rows that real runs leave behind. */
async function fillHistory(dir: string): Promise<void> {
  const under = await EngineUnderTest.open(dir);
  const { run } = await under.run("wide");
  const made = (await under.store.history.findRun(run)) as RunRow;
  await under.close();
  const store: Store = await openSqliteStore({ path: join(dir, ".millrace/millrace.db") });
  const leadership = await store.lead("history");
  if (leadership === undefined) throw new Error("the store has a leader already");
  let attempt = await store.lastAttemptId();
  for (let past = 0; past < PAST_RUNS; past += 1) {
    const id = makeRunId(made.createdAtMs - (PAST_RUNS - past) * 60_000, Math.random);
    const row: RunRow = { ...made, id, rootRun: id, idempotencyKey: null };
    const rows = pastRows(row, attempt);
    attempt += WIDTH;
    await store.commit(leadership.epoch, {
      runs: [row],
      ...rows,
      outputs: [],
      reports: [],
      cacheEntries: [],
      triggers: [],
      ticks: [],
      backfills: [],
      partitionKeys: [],
      pools: [],
      rates: [],
      answers: [],
    });
    if (past % 50 === 49) say(`${(past + 1) * WIDTH} finished task runs written`);
  }
  await leadership.release();
  await store.close();
}

function pastRows(
  run: RunRow,
  lastAttempt: number,
): { taskRuns: readonly TaskRunRow[]; attempts: readonly AttemptRow[]; events: readonly EventRow[] } {
  const taskRuns: TaskRunRow[] = [];
  const attempts: AttemptRow[] = [];
  const events: EventRow[] = [];
  const at = run.createdAtMs;
  for (let node = 0; node < WIDTH; node += 1) {
    const place = { run: run.id, node, item: ROOT_ITEM } as const;
    const id = (lastAttempt + node + 1) as AttemptRow["id"];
    taskRuns.push({
      ...BLANK_TASK_RUN,
      ...place,
      state: "success",
      readyAtMs: at,
      startedAtMs: at,
      endedAtMs: at + 5,
    });
    attempts.push({
      ...place,
      id,
      hook: "",
      number: 1,
      state: "success",
      epoch: 1 as AttemptRow["epoch"],
      startedAtMs: at,
      endedAtMs: at + 5,
      error: null,
      place: { worker: null, host: "bench", pid: 4_711 },
    });
    events.push({ ...place, atMs: at, type: "task.started", attempt: id, data: null });
    events.push({ ...place, atMs: at + 5, type: "task.finished", attempt: id, data: '{"state":"success","ms":5}' });
  }
  return { taskRuns, attempts, events };
}
