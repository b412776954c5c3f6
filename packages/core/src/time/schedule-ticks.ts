import { CountingDays, onCountingDays } from "./calendar-days.ts";
import { DAY_MS, dayOf } from "./civil.ts";
import { onCountingDaysOf } from "./counting-ticks.ts";
import { type Cron, parseCron } from "./cron.ts";
import { CronDays } from "./cron-days.ts";
import { EveryDays, EveryMonths, elapsedTicks } from "./every.ts";
import { type NamedTimes, namedTickAfter, namedTickBefore } from "./named-ticks.ts";
import { parseRecurrence } from "./recurrence.ts";
import { recurrenceTimes } from "./recurrence-days.ts";
import type { CalendarSpec, ScheduleSpec } from "./schedule-spec.ts";
import { makeTicks, type TickSource, type Ticks } from "./ticks.ts";
import { type Zone, zoneOf } from "./zone.ts";

/**
 * The ticks of a schedule; undefined where the calendar alone does not tell them: of `continuous` and `custom` ones, for
 * which see `mayTickFrom`.
 *
 * @throws MillraceError `INVALID_OPTION` for an expression or a zone that is none.
 */
export function ticksOf(spec: ScheduleSpec): Ticks | undefined {
  const zone = zoneOf(spec.timeZone, `time zone of schedule "${spec.name}"`);
  const source = sourceOf(spec, zone);
  return source === undefined ? undefined : makeTicks(source, spec);
}

/** The ticks of a cron expression alone, without end. */
export function cronTicks(expression: string, timeZone: string): Ticks {
  return makeTicks(namedTicks(cronTimes(parseCron(expression), zoneOf(timeZone)), null));
}

/**
 * The first instant, this one or later, at which the start, the end and the calendar of a schedule let it tick, whatever
 * its timing; undefined where there is none any more.
 */
export function mayTickFrom(spec: ScheduleSpec, atMs: number): number | undefined {
  const { startMs, endMs, calendar, timeZone } = spec;
  const fromMs = Math.max(atMs, startMs ?? Number.NEGATIVE_INFINITY);
  const allowedMs = calendar === null ? fromMs : countingFrom(calendar, zoneOf(timeZone), fromMs);
  return allowedMs === undefined || allowedMs >= (endMs ?? Number.POSITIVE_INFINITY) ? undefined : allowedMs;
}

function countingFrom(calendar: CalendarSpec, zone: Zone, fromMs: number): number | undefined {
  const today = dayOf(zone.toLocal(fromMs));
  const day = new CountingDays(calendar).atOrAfter(today);
  if (day === today) return fromMs;
  return day === undefined ? undefined : zone.toInstant(day * DAY_MS);
}

function sourceOf({ name, timing, calendar }: ScheduleSpec, zone: Zone): TickSource | undefined {
  switch (timing.kind) {
    case "cron":
      return namedTicks(cronTimes(parseCron(timing.expression, `schedule "${name}"`), zone), calendar);
    case "rrule": {
      const owner = `rrule of schedule "${name}"`;
      return namedTicks(recurrenceTimes(parseRecurrence(timing.rule, owner), zone, owner), calendar);
    }
    case "every": {
      const { amount, unit, anchorMs } = timing;
      if (unit === "ms") return counting(elapsedTicks(amount, anchorMs), calendar, zone);
      const localMs = zone.toLocal(anchorMs);
      const step = unit === "week" ? amount * 7 : amount;
      const days = unit === "month" ? new EveryMonths(step, localMs) : new EveryDays(step, localMs);
      return namedTicks({ days, zone, everyHour: false }, calendar);
    }
    case "once": {
      const { atMs } = timing;
      const once = {
        after: (ms: number) => (ms < atMs ? atMs : undefined),
        before: (ms: number) => (ms > atMs ? atMs : undefined),
      };
      return counting(once, calendar, zone);
    }
    case "continuous":
    case "custom":
      return undefined;
  }
}

function cronTimes(cron: Cron, zone: Zone): NamedTimes {
  return { days: new CronDays(cron), zone, everyHour: cron.everyHour };
}

function namedTicks(times: NamedTimes, calendar: CalendarSpec | null): TickSource {
  const named = calendar === null ? times : { ...times, days: onCountingDays(times.days, calendar) };
  return { after: (ms) => namedTickAfter(named, ms), before: (ms) => namedTickBefore(named, ms) };
}

function counting(source: TickSource, calendar: CalendarSpec | null, zone: Zone): TickSource {
  return calendar === null ? source : onCountingDaysOf(source, calendar, zone);
}
