import { type CatchupPolicy, catchUp, describeCatchup, droppedReason } from "@millrace/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HOUR, hourly } from "./steady-ticks.ts";

const ticks = hourly();
const after = (hours: number): number => hours * HOUR;

function decide(catchup: CatchupPolicy, fromHour: number, toHour: number) {
  return catchUp(ticks, { afterMs: after(fromHour), untilMs: after(toHour) }, { catchup, catchupOrder: "oldest" });
}

describe("ticks that were missed", () => {
  const owed = (fromMs: number, untilMs: number) => ({ afterMs: fromMs, untilMs, order: "oldest", live: false });
  const dropped = (first: number, last: number, count: number) => ({
    firstMs: after(first),
    lastMs: after(last),
    count,
  });

  test.each([
    [{ kind: "newest" }, owed(after(5.5) - HOUR / 2 - 1, after(5)), dropped(1, 4, 4)],
    [{ kind: "none" }, null, dropped(1, 5, 5)],
    [{ kind: "all" }, owed(0, after(5)), null],
    [{ kind: "last", count: 1 }, owed(after(5) - 1, after(5)), dropped(1, 4, 4)],
    [{ kind: "last", count: 2 }, owed(after(4) - 1, after(5)), dropped(1, 3, 3)],
    [{ kind: "last", count: 5 }, owed(after(1) - 1, after(5)), null],
    [{ kind: "last", count: 6 }, owed(0, after(5)), null],
    [{ kind: "within", ms: 2 * HOUR }, owed(after(3.5) - 1, after(5)), dropped(1, 3, 3)],
    [{ kind: "within", ms: 99 * HOUR }, owed(0, after(5)), null],
    [{ kind: "within", ms: HOUR / 4 }, null, dropped(1, 5, 5)],
  ] as const)("%j", (catchup, expectedOwed, expectedDropped) => {
    expect(decide(catchup, 0, 5.5)).toEqual({ owed: expectedOwed, dropped: expectedDropped });
  });

  test("are none where no tick is in the gap, or at all", () => {
    const none = { owed: null, dropped: null };
    expect(decide({ kind: "all" }, 5, 5.5)).toEqual(none);
    const ended = catchUp(
      hourly(0),
      { afterMs: 0, untilMs: HOUR },
      { catchup: { kind: "all" }, catchupOrder: "newest" },
    );
    expect(ended).toEqual(none);
  });

  test("the last few are all of them where a schedule has begun since", () => {
    const begun = catchUp(
      ticks,
      { afterMs: -HOUR, untilMs: HOUR },
      { catchup: { kind: "last", count: 9 }, catchupOrder: "oldest" },
    );
    expect(begun.owed?.afterMs).toBe(-HOUR);
  });

  test("are counted only so far", () => {
    expect(decide({ kind: "none" }, 0, 50_000).dropped).toMatchObject({ count: 1_000, lastMs: after(50_000) });
  });

  test("are owed or dropped, each one of them", () => {
    const policies = fc.oneof(
      fc.constantFrom<CatchupPolicy>({ kind: "newest" }, { kind: "none" }, { kind: "all" }),
      fc.record({ kind: fc.constant("last" as const), count: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ kind: fc.constant("within" as const), ms: fc.integer({ min: 1, max: 20 * HOUR }) }),
    );
    fc.assert(
      fc.property(
        policies,
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 0, max: 30 * HOUR }),
        (catchup, from, long) => {
          const gap = { afterMs: after(from), untilMs: after(from) + long };
          const decided = catchUp(ticks, gap, { catchup, catchupOrder: "oldest" });
          const all = Math.floor(gap.untilMs / HOUR) - from;
          const isOwed = (ms: number): boolean =>
            decided.owed !== null && ms > decided.owed.afterMs && ms <= decided.owed.untilMs;
          const owedCount = Array.from({ length: all }, (_, index) => after(from + index + 1)).filter(isOwed).length;
          expect(owedCount + (decided.dropped?.count ?? 0)).toBe(all);
        },
      ),
    );
  });
});

describe("why ticks were dropped", () => {
  test.each([
    [1, { kind: "none" }, "missed; catchup is none"],
    [4, { kind: "newest" }, "4 ticks were missed; catchup is newest"],
    [1_000, { kind: "last", count: 3 }, "1000 or more ticks were missed; catchup is the last 3"],
  ] as const)("is said: %i, %j", (count, policy, text) => {
    expect(droppedReason({ firstMs: 0, lastMs: 0, count }, policy)).toBe(text);
  });

  test("names a time", () => {
    expect(describeCatchup({ kind: "within", ms: 2 * HOUR })).toBe("within 2h 00m");
  });
});
