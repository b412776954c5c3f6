import { DAY_MS, dayNumber, dayOf, type LocalMs } from "./civil.ts";
import { ListedTimes, type NamedDays } from "./days.ts";
import type { NamedTimes } from "./named-ticks.ts";
import type { Recurrence, ZonedDateTime } from "./recurrence.ts";
import type { RecurrenceRule } from "./recurrence-rule.ts";
import { RuleDays } from "./rule-days.ts";
import { type Zone, zoneOf } from "./zone.ts";

/** Where a recurrence without `DTSTART` begins: a Monday, and the first day of a month and a year. */
const BEGINNING: LocalMs = dayNumber(1601, 1, 1) * DAY_MS;

/**
 * The times that a recurrence names. They are read in the zone of its `DTSTART`; in the schedule's where that has none.
 *
 * @param owner for messages: `rrule of schedule "payday"`.
 */
export function recurrenceTimes(recurrence: Recurrence, schedule: Zone, owner = "rrule"): NamedTimes {
  const { start, rules, dates, excluded } = recurrence;
  const zone = start === null ? schedule : zoneOfDate(start, schedule, owner);
  const toLocal = (date: ZonedDateTime): LocalMs => {
    const own = zoneOfDate(date, schedule, owner);
    return own === zone ? date.localMs : zone.toLocal(own.toInstant(date.localMs));
  };
  const startMs = start?.localMs ?? BEGINNING;
  const ruleDays = rules.map((rule) => new RuleDays(rule, startMs, lastOf(rule, zone)));
  const [only] = ruleDays;
  const days =
    only !== undefined && ruleDays.length + dates.length + excluded.length === 1
      ? only
      : new RecurrenceDays({
          rules: ruleDays,
          dates: dates.map(toLocal),
          excluded: new Set(excluded.filter(({ isDate }) => !isDate).map(toLocal)),
          excludedDays: new Set(excluded.filter(({ isDate }) => isDate).map(({ localMs }) => dayOf(localMs))),
        });
  return { days, zone, everyHour: false };
}

function zoneOfDate({ utc, timeZone }: ZonedDateTime, schedule: Zone, owner: string): Zone {
  if (utc) return zoneOf("UTC");
  return timeZone === null ? schedule : zoneOf(timeZone, `TZID of the ${owner}`);
}

/** The last reading that `UNTIL` lets be; a date is meant with all its day. */
function lastOf({ until }: RecurrenceRule, zone: Zone): LocalMs {
  if (until === null) return Number.POSITIVE_INFINITY;
  if (until.isDate) return until.localMs + DAY_MS - 1;
  return until.utc ? zone.toLocal(until.localMs) : until.localMs;
}

interface Parts {
  readonly rules: readonly RuleDays[];
  readonly dates: readonly LocalMs[];
  readonly excluded: ReadonlySet<LocalMs>;
  /** Excluded with all their times. */
  readonly excludedDays: ReadonlySet<number>;
}

/** Rules and single dates together, without those that are excluded. */
class RecurrenceDays implements NamedDays {
  readonly #parts: Parts;
  /** Of the single dates, in order. */
  readonly #days: readonly number[];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#days = parts.dates.map(dayOf).sort((a, b) => a - b);
  }

  atOrAfter(from: number): number | undefined {
    for (let day = from; ; day += 1) {
      const found = [
        ...this.#parts.rules.map((rule) => rule.atOrAfter(day)),
        this.#days.find((each) => each >= day),
      ].filter((each) => each !== undefined);
      if (found.length === 0) return undefined;
      day = Math.min(...found);
      if (this.times(day).list.length > 0) return day;
    }
  }

  atOrBefore(until: number): number | undefined {
    for (let day = until; ; day -= 1) {
      const found = [
        ...this.#parts.rules.map((rule) => rule.atOrBefore(day)),
        this.#days.findLast((each) => each <= day),
      ].filter((each) => each !== undefined);
      if (found.length === 0) return undefined;
      day = Math.max(...found);
      if (this.times(day).list.length > 0) return day;
    }
  }

  times(day: number): ListedTimes {
    const { rules, dates, excluded, excludedDays } = this.#parts;
    if (excludedDays.has(day)) return new ListedTimes([]);
    const times = [
      ...rules.flatMap((rule) => (rule.atOrAfter(day) === day ? rule.times(day).list : [])),
      ...dates.filter((each) => dayOf(each) === day).map((each) => each - day * DAY_MS),
    ];
    const left = [...new Set(times)].filter((time) => !excluded.has(day * DAY_MS + time));
    return new ListedTimes(left.sort((a, b) => a - b));
  }
}
