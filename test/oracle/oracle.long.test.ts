import { describe, expect, test, vi } from "vitest";
import { compare } from "./compare.ts";
import { EXPRESSIONS } from "./expressions.ts";
import { SAMPLE_RANGE, SAMPLE_ZONES } from "./sample.ts";

/** It computes for ten seconds, which on a busy machine are minutes. */
vi.setConfig({ testTimeout: 300_000 });

describe("ticks of cron expressions", () => {
  test("are those that looking at every minute of the wall clock finds", () => {
    const found = compare({ zones: SAMPLE_ZONES, expressions: EXPRESSIONS, range: SAMPLE_RANGE });
    expect(found.differences).toEqual([]);
    expect(found.clocks).toBe(SAMPLE_ZONES.length);
    expect(found.compared).toBeGreaterThan(10_000_000);
  });

  test("differ where an expression is taken for another", () => {
    const expressions = [
      { cron: "0 2 * * *", names: ({ hour, minute }: { hour: number; minute: number }) => hour === 3 && minute === 0 },
    ];
    const { differing } = compare({ zones: ["Europe/Zurich"], expressions, range: SAMPLE_RANGE });
    expect(differing).toBeGreaterThan(400);
  });
});
