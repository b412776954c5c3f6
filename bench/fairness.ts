import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import type { RunClass, RunId } from "@millrace/core";
import { EngineUnderTest } from "./engine-under-test.ts";
import { type Figure, median, quantile, say } from "./figures.ts";
import { FLOWS, makeProject } from "./project-folder.ts";

/** Enough for the slowest in a hundred to be more than the slowest of all. */
const IDLE_ROUNDS = 200;

/** What live work and backfill get of each other's company. */
export interface Shares {
  /** From the request for one live task to its durable end, with nothing else to do, and beside a backfill; in ms. */
  readonly idle: readonly number[];
  readonly beside: readonly number[];
  /** The same of one task of backfill, beside as many live ones. */
  readonly backfillBeside: readonly number[];
  /** Of the slots that were held while live work and backfill both had more than there was room for, backfill's share. */
  readonly backfillShare: number;
}

/** A backfill of 100,000 tasks beside one live task a second, the inverse, and both with more than there is room for. */
export async function fairness(): Promise<readonly Figure[]> {
  const { idle, beside, backfillBeside, backfillShare } = await measureShares({ tasks: 100_000, everyMs: 1_000 });
  const [alone, together] = [quantile(idle, 0.99), quantile(beside, 0.99)];
  return [
    { name: "live_idle_p50_ms", value: median(idle), unit: "ms", goal: null, better: "lower" },
    { name: "live_idle_p99_ms", value: alone, unit: "ms", goal: null, better: "lower" },
    { name: "live_beside_backfill_p50_ms", value: median(beside), unit: "ms", goal: null, better: "lower" },
    { name: "live_beside_backfill_p99_ms", value: together, unit: "ms", goal: null, better: "lower" },
    { name: "live_p99_ratio", value: together / alone, unit: "", goal: 2, better: "lower" },
    {
      name: "backfill_beside_live_max_ms",
      value: Math.max(...backfillBeside),
      unit: "ms",
      goal: 60_000,
      better: "lower",
    },
    { name: "backfill_share", value: backfillShare, unit: "", goal: 0.1, better: "higher" },
  ];
}

export async function measureShares(size: {
  readonly tasks: number;
  readonly everyMs: number;
  readonly postgresUrl?: string;
}): Promise<Shares> {
  const project = await makeProject(FLOWS.shared(size.tasks));
  const under = await EngineUnderTest.open(project.dir, 8, size.postgresUrl);
  try {
    // Starting eight processes on two cores is felt by everybody, once; what is asked here is what classes do after that.
    await under.run("many");
    const idle: number[] = [];
    for (let round = 0; round < IDLE_ROUNDS; round += 1) {
      idle.push((await under.run("one")).ms);
      await setTimeout(10);
    }
    const beside = await oneBeside(under, { one: "live", many: "backfill", everyMs: size.everyMs });
    say(`${beside.length} live tasks beside a backfill of ${size.tasks}`);
    const backfillBeside = await oneBeside(under, { one: "backfill", many: "live", everyMs: size.everyMs });
    say(`${backfillBeside.length} tasks of backfill beside ${size.tasks} live ones`);
    return { idle, beside, backfillBeside, backfillShare: await shareOfBackfill(under) };
  } finally {
    await under.close();
    await project.remove();
  }
}

/** Times single tasks of one class for as long as many of the other have not ended. */
async function oneBeside(
  under: EngineUnderTest,
  { one, many, everyMs }: { readonly one: RunClass; readonly many: RunClass; readonly everyMs: number },
): Promise<readonly number[]> {
  let isOver = false;
  const crowd = under.run("many", many).finally(() => {
    isOver = true;
  });
  const times: number[] = [];
  while (!isOver) {
    await setTimeout(everyMs);
    if (!isOver) times.push((await under.run("one", one)).ms);
  }
  await crowd;
  return times;
}

/** Both at once; what each holds is added up over time, until the first of them has no more tasks to begin. */
async function shareOfBackfill(under: EngineUnderTest): Promise<number> {
  const running = new Map<RunId, number>();
  const held = new Map<RunId, number>();
  let atMs = performance.now();
  let isDecided = false;
  const end = under.onEvents((events) => {
    if (isDecided) return;
    const nowMs = performance.now();
    // Only while both want more than they have.
    if (running.size === 2)
      for (const [run, count] of running) held.set(run, (held.get(run) ?? 0) + count * (nowMs - atMs));
    atMs = nowMs;
    for (const { run, type, node } of events) {
      const change = type === "task.started" ? 1 : type === "task.finished" ? -1 : 0;
      if (node === SMALL) running.set(run, (running.get(run) ?? 0) + change);
    }
  });
  const run = async (runClass: RunClass): Promise<RunId> => {
    const finished = await under.run("many", runClass);
    isDecided = true;
    return finished.run;
  };
  const [, backfill] = await Promise.all([run("live"), run("backfill")]);
  end();
  const all = [...held.values()].reduce((sum, units) => sum + units, 0);
  return (held.get(backfill) ?? 0) / all;
}

/** The task of `many` that is repeated: after the list and the map. */
const SMALL = 2;
