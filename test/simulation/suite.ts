import { type SimulationResult, simulate } from "./simulation.ts";

export interface SuiteOptions {
  readonly store: "memory" | "sqlite";
  /** Of the first simulation; each has the next. */
  readonly firstSeed: number;
  /** Simulations are played until there were so many steps. */
  readonly steps: number;
  /** Of so many simulations one is played a second time, to see whether it is the same. 0: none is. */
  readonly replayEvery: number;
  /** Ends with the first simulation in which something is wrong. Defaults to false. */
  readonly untilWrong?: boolean;
  readonly log: (line: string) => void;
}

export interface SuiteResult {
  readonly steps: number;
  readonly simulations: number;
  readonly replays: number;
  readonly taskRuns: number;
  /** How many seeds had something wrong, and what. */
  readonly failedSeeds: readonly number[];
  readonly wrong: readonly string[];
  /** The longest it took until everything was over, once all was well and nothing was waited for. */
  readonly slowestMs: number;
  readonly troubles: number;
}

/** Plays one simulation after the other. */
export async function playSuite(options: SuiteOptions): Promise<SuiteResult> {
  const { store, firstSeed, log } = options;
  const failedSeeds: number[] = [];
  const wrong: string[] = [];
  let [steps, simulations, replays, taskRuns, slowestMs, troubles] = [0, 0, 0, 0, 0, 0];
  for (; steps < options.steps; simulations += 1) {
    const seed = firstSeed + simulations;
    const found: string[] = [];
    try {
      const result = await simulate({ seed, store });
      found.push(...result.wrong);
      steps += result.steps;
      taskRuns += result.taskRuns;
      slowestMs = Math.max(slowestMs, result.convergedMs);
      troubles += Object.values(result.troubles).reduce((sum, count) => sum + count, 0);
      if (options.replayEvery > 0 && simulations % options.replayEvery === 0) {
        replays += 1;
        found.push(...difference(result, await simulate({ seed, store })));
      }
    } catch (error) {
      found.push(`it broke: ${error instanceof Error ? error.stack : String(error)}`);
      steps += 1;
    }
    if (found.length === 0) continue;
    failedSeeds.push(seed);
    for (const what of found) {
      log(`seed ${seed}: ${what}`);
      wrong.push(what);
    }
    if (options.untilWrong === true) break;
  }
  return { steps, simulations, replays, taskRuns, failedSeeds, wrong, slowestMs, troubles };
}

function difference(first: SimulationResult, again: SimulationResult): string[] {
  if (first.digest === again.digest && first.steps === again.steps) return [];
  return [`played again, it was another story: ${again.steps} steps after ${first.steps}`];
}
