// `kill -9` at a few moments, in every run of the tests; `npm run durability` does it at hundreds.
import { beforeAll, describe, expect, test } from "vitest";
import { measureTrial, runMoment } from "./moment.ts";
import { millTrial } from "./trial.ts";

/** About a hundred task runs. */
const trial = millTrial(20);
/** Chosen for what they do: a life that ends early, several deaths in a row, a guardian or a worker that goes first. */
const SEEDS = [2, 4, 9, 14, 21, 38];

describe("kill -9, then resume", () => {
  let durationMs = 0;
  beforeAll(async () => {
    durationMs = await measureTrial(trial, 1);
  });

  test.each(SEEDS)(
    "loses nothing, repeats nothing and leaves nothing, with seed %i",
    async (seed) => {
      const { problems, story } = await runMoment({ trial, seed, durationMs });
      expect({ problems, story }).toEqual({ problems: [], story });
    },
    60_000,
  );
});
