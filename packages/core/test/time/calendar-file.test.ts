import { calendarDays } from "@millrace/core";
import { describe, expect, it } from "vitest";

const file = (...lines: string[]): string => ["BEGIN:VCALENDAR", ...lines, "END:VCALENDAR", ""].join("\r\n");
const event = (...lines: string[]): string => file("BEGIN:VEVENT", ...lines, "END:VEVENT");
const read = (text: string, until = "2028-12-31"): readonly string[] => calendarDays(text, until, "calendar x.ics");

describe("the days of an iCalendar file", () => {
  it("are those of its events, each day of longer ones, in order", () => {
    const text = file(
      "BEGIN:VTIMEZONE",
      "DTSTART:19700329T020000",
      "END:VTIMEZONE",
      "BEGIN:VEVENT",
      "DTSTART;VALUE=DATE:20261224",
      "DTEND;VALUE=DATE:20261227",
      "SUMMARY:Christmas",
      "BEGIN:VALARM",
      "DTSTART:20200101",
      "END:VALARM",
      "END:VEVENT",
      "BEGIN:VEVENT",
      "DTSTART;TZID=Europe/Zurich:20260101T080000",
      "DTEND;TZID=Europe/Zurich:20260101T180000",
      "SUMMARY:A long name that is folded ov",
      " er two lines: and has a colon",
      "END:VEVENT",
      "BEGIN:VEVENT",
      "DTSTART:20260501",
      "STATUS:CANCELLED",
      "END:VEVENT",
    );
    expect(read(text)).toEqual(["2026-01-01", "2026-12-24", "2026-12-25", "2026-12-26"]);
  });

  it("repeat as their rules say, up to the horizon", () => {
    expect(read(event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=YEARLY"))).toEqual([
      "2026-01-01",
      "2027-01-01",
      "2028-01-01",
    ]);
    const thursday = event("DTSTART:20261126T000000", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;UNTIL=20271231T000000");
    expect(read(thursday)).toEqual(["2026-11-26", "2027-11-25"]);
    const single = event("DTSTART:20260101", "RRULE:FREQ=YEARLY", "EXDATE:20270101", "RDATE:20260704,20260705");
    expect(read(single)).toEqual(["2026-01-01", "2026-07-04", "2026-07-05", "2028-01-01"]);
  });

  it.each([
    ["no calendar", "The calendar x.ics is no iCalendar file."],
    [event("SUMMARY:Nothing"), 'The calendar x.ics, event "Nothing" has no DTSTART.'],
    [event("DTSTART:soon"), 'The DTSTART of calendar x.ics, event "without a name" is no date: "soon".'],
    [event("DTSTART:20200101", "DTEND:20260101"), 'The calendar x.ics, event "without a name" goes on for 2192 days.'],
  ])("are refused: %j", (text, message) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: "INVALID_OPTION", message }));
  });
});
