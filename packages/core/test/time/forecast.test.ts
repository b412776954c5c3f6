import type { ScheduleSpec } from "@millrace/core";
import { forecastTicks } from "@millrace/core/time";
import { describe, expect, test } from "vitest";
import { instant, scheduleOf, text } from "./schedule-of.ts";

const ZURICH = { timeZone: "Europe/Zurich" };
const cron = (expression: string, options: Partial<ScheduleSpec> = {}) =>
  scheduleOf({ kind: "cron", expression }, { ...ZURICH, ...options });

function told(spec: ScheduleSpec, from: string, count: number) {
  return forecastTicks(spec, { fromMs: instant(from), count })?.map(({ atMs, notes }) => [
    text(atMs),
    ...notes.map((note) => Object.values(note).join(" ")),
  ]);
}

describe("the next ticks", () => {
  test("have a window, and begin with the instant that is asked for", () => {
    const [first] = forecastTicks(cron("0 6 * * *"), { fromMs: instant("2026-06-01T04:00:00Z"), count: 1 }) ?? [];
    const [atMs, startMs] = [instant("2026-06-01T04:00:00Z"), instant("2026-05-31T04:00:00Z")];
    expect(first).toEqual({ atMs, window: { startMs, endMs: atMs }, notes: [] });
  });

  test("say where the clock is set forward over the time that is meant", () => {
    expect(told(cron("30 2 * * *"), "2026-03-28T00:00:00Z", 3)).toEqual([
      ["2026-03-28T01:30:00Z"],
      ["2026-03-29T01:30:00Z", "clock_set 3600000", "never_shown 02:30"],
      ["2026-03-30T00:30:00Z"],
    ]);
    const daily = scheduleOf(
      { kind: "every", amount: 1, unit: "day", anchorMs: instant("2026-03-01T01:30:00Z") },
      ZURICH,
    );
    expect(told(daily, "2026-03-29T00:00:00Z", 1)).toEqual([
      ["2026-03-29T01:30:00Z", "clock_set 3600000", "never_shown 02:30"],
    ]);
    const rule = scheduleOf({ kind: "rrule", rule: "DTSTART:20260301T023000\nRRULE:FREQ=DAILY" }, ZURICH);
    expect(told(rule, "2026-03-29T00:00:00Z", 1)).toEqual(told(daily, "2026-03-29T00:00:00Z", 1));
  });

  test("say where the clock shows a time twice", () => {
    expect(told(cron("30 2 * * *"), "2026-10-25T00:00:00Z", 2)).toEqual([
      ["2026-10-25T00:30:00Z", "shown_twice first"],
      ["2026-10-26T01:30:00Z", "clock_set -3600000"],
    ]);
    expect(told(cron("30 * * * *"), "2026-10-25T00:00:00Z", 3)).toEqual([
      ["2026-10-25T00:30:00Z", "shown_twice first"],
      ["2026-10-25T01:30:00Z", "clock_set -3600000", "shown_twice second"],
      ["2026-10-25T02:30:00Z"],
    ]);
  });

  test("of each hour have no time that is never shown", () => {
    expect(told(cron("30 * * * *"), "2026-03-29T01:00:00Z", 1)).toEqual([
      ["2026-03-29T01:30:00Z", "clock_set 3600000"],
    ]);
    const hours = scheduleOf({ kind: "every", amount: 3_600_000, unit: "ms", anchorMs: 0 }, ZURICH);
    expect(told(hours, "2026-03-29T01:00:00Z", 1)).toEqual([["2026-03-29T01:00:00Z", "clock_set 3600000"]]);
    const rule = scheduleOf({ kind: "rrule", rule: "DTSTART:20260301T003000\nRRULE:FREQ=HOURLY" }, ZURICH);
    expect(told(rule, "2026-03-29T01:00:00Z", 1)).toEqual([["2026-03-29T01:30:00Z", "clock_set 3600000"]]);
  });

  test("tell the days that the calendar leaves out, up to the last one", () => {
    const calendar = { weekdays: [1, 2, 3, 4, 5], exclude: ["2026-06-03"], include: [], roll: "skip" } as const;
    expect(told(cron("0 6 * * *", { calendar }), "2026-06-02T00:00:00Z", 2)).toEqual([
      ["2026-06-02T04:00:00Z"],
      ["2026-06-03T04:00:00Z", "left_out skip"],
      ["2026-06-04T04:00:00Z"],
    ]);
    const rolling = { ...calendar, roll: "next" } as const;
    expect(told(cron("0 6 * * 7", { calendar: rolling }), "2026-06-07T00:00:00Z", 1)).toEqual([
      ["2026-06-07T04:00:00Z", "left_out next"],
      ["2026-06-08T04:00:00Z"],
    ]);
    const ends = { calendar: rolling, endMs: instant("2026-06-07T00:00:00Z") };
    expect(told(cron("0 6 * * 6", ends), "2026-06-02T00:00:00Z", 3)).toEqual([
      ["2026-06-06T04:00:00Z", "left_out next"],
    ]);
  });

  test("are none of a schedule that its calendar alone does not tell, and one of what comes once", () => {
    expect(told(scheduleOf({ kind: "custom" }), "2026-06-02T00:00:00Z", 3)).toBeUndefined();
    const once = scheduleOf({ kind: "once", atMs: instant("2026-06-02T00:00:00Z") });
    expect(told(once, "2026-06-02T00:00:00Z", 3)).toEqual([["2026-06-02T00:00:00Z"]]);
  });
});
