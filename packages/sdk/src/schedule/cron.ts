import { parseCron } from "@millrace/core";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import type { Schedule } from "./schedule.ts";
import { readSchedule, type ScheduleOptions } from "./schedule-options.ts";

/**
 * Ticks at the times that a cron expression names: minute, hour, day of the month, month, day of the week; six fields
 * with the second first. `L`, `W`, `#` and macros such as `@daily` are understood. On the day the clock is set forward a
 * named time that is left out fires as late as if the clock had not been set; on the day it is set back, a named time
 * that comes twice fires the first time. An expression whose hour is `*` steps through real time.
 *
 * @example cron("0 6 * * MON-FRI", { timeZone: "Europe/Zurich" })
 */
export function cron<Given = Record<never, never>>(
  expression: string,
  options: ScheduleOptions<Given> = {},
): Schedule<Given> {
  const site = new CallSite(cron);
  return withPlace(site, () => {
    const { expression: text } = parseCron(expression);
    return readSchedule({ what: "cron schedule", timing: () => ({ kind: "cron", expression: text }) }, options, site);
  });
}
