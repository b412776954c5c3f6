import { addOwed, countOwed, nextOwed, type OwedTicks, type ScheduleSpec } from "@millrace/core";
import type { Ticks } from "@millrace/core/time";
import { describe, expect, test } from "vitest";
import { HOUR, hourly } from "./steady-ticks.ts";

const ticks = hourly();
const own = (): Ticks => ticks;

function range(fromHour: number, toHour: number, more: Partial<OwedTicks> = {}): OwedTicks {
  return { afterMs: fromHour * HOUR, untilMs: toHour * HOUR, order: "oldest", live: false, ...more };
}

/** Hours of all ticks, in the order in which they are admitted, with `L` for live work. */
function drain(owed: readonly OwedTicks[], inOrder = false): readonly string[] {
  const taken: string[] = [];
  for (let next = nextOwed(owed, own, inOrder); next !== undefined; next = nextOwed(next.rest, own, inOrder)) {
    taken.push(`${next.atMs / HOUR}${next.live ? "L" : ""}${next.missed ? "" : "!"}`);
  }
  return taken;
}

describe("what is owed", () => {
  test("is admitted one after the other, the newest of what was missed as live work", () => {
    expect(drain([range(0, 3)])).toEqual(["1", "2", "3L"]);
    expect(drain([range(0, 3, { order: "newest" })])).toEqual(["3L", "2", "1"]);
    expect(drain([range(2, 3, { order: "newest" })])).toEqual(["3L"]);
  });

  test("goes behind what came while the flow was full", () => {
    expect(drain([range(0, 2), range(5, 7, { live: true })])).toEqual(["6L!", "7L!", "1", "2L"]);
  });

  test("goes strictly in order where each tick waits for the one before it", () => {
    expect(drain([range(5, 7, { live: true }), range(0, 2, { order: "newest" })], true)).toEqual([
      "1",
      "2L",
      "6L!",
      "7L!",
    ]);
  });

  test("may hold ranges without a tick", () => {
    expect(drain([range(0.2, 0.8), range(0.2, 0.8, { order: "newest" }), range(0, 1.5)])).toEqual(["1"]);
    const ended = hourly(2 * HOUR);
    expect(nextOwed([range(5, 7), range(5, 7, { order: "newest" })], () => ended)).toBe(undefined);
    const begun = { ...ticks, previous: () => undefined };
    expect(nextOwed([range(5, 7, { order: "newest" })], () => begun)).toBe(undefined);
    // The oldest tick of all, which none is before.
    expect(nextOwed([range(-1, 0, { order: "newest" })], own)?.rest).toEqual([]);
  });

  test("keeps the definition it is of", () => {
    const schedule = { name: "former" } as ScheduleSpec;
    const asked: (ScheduleSpec | null)[] = [];
    const next = nextOwed([range(0, 1, { schedule })], (of) => {
      asked.push(of);
      return ticks;
    });
    expect([next?.schedule, asked]).toEqual([schedule, [schedule]]);
  });
});

describe("adding to what is owed", () => {
  test("makes one range of those that follow each other", () => {
    const live = { live: true };
    const added = addOwed(addOwed([], range(0.9, 1, live), ticks), range(1.9, 2, live), ticks);
    expect(added).toEqual([range(0.9, 2, live)]);
    expect(addOwed([range(0, 1), range(4, 5, live)], range(1, 2), ticks)).toEqual([range(0, 2), range(4, 5, live)]);
  });

  test("keeps those apart that are of different kinds, orders and definitions, or have a tick between them", () => {
    const schedule = { name: "former" } as ScheduleSpec;
    const first = range(0, 1);
    expect(addOwed([first], range(1, 2, { live: true }), ticks)).toHaveLength(2);
    expect(addOwed([first], range(1, 2, { order: "newest" }), ticks)).toHaveLength(2);
    expect(addOwed([range(0, 1, { schedule })], range(1, 2), ticks)).toHaveLength(2);
    expect(addOwed([first], range(3, 4), ticks)).toHaveLength(2);
    expect(addOwed([first], range(3, 4), hourly(2 * HOUR))).toHaveLength(2);
  });
});

describe("counting what is owed", () => {
  test("stops where nobody wants to know more", () => {
    expect(countOwed([range(0, 3), range(5, 6, { schedule: { name: "former" } as ScheduleSpec })], own, 100)).toBe(4);
    expect(countOwed([range(0, 3), range(5, 9)], own, 4)).toBe(4);
    expect(countOwed([range(0, 9)], () => hourly(2 * HOUR), 100)).toBe(1);
  });
});
