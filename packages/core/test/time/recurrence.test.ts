import { parseRecurrence, type ScheduleSpec } from "@millrace/core";
import { ticksBetween, ticksOf } from "@millrace/core/time";
import { describe, expect, it } from "vitest";
import { instant, scheduleOf, text } from "./schedule-of.ts";

function ticks(rule: string, options: Partial<ScheduleSpec> = {}): string[] {
  const found = ticksOf(scheduleOf({ kind: "rrule", rule }, options));
  const list = [...(found === undefined ? [] : ticksBetween(found, instant("1990-01-01"), instant("2040-01-01")))];
  const back: number[] = [];
  for (let tick = found?.previous(instant("2040-01-01")); tick !== undefined; tick = found?.previous(tick))
    back.unshift(tick);
  expect(back.slice(-list.length)).toEqual(list);
  return list.map(text);
}

describe("a recurrence", () => {
  it("adds single dates and takes others away, each in its own zone", () => {
    const rule = [
      "DTSTART;TZID=Europe/Zurich:20260101T090000",
      "RRULE:FREQ=DAILY;COUNT=4",
      "RDATE;TZID=America/New_York:20260110T090000",
      "RDATE:20260102T090000,20260102T120000",
      "EXDATE;TZID=Europe/Zurich:20260103T090000",
      "EXDATE;VALUE=DATE:20260104",
    ].join("\r\n");
    expect(ticks(rule)).toEqual([
      "2026-01-01T08:00:00Z",
      "2026-01-02T08:00:00Z",
      "2026-01-02T09:00:00Z",
      "2026-01-02T12:00:00Z",
      "2026-01-10T14:00:00Z",
    ]);
  });

  it("goes on over folded lines, and may be several rules", () => {
    const rule = "DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY;\n COUNT=2\nRRULE:FREQ=YEARLY;COUNT=2\n\n";
    expect(ticks(rule)).toEqual(["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2027-01-01T00:00:00Z"]);
  });

  it("may be dates alone, and be empty", () => {
    expect(ticks("RDATE;VALUE=DATE:20260105,20260101")).toEqual(["2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z"]);
    expect(ticks("DTSTART:20260101T000000\nRRULE:FREQ=DAILY;COUNT=1\nEXDATE:20260101T000000")).toEqual([]);
    expect(ticks("DTSTART:20260101T000000\nRRULE:FREQ=YEARLY;COUNT=3;BYMONTH=2;BYMONTHDAY=30")).toEqual([]);
    expect(ticks("DTSTART:20260101T000000\nRRULE:FREQ=DAILY;UNTIL=20251231")).toEqual([]);
  });

  it("is read on the clock of the schedule, or of UTC where its start is", () => {
    const zurich = { timeZone: "Europe/Zurich" };
    expect(ticks("DTSTART:20260701T090000\nRRULE:FREQ=DAILY;COUNT=1", zurich)).toEqual(["2026-07-01T07:00:00Z"]);
    expect(ticks("DTSTART:20260701T090000Z\nRRULE:FREQ=DAILY;COUNT=1", zurich)).toEqual(["2026-07-01T09:00:00Z"]);
  });

  it("takes UNTIL as an instant, as a reading of its clock, or with the whole day", () => {
    const zurich = { timeZone: "Europe/Zurich" };
    const until = (end: string): number =>
      ticks(`DTSTART:20260701T090000\nRRULE:FREQ=DAILY;UNTIL=${end}`, zurich).length;
    expect(until("20260703T070000Z")).toBe(3);
    expect(until("20260703T065959Z")).toBe(2);
    expect(until("20260703T090000")).toBe(3);
    expect(until("20260703T085959")).toBe(2);
    expect(until("20260703")).toBe(3);
  });

  it("takes a time in a gap with the offset before it, and of two the first", () => {
    const rule = "DTSTART;TZID=Europe/Zurich:20230325T023000\nRRULE:FREQ=DAILY;COUNT=2";
    expect(ticks(rule)).toEqual(["2023-03-25T01:30:00Z", "2023-03-26T01:30:00Z"]);
    const autumn = "DTSTART;TZID=Europe/Zurich:20231028T023000\nRRULE:FREQ=DAILY;COUNT=3";
    expect(ticks(autumn)).toEqual(["2023-10-28T00:30:00Z", "2023-10-29T00:30:00Z", "2023-10-30T01:30:00Z"]);
  });

  it.each([
    ["FREQ=WEEKLY", "2026-11-23T00:00:00Z"],
    ["RRULE:FREQ=MONTHLY", "2026-12-01T00:00:00Z"],
    ["FREQ=YEARLY", "2027-01-01T00:00:00Z"],
    ["FREQ=DAILY;INTERVAL=2;BYHOUR=18,6,6", "2026-11-23T06:00:00Z"],
  ])("without a start is as on a Monday that is the first of a year: %s", (rule, expected) => {
    const found = ticksOf(scheduleOf({ kind: "rrule", rule }));
    expect(text(found?.next(instant("2026-11-21T20:00:00Z")) ?? 0)).toBe(expected);
  });
});

