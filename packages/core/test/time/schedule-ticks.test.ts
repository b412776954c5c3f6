import type { CalendarSpec, ScheduleSpec, ScheduleTiming } from "@millrace/core";
import { mayTickFrom, ticksBetween, ticksBetweenBackwards, ticksOf } from "@millrace/core/time";
import { describe, expect, it } from "vitest";
import { instant, scheduleOf, text } from "./schedule-of.ts";

/** All ticks of a stretch, found forwards, and the same ones found backwards. */
function both(timing: ScheduleTiming, options: Partial<ScheduleSpec>, [from, to]: readonly [string, string]): string[] {
  const ticks = ticksOf(scheduleOf(timing, options));
  if (ticks === undefined) throw new Error("no ticks");
  const found = [...ticksBetween(ticks, instant(from) - 1, instant(to))];
  expect([...ticksBetweenBackwards(ticks, instant(from) - 1, instant(to))].reverse()).toEqual(found);
  return found.map(text);
}

const every = (amount: number, unit: "ms" | "day" | "week" | "month", anchor: string): ScheduleTiming => {
  return { kind: "every", amount, unit, anchorMs: instant(anchor) };
};
const WORKING = [1, 2, 3, 4, 5];
const calendar = (options: Partial<CalendarSpec>): { readonly calendar: CalendarSpec } => {
  return { calendar: { weekdays: WORKING, exclude: [], include: [], roll: "skip", ...options } };
};
const ZURICH = { timeZone: "Europe/Zurich" };

describe("an interval", () => {
  it("of elapsed time goes on across a change of the clock", () => {
    const twelve = every(43_200_000, "ms", "2026-03-28T11:00:00Z");
    expect(both(twelve, ZURICH, ["2026-03-28", "2026-03-30"])).toEqual([
      "2026-03-28T11:00:00Z",
      "2026-03-28T23:00:00Z",
      "2026-03-29T11:00:00Z",
      "2026-03-29T23:00:00Z",
    ]);
  });

  it("of weeks keeps the weekday and the time of its anchor, before it too", () => {
    expect(both(every(2, "week", "2026-04-01T10:00:00Z"), ZURICH, ["2026-03-01", "2026-04-20"])).toEqual([
      "2026-03-04T11:00:00Z",
      "2026-03-18T11:00:00Z",
      "2026-04-01T10:00:00Z",
      "2026-04-15T10:00:00Z",
    ]);
  });

  it("of months keeps the day, or takes the last of a month without it", () => {
    expect(both(every(1, "month", "2024-01-31T00:00:00Z"), {}, ["2023-11-01", "2024-05-01"])).toEqual([
      "2023-11-30T00:00:00Z",
      "2023-12-31T00:00:00Z",
      "2024-01-31T00:00:00Z",
      "2024-02-29T00:00:00Z",
      "2024-03-31T00:00:00Z",
      "2024-04-30T00:00:00Z",
    ]);
    expect(both(every(3, "month", "2024-02-10T06:00:00Z"), {}, ["2024-01-01", "2024-09-01"])).toEqual([
      "2024-02-10T06:00:00Z",
      "2024-05-10T06:00:00Z",
      "2024-08-10T06:00:00Z",
    ]);
  });
});

describe("a schedule", () => {
  it("that ticks once has one tick, and an empty window", () => {
    const ticks = ticksOf(scheduleOf({ kind: "once", atMs: 1_000 }));
    expect([ticks?.next(999), ticks?.next(1_000), ticks?.previous(1_000), ticks?.previous(1_001)]).toEqual([
      1_000,
      undefined,
      undefined,
      1_000,
    ]);
    expect(ticks?.windowOf(1_000)).toEqual({ startMs: 1_000, endMs: 1_000 });
  });

  it("keeps to its start and its end, and its first window reaches back before the start", () => {
    const bounds = { startMs: instant("2026-01-02"), endMs: instant("2026-01-04") };
    const daily: ScheduleTiming = { kind: "cron", expression: "0 0 * * *" };
    expect(both(daily, bounds, ["2025-12-01", "2026-02-01"])).toEqual(["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"]);
    const ticks = ticksOf(scheduleOf(daily, bounds));
    expect(ticks?.windowOf(bounds.startMs)).toEqual({ startMs: instant("2026-01-01"), endMs: bounds.startMs });
  });

  it.each([{ kind: "continuous", pauseMs: 0 }, { kind: "custom" }] as const)(
    "of the kind $kind is not told by the calendar",
    (timing) => {
      expect(ticksOf(scheduleOf(timing))).toBeUndefined();
      const options = { startMs: instant("2026-01-01"), endMs: instant("2026-02-01"), ...calendar({}), ...ZURICH };
      const from = (at: string): number | undefined => mayTickFrom(scheduleOf(timing, options), instant(at));
      expect(from("2025-12-31T12:00:00Z")).toBe(options.startMs);
      expect(from("2026-01-02T12:00:00Z")).toBe(instant("2026-01-02T12:00:00Z"));
      // In Zurich it is Saturday already: nothing before Monday.
      expect(from("2026-01-02T23:30:00Z")).toBe(instant("2026-01-04T23:00:00Z"));
      expect(from("2026-01-31T12:00:00Z")).toBeUndefined();
      expect(from("2026-02-01T00:00:00Z")).toBeUndefined();
      expect(mayTickFrom(scheduleOf(timing), 0)).toBe(0);
      expect(mayTickFrom(scheduleOf(timing, calendar({ weekdays: [] })), 0)).toBeUndefined();
    },
  );

  it("is refused by name for a zone that is none", () => {
    const spec = scheduleOf({ kind: "custom" }, { name: "nightly", timeZone: "Mars/Base" });
    expect(() => ticksOf(spec)).toThrow('The time zone of schedule "nightly" is unknown: "Mars/Base".');
  });
});

