import { ticksBetween, ticksOf } from "@millrace/core/time";
import { describe, expect, it } from "vitest";
import { instant, scheduleOf } from "./schedule-of.ts";

const START = "DTSTART;TZID=America/New_York:19970902T090000";

/** Readings of the clock in New York, of the first ticks. */
function readings(rule: string, count: number, start = START): string[] {
  const ticks = ticksOf(scheduleOf({ kind: "rrule", rule: `${start}\nRRULE:${rule}` }));
  const found: number[] = [];
  for (const tick of ticks === undefined ? [] : ticksBetween(ticks, instant("1990-01-01"), instant("2100-01-01"))) {
    if (found.push(tick) === count) break;
  }
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: "America/New_York",
    dateStyle: "short",
    timeStyle: "short",
  });
  return found.map((tick) => format.format(tick));
}

/** `1997: 09-02 09-03` with one time of day for all. */
function days(text: string, time = "09:00"): string[] {
  let year = "";
  return text
    .split(/\s+/)
    .filter((word) => word !== "")
    .flatMap((word) => {
      if (word.endsWith(":")) {
        year = word.slice(0, -1);
        return [];
      }
      return [`${year}-${word} ${time}`];
    });
}

describe("the examples of RFC 5545, section 3.8.5.3", () => {
  it.each([
    ["FREQ=DAILY;COUNT=10", "1997: 09-02 09-03 09-04 09-05 09-06 09-07 09-08 09-09 09-10 09-11"],
    ["FREQ=DAILY;INTERVAL=2", "1997: 09-02 09-04 09-06 09-08 09-10 09-12 09-14 09-16 09-18 09-20 09-22 09-24"],
    ["FREQ=DAILY;INTERVAL=10;COUNT=5", "1997: 09-02 09-12 09-22 10-02 10-12"],
    ["FREQ=WEEKLY;COUNT=10", "1997: 09-02 09-09 09-16 09-23 09-30 10-07 10-14 10-21 10-28 11-04"],
    ["FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1997: 09-02 09-16 09-30 10-14 10-28 11-11 11-25 12-09 12-23 1998: 01-06"],
    [
      "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
      "1997: 09-02 09-04 09-09 09-11 09-16 09-18 09-23 09-25 09-30 10-02",
    ],
    ["FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "1997: 09-02 09-04 09-16 09-18 09-30 10-02 10-14 10-16"],
    [
      "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
      "1997: 09-07 09-28 11-02 11-30 1998: 01-04 01-25 03-01 03-29 05-03 05-31",
    ],
    ["FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "1997: 09-05 10-03 11-07 12-05 1998: 01-02 02-06 03-06 04-03 05-01 06-05"],
    ["FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "1997: 09-22 10-20 11-17 12-22 1998: 01-19 02-16"],
    ["FREQ=MONTHLY;BYMONTHDAY=-3", "1997: 09-28 10-29 11-28 12-29 1998: 01-29 02-26"],
    [
      "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
      "1997: 09-02 09-15 10-02 10-15 11-02 11-15 12-02 12-15 1998: 01-02 01-15",
    ],
    [
      "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
      "1997: 09-30 10-01 10-31 11-01 11-30 12-01 12-31 1998: 01-01 01-31 02-01",
    ],
    [
      "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
      "1997: 09-10 09-11 09-12 09-13 09-14 09-15 1999: 03-10 03-11 03-12 03-13",
    ],
    ["FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", "1997: 09-02 09-09 09-16 09-23 09-30 11-04 11-11 11-18 11-25 1998: 01-06"],
    [
      "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
      "1997: 09-13 10-11 11-08 12-13 1998: 01-10 02-07 03-07 04-11",
    ],
    ["FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997: 09-04 10-07 11-06"],
    ["FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1997: 09-29 10-30 11-27 12-30 1998: 01-29 02-26 03-30"],
    ["FREQ=YEARLY;UNTIL=20010101T000000Z;BYMONTH=9;BYMONTHDAY=2", "1997: 09-02 1998: 09-02 1999: 09-02 2000: 09-02"],
    ["FREQ=YEARLY;COUNT=4", "1997: 09-02 1998: 09-02 1999: 09-02 2000: 09-02"],
    ["FREQ=YEARLY;BYMONTH=6,7,8;COUNT=3;BYDAY=TH", "1998: 06-04 06-11 06-18"],
    ["FREQ=DAILY;BYDAY=FR;BYMONTHDAY=13", "1998: 02-13 03-13 11-13 1999: 08-13 2000: 10-13"],
  ])("%s", (rule, text) => {
    const expected = days(text);
    expect(readings(rule, expected.length)).toEqual(expected);
    // Where the rule ends, there is no more.
    if (/COUNT|UNTIL/.test(rule)) expect(readings(rule, expected.length + 1)).toEqual(expected);
  });

  it.each([
    [
      "19970610",
      "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
      "1997: 06-10 07-10 1998: 06-10 07-10 1999: 06-10 07-10 2000: 06-10 07-10 2001: 06-10 07-10",
    ],
    [
      "19970310",
      "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
      "1997: 03-10 1999: 01-10 02-10 03-10 2001: 01-10 02-10 03-10 2003: 01-10 02-10 03-10",
    ],
    [
      "19970101",
      "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
      "1997: 01-01 04-10 07-19 2000: 01-01 04-09 07-18 2003: 01-01 04-10 07-19 2006: 01-01",
    ],
    ["19970519", "FREQ=YEARLY;BYDAY=20MO", "1997: 05-19 1998: 05-18 1999: 05-17"],
    ["19970512", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997: 05-12 1998: 05-11 1999: 05-17"],
    ["19970313", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1997: 03-13 03-20 03-27 1998: 03-05 03-12 03-19 03-26 1999: 03-04"],
    [
      "19961105",
      "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
      "1996: 11-05 2000: 11-07 2004: 11-02",
    ],
    ["19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997: 08-05 08-10 08-19 08-24"],
    ["19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997: 08-05 08-17 08-19 08-31"],
    ["20070115", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007: 01-15 01-30 02-15 03-15 03-30"],
    [
      "19980101",
      "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA;BYSETPOS=1,-1",
      "1998: 01-01 01-31 1999: 01-01 01-31 2000: 01-01 01-31",
    ],
    // Not of the RFC: what a rule leaves open is as on its first day, and weeks may reach over the turn of the year.
    ["19970512", "FREQ=YEARLY;BYWEEKNO=20", "1997: 05-12 1998: 05-11 1999: 05-17"],
    ["20040101", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO,SU", "2004: 12-27 2005: 01-02 2009: 12-28 2010: 01-03"],
    ["20040101", "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU;COUNT=3", "2004: 2005: 01-02 2006: 01-01 12-31"],
    ["20240131", "FREQ=MONTHLY", "2024: 01-31 03-31 05-31"],
    ["20240229", "FREQ=YEARLY", "2024: 02-29 2028: 02-29"],
    ["19970101", "FREQ=YEARLY;BYYEARDAY=-1,366;COUNT=4", "1997: 12-31 1998: 12-31 1999: 12-31 2000: 12-31"],
  ])("from %s: %s", (day, rule, text) => {
    const expected = days(text);
    expect(readings(rule, expected.length, `DTSTART;TZID=America/New_York:${day}T090000`)).toEqual(expected);
  });

  it.each([
    ["FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z", ["09:00", "12:00", "15:00"]],
    ["FREQ=MINUTELY;INTERVAL=15;COUNT=6", ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15"]],
    ["FREQ=MINUTELY;INTERVAL=90;COUNT=4", ["09:00", "10:30", "12:00", "13:30"]],
    ["FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,20,40;COUNT=5", ["09:00", "09:20", "09:40", "10:00", "10:20"]],
    ["FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10;COUNT=5", ["09:00", "09:20", "09:40", "10:00", "10:20"]],
    ["FREQ=HOURLY;BYMINUTE=10,30,50;BYSETPOS=-1;COUNT=3", ["09:50", "10:50", "11:50"]],
    ["FREQ=MINUTELY;BYMINUTE=30;BYSECOND=10,20;COUNT=2", ["09:30", "09:30"]],
    ["FREQ=SECONDLY;INTERVAL=600;BYMINUTE=0,10,30;BYSECOND=0;COUNT=4", ["09:00", "09:10", "09:30", "10:00"]],
    ["FREQ=SECONDLY;INTERVAL=40;COUNT=4", ["09:00", "09:00", "09:01", "09:02"]],
  ])("on the first day: %s", (rule, times) => {
    expect(readings(rule, times.length)).toEqual(times.map((time) => `1997-09-02 ${time}`));
  });

  it("takes an interval of hours beyond the end of days, and none on some days", () => {
    expect(readings("FREQ=HOURLY;INTERVAL=40;BYHOUR=1,9", 4)).toEqual([
      "1997-09-02 09:00",
      "1997-09-04 01:00",
      "1997-09-07 09:00",
      "1997-09-09 01:00",
    ]);
  });
});
