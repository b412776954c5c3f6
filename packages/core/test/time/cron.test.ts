import { parseCron } from "@millrace/core";
import { cronTicks } from "@millrace/core/time";
import { describe, expect, it } from "vitest";
import { instant, text } from "./schedule-of.ts";

function days(cron: string, from: string, count: number): string[] {
  const ticks = cronTicks(cron, "UTC");
  const found: string[] = [];
  for (
    let tick = ticks.next(instant(from), true);
    tick !== undefined && found.length < count;
    tick = ticks.next(tick)
  ) {
    found.push(text(tick).slice(0, 10));
  }
  return found;
}

describe("parseCron", () => {
  it.each([
    [
      "*/20 0-4,22 1,15 JAN-mar,december MON-Fri",
      { minutes: [0, 20, 40], hours: [0, 1, 2, 3, 4, 22], months: [1, 2, 3, 12] },
    ],
    ["5/25 10-20/5 * * *", { minutes: [5, 30, 55], hours: [10, 15, 20] }],
    ["0,0,0 7 * * *", { minutes: [0], hours: [7] }],
    ["*/15 30 6 * * *", { seconds: [0, 15, 30, 45], minutes: [30], hours: [6] }],
    ["@daily", { expression: "@daily", minutes: [0], hours: [0], daysOfMonth: null, weekdays: null }],
    ["@Hourly", { minutes: [0], everyHour: true }],
    [" 0  6 *\t* * ", { expression: "0  6 *\t* *", minutes: [0] }],
    ["0 */1 * * *", { everyHour: true }],
    ["0 0-23 * * *", { everyHour: false }],
    ["0 0 ? * 5", { daysOfMonth: null, weekdays: [{ kind: "weekdays", weekdays: [5] }] }],
    [
      "0 0 * * 0,7",
      {
        weekdays: [
          { kind: "weekdays", weekdays: [7] },
          { kind: "weekdays", weekdays: [7] },
        ],
      },
    ],
    ["0 0 * * FRI-SUN", { weekdays: [{ kind: "weekdays", weekdays: [5, 6, 7] }] }],
    ["0 0 * * 0-0", { weekdays: [{ kind: "weekdays", weekdays: [7] }] }],
    ["0 0 * * */2", { weekdays: [{ kind: "weekdays", weekdays: [2, 4, 6, 7] }] }],
    ["0 0 WL * *", { daysOfMonth: [{ kind: "last_working" }] }],
  ])("reads %j", (expression, expected) => {
    expect(parseCron(expression)).toMatchObject(expected);
  });

  it.each([
    ["61 * * * *", 'The minute field of cron "61 * * * *" has 61.', "Minutes are 0 to 59."],
    ["60 0 0 * * *", 'The second field of cron "60 0 0 * * *" has 60.', "Seconds are 0 to 59."],
    ["0 24 * * *", 'The hour field of cron "0 24 * * *" has 24.', "Hours are 0 to 23."],
    ["0 0 0 * *", 'The day of month field of cron "0 0 0 * *" has 0.', "Days of the month are 1 to 31."],
    ["0 0 1 13 0", 'The month field of cron "0 0 1 13 0" has 13.', "Months are 1 to 12, or JAN to DEC."],
    ["0 0 * * 8", 'The day of week field of cron "0 0 * * 8" has 8.', "Days of the week are 0 to 7, or SUN to SAT."],
    ["0 0 * * MOO", 'The day of week field of cron "0 0 * * MOO" has "MOO".', "Days of the week"],
    ["0 -24 * * *", 'The hour field of cron "0 -24 * * *" has "-24", which is no range.', "Hours"],
    ["0 1-2-3 * * *", 'has "1-2-3", which is no range.', "Hours"],
    ["0 22-2 * * *", 'has "22-2", which goes backwards.', 'write "22-23,0-2" to go around'],
    ["1,,2 * * * *", 'has an empty element: "1,,2".', "Minutes"],
    ["*/5/5 * * * *", 'has two steps in "*/5/5".', "Minutes"],
    ["*/0 * * * *", "has a step of zero.", "A step is a number after a slash"],
    ["*/x * * * *", 'has "x" as a step.', "A step is a number after a slash"],
    ["*/90 * * * *", "has a step of 90, and there are 60 minutes.", "every 90 minutes"],
    ["0 0 * * */8", "has a step of 8, and there are 7 days of the week.", "Steps begin anew"],
    ["0 0 L-31 * *", "has L-31.", "L-30"],
    ["0 0 32W * *", "has 32.", "Days of the month"],
    ["0 0 * * L", 'has "L" without a day.', "last Friday"],
    ["0 0 * * 5#6", 'has "5#6".', "there are at most five"],
    ["* * * *", 'The cron "* * * *" has 4 fields.', "It has five"],
    ["invalid", 'The cron "invalid" has 1 field.', "It has five"],
    ["", 'The cron "" has 0 fields.', "It has five"],
    ["0 0 12 * * ? 2027", "has 7 fields.", "`start` and `end`"],
    ["@dayly", 'The cron "@dayly" is no macro that is known.', 'Did you mean "@daily"?'],
    ["@reboot", "is no macro that is known.", "The macros are: @yearly"],
    ["@every 5m", "is no macro that is known.", 'every("15m")'],
  ])("refuses %j and names the field", (expression, message, hint) => {
    expect(() => parseCron(expression)).toThrow(
      expect.objectContaining({
        code: "INVALID_OPTION",
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    );
  });

  it("says whose it is", () => {
    expect(() => parseCron("x", 'schedule "nightly"')).toThrow('The cron "x" of schedule "nightly" has 1 field.');
  });
});

describe("days that a cron names", () => {
  it.each([
    ["0 0 L * *", "2024-01-01", ["2024-01-31", "2024-02-29", "2024-03-31"]],
    ["0 0 L-29 * *", "2026-01-01", ["2026-01-02", "2026-03-02", "2026-04-01"]],
    ["0 0 LW * *", "2026-01-01", ["2026-01-30", "2026-02-27", "2026-03-31"]],
    ["0 0 LW 5 *", "2026-01-01", ["2026-05-29", "2027-05-31"]],
    ["0 0 15W * *", "2026-02-01", ["2026-02-16", "2026-03-16", "2026-04-15"]],
    ["0 0 1W * *", "2026-02-01", ["2026-02-02", "2026-03-02", "2026-04-01"]],
    ["0 0 1W 8 *", "2026-01-01", ["2026-08-03", "2027-08-02"]],
    ["0 0 4W 7 *", "2026-01-01", ["2026-07-03", "2027-07-05"]],
    ["0 0 31W * *", "2026-05-01", ["2026-05-29", "2026-07-31", "2026-08-31"]],
    ["0 0 * * 5#5", "2026-01-01", ["2026-01-30", "2026-05-29", "2026-07-31"]],
    ["0 0 * * FRIL", "2026-01-01", ["2026-01-30", "2026-02-27", "2026-03-27"]],
    ["0 0 * * 0L", "2026-01-01", ["2026-01-25", "2026-02-22", "2026-03-29"]],
    ["0 0 29 2 *", "2096-03-01", ["2104-02-29", "2108-02-29"]],
    ["0 0 29 2 MON", "2096-03-01", ["2097-02-04", "2097-02-11"]],
  ])("%s", (cron, from, expected) => {
    expect(days(cron, from, expected.length)).toEqual(expected);
    const ticks = cronTicks(cron, "UTC");
    const last = instant(expected.at(-1) ?? "");
    expect(expected.toReversed().slice(1)).toEqual(
      expected.slice(1).map((_, index) => {
        let tick: number | undefined = last;
        for (let back = 0; back <= index; back += 1) tick = ticks.previous(tick ?? 0);
        return text(tick ?? 0).slice(0, 10);
      }),
    );
  });

  it.each(["UTC", "Europe/Zurich"])(
    "are none for a cron that never fires, and some for one that is rare, in %s",
    (zone) => {
      const now = instant("2026-11-22");
      expect(cronTicks("0 0 30 2 *", zone).next(now)).toBeUndefined();
      expect(cronTicks("0 0 30 2 *", zone).previous(now)).toBeUndefined();
      expect(cronTicks("0 0 31W 4,6 *", zone).next(now)).toBeUndefined();
      const ticks = cronTicks("0 12 29 2 *", zone);
      expect(text(ticks.next(instant("2096-03-01")) ?? 0).slice(0, 10)).toBe("2104-02-29");
      expect(text(ticks.previous(instant("2104-02-01")) ?? 0).slice(0, 10)).toBe("2096-02-29");
    },
  );

  it("are found with seconds, both ways", () => {
    const ticks = cronTicks("15,45 30,40 6,18 * * *", "UTC");
    const expected = ["06:30:15", "06:30:45", "06:40:15", "06:40:45", "18:30:15", "18:30:45", "18:40:15", "18:40:45"];
    const found: string[] = [];
    for (let tick = ticks.next(instant("2026-01-01")); found.length < 8; tick = ticks.next(tick ?? 0)) {
      found.push(text(tick ?? 0).slice(11, 19));
    }
    expect(found).toEqual(expected);
    const back: string[] = [];
    for (let tick = ticks.previous(instant("2026-01-02")); back.length < 8; tick = ticks.previous(tick ?? 0)) {
      back.unshift(text(tick ?? 0).slice(11, 19));
    }
    expect(back).toEqual(expected);
    expect(text(ticks.previous(instant("2026-01-02T06:35:20Z")) ?? 0)).toBe("2026-01-02T06:30:45Z");
    expect(text(ticks.previous(instant("2026-01-02T06:10:20Z")) ?? 0)).toBe("2026-01-01T18:40:45Z");
  });
});
