import { setTimeout } from "node:timers/promises";
import type { RunClass, RunId } from "@millrace/core";
import { EngineUnderTest } from "./engine-under-test.ts";
import { type Figure, median, quantile, say } from "./figures.ts";
import { FLOWS, makeProject } from "./project-folder.ts";

/** What live work and backfill get of each other's company. */
export interface Shares {
  /** From the request for one live task to its durable end, with nothing else to do, and beside a backfill; in ms. */
  readonly idle: readonly number[];
  readonly beside: readonly number[];
  /** Of the tasks that began while live work and backfill both had more than there was room for, backfill's share. */
  readonly backfillShare: number;
}

/** A backfill of 100,000 tasks beside one live task a second, and the inverse: a backfill beside as much live work. */
export async function fairness(): Promise<readonly Figure[]> {
  const { idle, beside, backfillShare } = await measureShares({ tasks: 100_000, everyMs: 1_000 });
  const [alone, together] = [quantile(idle, 0.99), quantile(beside, 0.99)];
  return [
    { name: "live_idle_p50_ms", value: median(idle), unit: "ms", goal: null, better: "lower" },
    { name: "live_idle_p99_ms", value: alone, unit: "ms", goal: null, better: "lower" },
    { name: "live_beside_backfill_p50_ms", value: median(beside), unit: "ms", goal: null, better: "lower" },
    { name: "live_beside_backfill_p99_ms", value: together, unit: "ms", goal: null, better: "lower" },
    { name: "live_p99_ratio", value: together / alone, unit: "", goal: 2, better: "lower" },
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
    await under.run("one");
    const idle: number[] = [];
    for (let round = 0; round < 30; round += 1) {
      idle.push((await under.run("one")).ms);
      await setTimeout(Math.min(size.everyMs, 100));
    }
    const beside = await liveBeside(under, size.everyMs);
    say(`${beside.length} live tasks beside a backfill of ${size.tasks}`);
    return { idle, beside, backfillShare: await shareOfBackfill(under) };
  } finally {
    await under.close();
    await project.remove();
  }
}

async function liveBeside(under: EngineUnderTest, everyMs: number): Promise<readonly number[]> {
  let isOver = false;
  const backfill = under.run("many", "backfill").finally(() => {
    isOver = true;
  });
  const beside: number[] = [];
  while (!isOver) {
    await setTimeout(everyMs);
    if (!isOver) beside.push((await under.run("one")).ms);
  }
  await backfill;
  return beside;
}

/** Both at once; counted until the first of them has no more tasks to begin. */
async function shareOfBackfill(under: EngineUnderTest): Promise<number> {
  const begun = new Map<RunId, number>();
  const end = under.onEvents((events) => {
    if (isDecided()) return;
    for (const { run, type } of events) if (type === "task.started") begun.set(run, (begun.get(run) ?? 0) + 1);
  });
  const over = new Set<RunClass>();
  const isDecided = (): boolean => over.size > 0;
  const run = async (runClass: RunClass): Promise<RunId> => {
    const finished = await under.run("many", runClass);
    over.add(runClass);
    return finished.run;
  };
  const [, backfill] = await Promise.all([run("live"), run("backfill")]);
  end();
  const all = [...begun.values()].reduce((sum, count) => sum + count, 0);
  return (begun.get(backfill) ?? 0) / all;
}
