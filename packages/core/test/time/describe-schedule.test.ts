import type { ScheduleSpec, ScheduleTiming } from "@millrace/core";
import { describeSchedule } from "@millrace/core/time";
import { describe, expect, it } from "vitest";
import { instant, scheduleOf } from "./schedule-of.ts";

const say = (timing: ScheduleTiming, options: Partial<ScheduleSpec> = {}): string =>
  describeSchedule(scheduleOf(timing, { timeZone: "Europe/Zurich", ...options })).replace(/, Europe\/Zurich$/, "");

describe("a schedule in words", () => {
  it("ends with its zone", () => {
    const spec = scheduleOf({ kind: "cron", expression: "0 2 * * *" }, { timeZone: "Europe/Zurich" });
    expect(describeSchedule(spec)).toBe("every day at 02:00, Europe/Zurich");
  });

  it.each([
    ["* * * * *", "every minute"],
    ["*/15 * * * *", "every 15 minutes"],
    ["0 * * * *", "every hour"],
    ["5,35 * * * *", "every hour at minute 5 and 35"],
    ["0 * * * 1-5", "every hour, Monday to Friday"],
    ["0 * * 6 *", "every hour, in June"],
    ["* * * * * *", "every second"],
    ["*/10 * * * * *", "every 10 seconds"],
    ["30 * * * * *", "every minute at second 30"],
    ["30 0 * * * *", "every hour at second 30"],
    ["1,2 7 * * * *", "every hour at minute 7, second 1 and 2"],
    ["0 6,18 * * *", "every day at 06:00 and 18:00"],
    ["30 0 6 * * *", "every day at 06:00:30"],
    ["*/15 9-17 * * MON-FRI", "Monday to Friday every 15 minutes during hours 9 to 17"],
    ["0 0 13 * 5", "on the 13th of the month and on Friday at 00:00"],
    [
      "0 0 1,2,11,22,23,31 1-3,12 *",
      "on the 1st, the 2nd, the 11th, the 22nd, the 23rd and the 31st of the month in January to March and December at 00:00",
    ],
    ["0 0 1-7 * *", "on the 1st to 7th of the month at 00:00"],
    ["0 6 L * *", "on the last day of the month at 06:00"],
    ["0 6 L-2 * *", "on the 3rd last day of the month at 06:00"],
    ["0 6 LW * *", "on the last weekday of the month at 06:00"],
    ["0 6 15W * *", "on the weekday nearest the 15th of the month at 06:00"],
    ["0 6 * * 5#2", "the 2nd Friday of the month at 06:00"],
    ["0 6 * * 5L", "the last Friday of the month at 06:00"],
  ])("%s", (expression, words) => {
    expect(say({ kind: "cron", expression })).toBe(words);
  });

  it.each<[ScheduleTiming, string]>([
    [{ kind: "every", amount: 900_000, unit: "ms", anchorMs: 0 }, "every 15 minutes of elapsed time"],
    [{ kind: "every", amount: 3_600_000, unit: "ms", anchorMs: 0 }, "every hour of elapsed time"],
    [{ kind: "every", amount: 1_500, unit: "ms", anchorMs: 0 }, "every 1.5 s of elapsed time"],
    [{ kind: "every", amount: 1, unit: "day", anchorMs: 0 }, "every day at 01:00"],
    [{ kind: "every", amount: 2, unit: "week", anchorMs: 0 }, "every 2 weeks on Thursday at 01:00"],
    [{ kind: "every", amount: 3, unit: "month", anchorMs: 0 }, "every 3 months on the 1st at 01:00"],
    [{ kind: "rrule", rule: "DTSTART:20260101\n RRULE:FREQ=DAILY\n" }, "by the rule DTSTART:20260101 RRULE:FREQ=DAILY"],
    [{ kind: "continuous", pauseMs: 0 }, "again and again"],
    [{ kind: "continuous", pauseMs: 60_000 }, "again and again, 1 minute after the end of each run"],
    [{ kind: "once", atMs: 0 }, "once, on 1970-01-01 01:00"],
    [{ kind: "custom" }, "when its function says"],
  ])("%j", (timing, words) => {
    expect(say(timing)).toBe(words);
  });

  it("tells its bounds and its calendar", () => {
    const timing: ScheduleTiming = { kind: "cron", expression: "0 2 * * *" };
    const bounds = { startMs: instant("2026-01-01"), endMs: instant("2027-01-01") };
    expect(say(timing, bounds)).toBe("every day at 02:00, from 2026-01-01 01:00, until 2027-01-01 01:00");
    const calendar = (weekdays: number[], exclude: string[], include: string[]) => ({ weekdays, exclude, include });
    const days = ["2026-12-24", "2026-12-25"];
    expect(say(timing, { calendar: { ...calendar([1, 2, 3, 4, 5], days, days), roll: "skip" } })).toBe(
      "every day at 02:00, on Monday to Friday but for 2 days and 2 more days (else skipped)",
    );
    expect(
      say(timing, { calendar: { ...calendar([1, 2, 3, 4, 5, 6, 7], ["2026-12-24"], ["2026-12-25"]), roll: "next" } }),
    ).toBe("every day at 02:00, on any day but for one day and one more day (else moved to the next such day)");
    expect(say(timing, { calendar: { ...calendar([7], [], []), roll: "skip" } })).toBe(
      "every day at 02:00, on Sunday (else skipped)",
    );
  });
});
