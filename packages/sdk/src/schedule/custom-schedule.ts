import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import { invalid } from "../task/read-option.ts";
import type { NextFunction, Schedule } from "./schedule.ts";
import { readSchedule, type ScheduleOptions } from "./schedule-options.ts";

/**
 * Ticks when a function says. It is asked for the first tick after an instant, and gives it, or nothing when there is
 * none any more. It must give the same answer whenever it is asked the same, and look at nothing else: not at the clock,
 * not at files. It runs in a process of its own.
 *
 * @example customSchedule((after) => FULL_MOONS.find((moon) => moon > after))
 */
export function customSchedule<Given = Record<never, never>>(
  next: NextFunction,
  options: ScheduleOptions<Given> = {},
): Schedule<Given> {
  const site = new CallSite(customSchedule);
  return withPlace(site, () => {
    if (typeof next !== "function") {
      throw invalid("argument of customSchedule()", "a function from a Date to the next tick after it", next);
    }
    const timing = () => ({ kind: "custom" }) as const;
    return readSchedule({ what: "custom schedule", unnamed: true, timing, next }, options, site);
  });
}
