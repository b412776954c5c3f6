import { parseDay, weekdayOf } from "./civil.ts";
import { LONGEST_PAUSE_DAYS, type NamedDays, type TimesOfDay } from "./days.ts";
import type { CalendarSpec } from "./schedule-spec.ts";

/** The days of a calendar that count, by their numbers. */
export class CountingDays {
  readonly #weekdays: ReadonlySet<number>;
  readonly #exclude: ReadonlySet<number>;
  readonly #include: ReadonlySet<number>;

  constructor({ weekdays, exclude, include }: CalendarSpec) {
    this.#weekdays = new Set(weekdays);
    this.#exclude = new Set(exclude.map(parseDay) as number[]);
    this.#include = new Set(include.map(parseDay) as number[]);
  }

  counts(day: number): boolean {
    return this.#include.has(day) || (this.#weekdays.has(weekdayOf(day)) && !this.#exclude.has(day));
  }

  /** The first day that counts, this one or later; undefined where there is none in 400 years. */
  atOrAfter(day: number): number | undefined {
    for (let each = day; each <= day + LONGEST_PAUSE_DAYS; each += 1) if (this.counts(each)) return each;
    return undefined;
  }

  atOrBefore(day: number): number | undefined {
    for (let each = day; each >= day - LONGEST_PAUSE_DAYS; each -= 1) if (this.counts(each)) return each;
    return undefined;
  }
}

/** What a schedule names, on days that count. */
export function onCountingDays(days: NamedDays, calendar: CalendarSpec): NamedDays {
  const counting = new CountingDays(calendar);
  return calendar.roll === "skip" ? new SkippingDays(days, counting) : new RollingDays(days, counting, calendar.roll);
}

class SkippingDays implements NamedDays {
  readonly #days: NamedDays;
  readonly #counting: CountingDays;

  constructor(days: NamedDays, counting: CountingDays) {
    this.#days = days;
    this.#counting = counting;
  }

  times(day: number): TimesOfDay {
    return this.#days.times(day);
  }

  atOrAfter(from: number): number | undefined {
    let day = this.#days.atOrAfter(from);
    while (day !== undefined && !this.#counting.counts(day)) {
      day = day > from + LONGEST_PAUSE_DAYS ? undefined : this.#days.atOrAfter(day + 1);
    }
    return day;
  }

  atOrBefore(until: number): number | undefined {
    let day = this.#days.atOrBefore(until);
    while (day !== undefined && !this.#counting.counts(day)) {
      day = day < until - LONGEST_PAUSE_DAYS ? undefined : this.#days.atOrBefore(day - 1);
    }
    return day;
  }
}

/**
 * Days that do not count give their times to the next or the previous one that does. Two that become one are one.
 */
class RollingDays implements NamedDays {
  readonly #days: NamedDays;
  readonly #counting: CountingDays;
  readonly #forward: boolean;

  constructor(days: NamedDays, counting: CountingDays, roll: "next" | "previous") {
    this.#days = days;
    this.#counting = counting;
    this.#forward = roll === "next";
  }

  times(day: number): TimesOfDay {
    const [from, until] = this.#givingTo(day);
    const times = new Set<TimesOfDay>();
    for (let each = this.#days.atOrAfter(from); each !== undefined && each <= until; ) {
      times.add(this.#days.times(each));
      each = this.#days.atOrAfter(each + 1);
    }
    const [only] = times;
    return times.size === 1 ? (only as TimesOfDay) : new TimesTogether([...times]);
  }

  atOrAfter(day: number): number | undefined {
    const counting = this.#counting.atOrAfter(day);
    if (counting === undefined) return undefined;
    const named = this.#days.atOrAfter(this.#givingTo(counting)[0]);
    return named === undefined ? undefined : this.#receiver(named);
  }

  atOrBefore(day: number): number | undefined {
    const counting = this.#counting.atOrBefore(day);
    if (counting === undefined) return undefined;
    const named = this.#days.atOrBefore(this.#givingTo(counting)[1]);
    return named === undefined ? undefined : this.#receiver(named);
  }

  #receiver(day: number): number | undefined {
    return this.#forward ? this.#counting.atOrAfter(day) : this.#counting.atOrBefore(day);
  }

  /** The days, from and until, whose times a day that counts has: its own, and those next to it that do not count. */
  #givingTo(day: number): readonly [number, number] {
    if (this.#forward) return [(this.#counting.atOrBefore(day - 1) ?? day - LONGEST_PAUSE_DAYS) + 1, day];
    return [day, (this.#counting.atOrAfter(day + 1) ?? day + LONGEST_PAUSE_DAYS) - 1];
  }
}

/** The times of several days. */
class TimesTogether implements TimesOfDay {
  readonly #times: readonly TimesOfDay[];

  constructor(times: readonly TimesOfDay[]) {
    this.#times = times;
  }

  atOrAfter(ms: number): number | undefined {
    const found = this.#times.map((each) => each.atOrAfter(ms)).filter((each) => each !== undefined);
    return found.length === 0 ? undefined : Math.min(...found);
  }

  atOrBefore(ms: number): number | undefined {
    const found = this.#times.map((each) => each.atOrBefore(ms)).filter((each) => each !== undefined);
    return found.length === 0 ? undefined : Math.max(...found);
  }
}
