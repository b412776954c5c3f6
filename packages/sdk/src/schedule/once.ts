import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import { type PointInTime, readInstant } from "./read-instant.ts";
import type { Schedule } from "./schedule.ts";
import { readSchedule, type ScheduleOptions } from "./schedule-options.ts";

/**
 * Ticks a single time.
 *
 * @example once("2026-12-31T23:59", { timeZone: "Europe/Zurich" })
 */
export function once<Given = Record<never, never>>(
  at: PointInTime,
  options: ScheduleOptions<Given> = {},
): Schedule<Given> {
  const site = new CallSite(once);
  return withPlace(site, () => {
    const what = "schedule that ticks once";
    const timing = (timeZone: string) => ({ kind: "once", atMs: readInstant(at, timeZone, "time of once()") }) as const;
    return readSchedule({ what, unnamed: true, timing }, options, site);
  });
}
