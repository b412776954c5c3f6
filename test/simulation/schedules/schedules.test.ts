import { openTemporaryStore } from "@millrace/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { comeBack } from "./downtime.ts";
import { tellOfClocks, tellOfCrashes } from "./stories.ts";
import { ticksOnTheWall } from "./wall-clock.ts";

const HOURS = 0.5;

describe.each(["forward", "back"] as const)("schedules of every minute while clocks are set %s", (change) => {
  test("make each run once, though the leader dies at each minute", async () => {
    const { ticks, troubles, wrong } = await tellOfCrashes({ seed: 2, change, hours: HOURS });
    expect(wrong).toEqual([]);
    expect(ticks).toMatchObject({ missed: 0, doubled: 0, strange: 0 });
    expect(ticks.expected).toBeGreaterThan(200);
    expect(troubles["leader dies"]).toBeGreaterThan(20);
  });

  test("make each run once, though no server knows what time it is", async () => {
    const story = { seed: 2, change, hours: 2 * HOURS };
    const told = await tellOfClocks(story);
    expect(told).toMatchObject({ wrong: [], thefts: 0, negativeDurations: 0 });
    expect(told.ticks.expected).toBeGreaterThan(200);
    expect((await tellOfClocks(story)).digest).toBe(told.digest);
  });
});

test("schedules that were left off for three days do what their policies say", async () => {
  const place = await openTemporaryStore();
  onTestFinished(() => place.remove());
  const { ticks, answersMs } = await comeBack({ store: place.store, schedules: 20, limitMs: 60_000 });
  expect(ticks).toMatchObject({ expected: 400, missed: 0, doubled: 0, strange: 0, wrong: [] });
  expect(answersMs.length).toBeGreaterThan(0);
});

describe("the clock on the wall", () => {
  const HALF_PAST_TWO = {
    steps: false,
    isNamed: (at: { hour: number; minute: number }) => at.hour === 2 && at.minute === 30,
  };
  const EVERY_HALF_HOUR = { steps: true, isNamed: (at: { minute: number }) => at.minute % 30 === 0 };
  const span = (from: string, until: string) => ({ afterMs: Date.parse(from), untilMs: Date.parse(until) });
  const iso = (instants: readonly number[]) => instants.map((at) => new Date(at).toISOString().slice(0, 16));

  test("shows a time that it jumps over as late as if it had not jumped", () => {
    const days = span("2026-03-28T12:00Z", "2026-03-30T12:00Z");
    expect(iso(ticksOnTheWall(HALF_PAST_TWO, "Europe/Zurich", days))).toEqual(["2026-03-29T01:30", "2026-03-30T00:30"]);
  });

  test("shows a time twice, of which the first counts", () => {
    const days = span("2026-10-24T12:00Z", "2026-10-26T12:00Z");
    expect(iso(ticksOnTheWall(HALF_PAST_TWO, "Europe/Zurich", days))).toEqual(["2026-10-25T00:30", "2026-10-26T01:30"]);
  });

  test("goes through both hours for whoever steps through real time", () => {
    const night = span("2026-10-24T23:00Z", "2026-10-25T02:00Z");
    expect(iso(ticksOnTheWall(EVERY_HALF_HOUR, "Europe/Zurich", night))).toEqual([
      "2026-10-24T23:30",
      "2026-10-25T00:00",
      "2026-10-25T00:30",
      "2026-10-25T01:00",
      "2026-10-25T01:30",
      "2026-10-25T02:00",
    ]);
  });
});
