import { CountingDays, onCountingDays } from "./calendar-days.ts";
import { dayOf } from "./civil.ts";
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
 * which see `mayTickAt`.
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

/** Whether the start, the end and the calendar of a schedule let it tick at an instant, whatever its timing. */
export function mayTickAt(spec: ScheduleSpec, atMs: number): boolean {
  const { startMs, endMs, calendar, timeZone } = spec;
  if (atMs < (startMs ?? Number.NEGATIVE_INFINITY) || atMs >= (endMs ?? Number.POSITIVE_INFINITY)) return false;
  return calendar === null || new CountingDays(calendar).counts(dayOf(zoneOf(timeZone).toLocal(atMs)));
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
