import { describe, expect, test } from "vitest";
import { simulate } from "./simulation.ts";

const SEEDS = Array.from({ length: 12 }, (_, index) => 1_000 + index);

describe("a simulation", () => {
  test.each(SEEDS)("of three servers and eight workers comes to its end, whatever breaks (seed %i)", async (seed) => {
    expect((await simulate({ seed, store: "memory" })).wrong).toEqual([]);
  });

  test("on SQLite comes to its end as well", async () => {
    expect((await simulate({ seed: 1, store: "sqlite" })).wrong).toEqual([]);
  });

  test.each(["memory", "sqlite"] as const)(
    "is the same again with the same seed, and another with another (%s)",
    async (store) => {
      const first = await simulate({ seed: 7, store });
      expect(await simulate({ seed: 7, store })).toEqual(first);
      expect((await simulate({ seed: 8, store })).digest).not.toBe(first.digest);
    },
  );
});
