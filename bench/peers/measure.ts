import { setTimeout as sleep } from "node:timers/promises";
import { say } from "../figures.ts";
import { awaitTasks, countTasks, journalOf, now, type Sample, sampleOf } from "./journal.ts";
import { type Peer, type Running, WORK, type WorkName } from "./peer.ts";
import type { Stage } from "./stage.ts";

export interface MeasureOptions {
  readonly works: readonly WorkName[];
  /** How often the work is repeated after the run that warms up. */
  readonly repetitions: number;
  /** When the repetitions of one work have taken so long together, no further one begins, in seconds. */
  readonly budgetS: number;
  /** A run that takes longer is given up, in seconds. */
  readonly limitS: number;
}

/** One work of one peer. */
export interface Measured {
  /** The first run of this work after the start of all processes. */
  readonly first: Sample;
  readonly warm: readonly Sample[];
}

/** Why there is no figure. */
export interface Failed {
  readonly failure: string;
}

const SETTLED_MS = 60_000;
/** Seldom, so that asking is no load. */
const ASK_EVERY_MS = 5_000;

/** All works, one after the other. One that fails does not keep the next from running. */
export async function measureWorks(
  peer: Peer,
  { stage, running, options }: { stage: Stage; running: Running; options: MeasureOptions },
): Promise<Partial<Record<WorkName, Measured | Failed>>> {
  const results: Partial<Record<WorkName, Measured | Failed>> = {};
  for (const work of options.works) {
    try {
      const run = (round: number): Promise<Sample> => runOnce({ stage, running, options }, work, round);
      results[work] = await measureWork(run, options);
    } catch (error) {
      results[work] = { failure: error instanceof Error ? error.message : String(error) };
    }
    say(`  ${peer.title} (${peer.language}), ${WORK[work].title}: ${inWords(results[work])}`);
  }
  return results;
}

async function measureWork(run: (round: number) => Promise<Sample>, options: MeasureOptions): Promise<Measured> {
  const first = await run(0);
  const warm: Sample[] = [];
  const begun = now();
  do {
    warm.push(await run(warm.length + 1));
  } while (warm.length < options.repetitions && Number(now() - begun) / 1e9 < options.budgetS);
  return { first, warm };
}

async function runOnce(
  { stage, running, options }: { stage: Stage; running: Running; options: MeasureOptions },
  work: WorkName,
  round: number,
): Promise<Sample> {
  const key = `${work}-${round}`;
  const file = journalOf(stage.journals, key);
  const requested = now();
  const run = await running.begin(work, key);
  const limit = Date.now() + options.limitS * 1_000;
  let askAt = Date.now() + ASK_EVERY_MS;
  const noted = await awaitTasks(file, WORK[work], async () => {
    stage.check();
    if (Date.now() > limit) {
      throw new Error(`given up after ${options.limitS} s: ${countTasks(file)} of ${WORK[work].tasks} tasks had run`);
    }
    if (Date.now() < askAt) return;
    // Throws when the run has failed.
    await running.hasSucceeded(run);
    askAt = Date.now() + ASK_EVERY_MS;
  });
  const sample = sampleOf(requested, noted, WORK[work]);
  // The next run begins when this one is over for the peer too.
  const ranAt = Date.now();
  while (!(await running.hasSucceeded(run))) {
    if (Date.now() - ranAt > SETTLED_MS) throw new Error("all tasks have run, but the run does not end");
    await sleep(50);
  }
  return sample;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

function inWords(result: Measured | Failed | undefined): string {
  if (result === undefined) return "not run";
  if ("failure" in result) return result.failure;
  const seconds = result.warm.map(({ toLastMs }) => (toLastMs / 1_000).toFixed(3));
  return `${seconds.join(", ")} s; first ${(result.first.toLastMs / 1_000).toFixed(3)} s`;
}
