import { parseCron } from "./cron.ts";
import { CronDays } from "./cron-days.ts";
import { EveryDays, EveryMonths, elapsedTicks } from "./every.ts";
import { type NamedTimes, namedTickAfter, namedTickBefore } from "./named-ticks.ts";
import type { ScheduleSpec } from "./schedule-spec.ts";
import { makeTicks, type TickSource, type Ticks } from "./ticks.ts";
import { type Zone, zoneOf } from "./zone.ts";

/**
 * The ticks of a schedule; undefined where the calendar alone does not tell them: of `continuous` and `custom` ones.
 *
 * @throws MillraceError `INVALID_OPTION` for an expression or a zone that is none.
 */
export function ticksOf(spec: ScheduleSpec): Ticks | undefined {
  const what = `schedule "${spec.name}"`;
  const zone = zoneOf(spec.timeZone, `time zone of ${what}`);
  const source = sourceOf(spec, zone);
  return source === undefined ? undefined : makeTicks(source, spec);
}

/** The ticks of a cron expression alone, without end. */
export function cronTicks(expression: string, timeZone: string): Ticks {
  const cron = parseCron(expression);
  const zone = zoneOf(timeZone);
  return makeTicks(namedTicks({ days: new CronDays(cron), zone, everyHour: cron.everyHour }));
}

function sourceOf({ name, timing }: ScheduleSpec, zone: Zone): TickSource | undefined {
  switch (timing.kind) {
    case "cron": {
      const cron = parseCron(timing.expression, `schedule "${name}"`);
      return namedTicks({ days: new CronDays(cron), zone, everyHour: cron.everyHour });
    }
    case "every": {
      const { amount, unit, anchorMs } = timing;
      if (unit === "ms") return elapsedTicks(amount, anchorMs);
      const localMs = zone.toLocal(anchorMs);
      const days =
        unit === "month"
          ? new EveryMonths(amount, localMs)
          : new EveryDays(unit === "week" ? amount * 7 : amount, localMs);
      return namedTicks({ days, zone, everyHour: false });
    }
    case "once":
      return {
        after: (ms) => (ms < timing.atMs ? timing.atMs : undefined),
        before: (ms) => (ms > timing.atMs ? timing.atMs : undefined),
      };
    case "rrule":
    case "continuous":
    case "custom":
      return undefined;
  }
}

function namedTicks(named: NamedTimes): TickSource {
  return { after: (ms) => namedTickAfter(named, ms), before: (ms) => namedTickBefore(named, ms) };
}