describe("a calendar", () => {
  const daily: ScheduleTiming = { kind: "cron", expression: "0 6 * * *" };
  // Christmas of 2026 is a Friday.
  const holidays = { exclude: ["2026-12-25"], include: ["2026-12-26"] };

  it("skips days that do not count, and one that is included counts", () => {
    expect(both(daily, calendar(holidays), ["2026-12-24", "2026-12-29"])).toEqual([
      "2026-12-24T06:00:00Z",
      "2026-12-26T06:00:00Z",
      "2026-12-28T06:00:00Z",
    ]);
  });

  it("moves ticks to the next day that counts, at their time, once", () => {
    const weekly: ScheduleTiming = { kind: "cron", expression: "0 6 25,27 12 *" };
    expect(both(weekly, calendar({ ...holidays, roll: "next" }), ["2026-12-24", "2026-12-31"])).toEqual([
      "2026-12-26T06:00:00Z",
      "2026-12-28T06:00:00Z",
    ]);
    expect(both(daily, calendar({ roll: "next" }), ["2026-12-04", "2026-12-08T12:00:00Z"])).toEqual([
      "2026-12-04T06:00:00Z",
      "2026-12-07T06:00:00Z",
      "2026-12-08T06:00:00Z",
    ]);
  });

  it("moves ticks to the previous day that counts", () => {
    const ends: ScheduleTiming = { kind: "cron", expression: "0 6 L * *" };
    expect(both(ends, calendar({ roll: "previous" }), ["2026-01-01", "2026-06-01"])).toEqual([
      "2026-01-30T06:00:00Z",
      "2026-02-27T06:00:00Z",
      "2026-03-31T06:00:00Z",
      "2026-04-30T06:00:00Z",
      "2026-05-29T06:00:00Z",
    ]);
  });

  it("puts ticks of different times of day together on the day to which they move", () => {
    const rule: ScheduleTiming = {
      kind: "rrule",
      rule: "DTSTART:20261201T060000\nRRULE:FREQ=DAILY\nRDATE:20261205T040000,20261206T080000",
    };
    expect(both(rule, calendar({ roll: "next" }), ["2026-12-04", "2026-12-07T23:00:00Z"])).toEqual([
      "2026-12-04T06:00:00Z",
      "2026-12-07T04:00:00Z",
      "2026-12-07T06:00:00Z",
      "2026-12-07T08:00:00Z",
    ]);
  });

  it("is of the zone of the schedule, for intervals too", () => {
    expect(
      both(every(21_600_000, "ms", "2026-12-01"), { ...ZURICH, ...calendar({}) }, [
        "2026-12-04T12:00:00Z",
        "2026-12-07T06:00:00Z",
      ]),
    ).toEqual(["2026-12-04T12:00:00Z", "2026-12-04T18:00:00Z", "2026-12-07T00:00:00Z", "2026-12-07T06:00:00Z"]);
  });

  it("may leave no tick at all", () => {
    const never = (timing: ScheduleTiming, options: { readonly calendar: CalendarSpec }): void => {
      const ticks = ticksOf(scheduleOf(timing, options));
      expect(ticks?.next(instant("2026-01-01"))).toBeUndefined();
      expect(ticks?.previous(instant("2026-01-01"))).toBeUndefined();
    };
    const sundays: ScheduleTiming = { kind: "cron", expression: "0 6 * * 0" };
    const oneDay = { weekdays: [], include: ["2026-05-05"] };
    never(sundays, calendar({}));
    never({ kind: "cron", expression: "0 6 30 2 *" }, calendar({}));
    never({ kind: "cron", expression: "0 6 30 2 *" }, calendar({ roll: "next" }));
    never({ kind: "cron", expression: "0 6 30 2 *" }, calendar({ roll: "previous" }));
    never(every(7 * 86_400_000, "ms", "2026-12-06"), calendar({}));
    never({ kind: "once", atMs: instant("2026-12-06") }, calendar({}));
    never(daily, calendar({ weekdays: [], roll: "next" }));
    never(daily, calendar({ weekdays: [], roll: "previous" }));
    never(every(3_600_000, "ms", "2026-12-06"), calendar({ weekdays: [] }));
    // All that there is moves to the one day.
    const ticks = ticksOf(scheduleOf(daily, calendar({ ...oneDay, roll: "next" })));
    expect(text(ticks?.next(instant("2026-01-01")) ?? 0)).toBe("2026-05-05T06:00:00Z");
    const back = ticksOf(scheduleOf(daily, calendar({ ...oneDay, roll: "previous" })));
    expect(text(back?.previous(instant("2027-01-01")) ?? 0)).toBe("2026-05-05T06:00:00Z");
    expect(back?.next(instant("2027-01-01"))).toBeUndefined();
  });
});
