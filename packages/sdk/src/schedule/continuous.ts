import { type Duration, parseDuration } from "@millrace/core";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import type { Schedule } from "./schedule.ts";
import { readSchedule, type ScheduleOptions } from "./schedule-options.ts";

export interface ContinuousOptions<Given> extends ScheduleOptions<Given> {
  /** How long to wait between the end of a run and the start of the next. Defaults to no pause. */
  readonly pause?: Duration;
}

/**
 * Starts the next run as soon as the one before has ended: one run at a time, for ever.
 *
 * @example continuous({ pause: "30s" })
 */
export function continuous<Given = Record<never, never>>(options: ContinuousOptions<Given> = {}): Schedule<Given> {
  const site = new CallSite(continuous);
  return withPlace(site, () => {
    const { pause = 0, ...shared } = options;
    const pauseMs = parseDuration(pause, "`pause` of continuous()");
    const timing = () => ({ kind: "continuous", pauseMs }) as const;
    return readSchedule({ what: "continuous schedule", own: ["pause"], unnamed: true, timing }, shared, site);
  });
}