describe("a recurrence is refused", () => {
  it.each([
    ["FREQ=DAILYBAD", "The rrule has the unknown FREQ DAILYBAD."],
    ["INTERVAL=2", "The rrule has no FREQ."],
    ["", "The rrule has no RRULE and no RDATE."],
    ["FREQ=DAILY;COUNT=3", "The rrule has COUNT and no DTSTART."],
    ["FREQ=DAILY;BYHUOR=3", "The rrule has an unknown part BYHUOR."],
    ["FREQ=DAILY;BYHOUR=3;BYHOUR=4", "The rrule has BYHOUR twice."],
    ["FREQ=DAILY;BYHOUR", 'The rrule has "BYHOUR", which is no part of a rule.'],
    ["FREQ=DAILY;BYHOUR=", 'The rrule has "BYHOUR=", which is no part of a rule.'],
    ["FREQ=DAILY;BYHOUR=1=2", 'The rrule has "BYHOUR=1=2", which is no part of a rule.'],
    ["FREQ=DAILY;BYHOUR=24", 'The rrule has BYHOUR "24".'],
    ["FREQ=DAILY;BYHOUR=x", 'The rrule has BYHOUR "X".'],
    ["FREQ=DAILY;INTERVAL=0", 'The rrule has INTERVAL "0".'],
    ["FREQ=MONTHLY;BYMONTHDAY=0", 'The rrule has BYMONTHDAY "0".'],
    ["FREQ=MONTHLY;BYMONTHDAY=-32", 'The rrule has BYMONTHDAY "-32".'],
    ["FREQ=MONTHLY;BYDAY=XX", 'The rrule has BYDAY "XX".'],
    ["FREQ=MONTHLY;BYDAY=0MO", 'The rrule has BYDAY "0MO".'],
    ["FREQ=MONTHLY;BYDAY=54MO", 'The rrule has BYDAY "54MO".'],
    ["FREQ=WEEKLY;WKST=8", 'The rrule has WKST "8".'],
    ["FREQ=WEEKLY;BYDAY=1MO", "The rrule has numbered days, which WEEKLY knows none of."],
    ["FREQ=YEARLY;BYDAY=1MO;BYWEEKNO=3", "The rrule has numbered days together with BYWEEKNO."],
    ["FREQ=WEEKLY;BYMONTHDAY=3", "The rrule has BYMONTHDAY, which WEEKLY cannot have."],
    ["FREQ=MONTHLY;BYYEARDAY=3", "The rrule has BYYEARDAY, which MONTHLY cannot have."],
    ["FREQ=MONTHLY;BYWEEKNO=3", "The rrule has BYWEEKNO, which MONTHLY cannot have."],
    ["FREQ=MONTHLY;BYSETPOS=1", "The rrule has BYSETPOS with nothing to choose from."],
    ["DTSTART:20260101\nRRULE:FREQ=DAILY;COUNT=1;UNTIL=20260102", "The rrule has both COUNT and UNTIL."],
    ["FREQ=DAILY;UNTIL=tomorrow", 'The UNTIL of the rrule is no date: "TOMORROW".'],
    ["DTSTART:20260230T000000\nRRULE:FREQ=DAILY", 'The DTSTART of the rrule is no date: "20260230T000000".'],
    ["DTSTART:20260101T250000\nRRULE:FREQ=DAILY", 'The DTSTART of the rrule is no date: "20260101T250000".'],
    ["DTSTART:20260101\nDTSTART:20260101\nRRULE:FREQ=DAILY", "The rrule has two DTSTART lines."],
    ["EXRULE:FREQ=DAILY", "The rrule has a line that is not known: EXRULE."],
    ["RDATE;VALUE=PERIOD:20260101T000000Z/PT1H", 'The rrule has "VALUE=PERIOD", which is not known.'],
    ["DTSTART;X=1:20260101\nRRULE:FREQ=DAILY", 'The rrule has "X=1", which is not known.'],
    ["DTSTART;X:20260101\nRRULE:FREQ=DAILY", 'The rrule has "X", which is not known.'],
  ])("%j", (rule, message) => {
    expect(() => parseRecurrence(rule)).toThrow(expect.objectContaining({ code: "INVALID_OPTION", message }));
  });

  it("for a zone that is none", () => {
    expect(() => ticks("DTSTART;TZID=Mars/Base:20260101T000000\nRRULE:FREQ=DAILY")).toThrow(
      'The TZID of the rrule of schedule "default" is unknown: "Mars/Base".',
    );
  });
});
