import { checkTimeZone, parseRecurrence } from "@millrace/core";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import { readText } from "../task/read-option.ts";
import type { Schedule } from "./schedule.ts";
import { readSchedule, type ScheduleOptions } from "./schedule-options.ts";

/**
 * Ticks as a recurrence rule of iCalendar says (RFC 5545): one rule, or lines `DTSTART`, `RRULE`, `RDATE` and `EXDATE`.
 * Times are read on the clock of the schedule's time zone unless `DTSTART` has a zone of its own. Without `DTSTART` it
 * ticks at midnight, and what the rule leaves open is as on a Monday that is the first of January.
 *
 * @example rrule("FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=18", { timeZone: "Europe/Zurich" })
 */
export function rrule<Given = Record<never, never>>(
  rule: string,
  options: ScheduleOptions<Given> = {},
): Schedule<Given> {
  const site = new CallSite(rrule);
  return withPlace(site, () => {
    const { start, dates, excluded } = parseRecurrence(readText(rule, "rule of rrule()"), "rrule");
    for (const { timeZone } of [...(start === null ? [] : [start]), ...dates, ...excluded]) {
      if (timeZone !== null) checkTimeZone(timeZone, "TZID of the rrule");
    }
    return readSchedule({ what: "schedule by rrule", timing: () => ({ kind: "rrule", rule }) }, options, site);
  });
}
