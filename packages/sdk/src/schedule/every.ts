import { type Duration, parseDuration, type ScheduleTiming } from "@millrace/core";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import { invalid } from "../task/read-option.ts";
import { type PointInTime, readInstant } from "./read-instant.ts";
import type { Schedule } from "./schedule.ts";
import { readSchedule, type ScheduleOptions } from "./schedule-options.ts";

export interface EveryOptions<Given> extends ScheduleOptions<Given> {
  /**
   * A tick from which the others are counted, in both directions. Defaults to the beginning of 1970: so that `"15m"` ticks
   * at the quarters of an hour, `"1d"` at midnight, `"1w"` on Mondays and `"1mo"` on the first of the month.
   */
  readonly anchor?: PointInTime;
}

/** The smallest interval, in milliseconds. */
const SHORTEST_MS = 1_000;
const MOST_STEPS = 100_000;
const CALENDAR_UNITS = { d: "day", w: "week", mo: "month" } as const;
/** By their own anchors: 1970 began on a Thursday, and weeks on Mondays. */
const ANCHORS = { ms: "1970-01-01T00:00Z", day: "1970-01-01", week: "1970-01-05", month: "1970-01-01" } as const;

/**
 * Ticks at an interval. Hours, minutes and seconds are elapsed time; days (`"2d"`), weeks (`"1w"`) and months (`"3mo"`)
 * are steps of the calendar in the schedule's time zone, at the anchor's time of day.
 *
 * @example every("15m")
 */
export function every<Given = Record<never, never>>(
  interval: Duration,
  options: EveryOptions<Given> = {},
): Schedule<Given> {
  const site = new CallSite(every);
  return withPlace(site, () => {
    const { anchor, ...shared } = options;
    const step = readInterval(interval);
    const timing = (timeZone: string): ScheduleTiming => ({
      kind: "every",
      ...step,
      anchorMs: readInstant(anchor ?? ANCHORS[step.unit], timeZone, "`anchor` of an interval"),
    });
    return readSchedule(
      { what: "schedule by interval", own: ["anchor"], unnamed: step.unit === "ms", timing },
      shared,
      site,
    );
  });
}

type Step = Pick<Extract<ScheduleTiming, { readonly kind: "every" }>, "amount" | "unit">;

function readInterval(interval: Duration): Step {
  const what = "interval of every()";
  const match = typeof interval === "string" ? /^\s*(\d+)\s*(d|w|mo)\s*$/.exec(interval) : null;
  if (match !== null) {
    const amount = Number(match[1]);
    if (amount < 1 || amount > MOST_STEPS) throw invalid(what, `1 to ${MOST_STEPS} days, weeks or months`, interval);
    return { amount, unit: CALENDAR_UNITS[match[2] as keyof typeof CALENDAR_UNITS] };
  }
  const ms = parseDuration(interval, what);
  if (typeof interval === "string" && /[dw]/.test(interval)) {
    const wanted = 'either whole days ("2d"), which follow the calendar, or hours ("36h"), which are elapsed time';
    throw invalid(what, wanted, interval);
  }
  if (ms < SHORTEST_MS) throw invalid(what, "a second or more", interval);
  return { amount: ms, unit: "ms" };
}
