import { expect, test } from "vitest";
import { scaleOf } from "../src/features/run/timeline-bars.ts";

const bar = (...stretches: readonly (readonly [number, number])[]) => ({
  row: {} as never,
  segments: stretches.map(([startMs, endMs]) => ({ kind: "run" as const, state: "success" as const, startMs, endMs })),
});

test("time in which nothing ran takes little room, and the order of instants stays", () => {
  const day = 86_400_000;
  const { shareOf } = scaleOf([bar([0, 1_000]), bar([day, day + 1_000])], 0, day + 1_000);
  expect(shareOf(0)).toBe(0);
  expect(shareOf(day + 1_000)).toBeCloseTo(1);
  expect(shareOf(day) - shareOf(1_000)).toBeLessThan(0.1);
  expect(shareOf(500)).toBeCloseTo(shareOf(1_000) / 2);
  expect(shareOf(day / 2)).toBeGreaterThan(shareOf(1_000));
});

test("a run in which nothing has run yet has a scale", () => {
  const { shareOf } = scaleOf([], 0, 1_000);
  expect([shareOf(0), shareOf(1_000)]).toEqual([0, 1]);
});
