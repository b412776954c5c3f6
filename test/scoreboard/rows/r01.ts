import { CONVERGES_WITHIN_MS } from "../../simulation/simulation.ts";
import { playSuite } from "../../simulation/suite.ts";
import type { ScoreboardRow } from "../row.ts";

const STEPS = { sized: { memory: 250_000, sqlite: 40_000 }, full: { memory: 1_000_000, sqlite: 1_000_000 } };

export const row: ScoreboardRow = {
  id: "R1",
  title: "Simulated: three engines that compete, eight workers, random flows, all faults",
  goal: "1,000,000 steps, 0 violations; every seed converges within 60 simulated s; a replay is bit-identical",
  stores: ["memory", "sqlite"],
  limitMinutes: { sized: 3, full: 60 },
  async run({ store, full, seed, log }) {
    const kind = store === "sqlite" ? "sqlite" : "memory";
    const steps = (full ? STEPS.full : STEPS.sized)[kind];
    const result = await playSuite({ store: kind, firstSeed: seed, steps, replayEvery: 10, log });
    const { simulations, replays, slowestMs, troubles, taskRuns, wrong, failedSeeds } = result;
    const failed = failedSeeds.length === 0 ? "" : `, failed with the seeds ${failedSeeds.slice(0, 10).join(", ")}`;
    return {
      figure:
        `${result.steps.toLocaleString("en")} steps of ${simulations} simulations with ${troubles} troubles of machines: ` +
        `${wrong.length} violations; over within ${(slowestMs / 1_000).toFixed(1)} s; ${replays} replayed${failed}`,
      reached: wrong.length === 0 && slowestMs <= CONVERGES_WITHIN_MS,
      details: { steps: result.steps, simulations, replays, troubles, taskRuns, violations: wrong.length, slowestMs },
    };
  },
};
