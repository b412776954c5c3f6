import { CYCLE_DAYS, DAY_MS, dayOf, type LocalMs } from "./civil.ts";

/** The times that a schedule names on a day, in milliseconds after its midnight. */
export interface TimesOfDay {
  atOrAfter(ms: number): number | undefined;
  atOrBefore(ms: number): number | undefined;
}

/** What a schedule names, without a zone: days by their numbers, and times on each of them. */
export interface NamedDays {
  /** The first day that is named, this one or later; undefined where there is none in 400 years. */
  atOrAfter(day: number): number | undefined;
  atOrBefore(day: number): number | undefined;
  /** Of a day that is named; never empty. */
  times(day: number): TimesOfDay;
}

/** Nothing that repeats by the calendar has a longer pause than the calendar has years before it repeats itself. */
export const LONGEST_PAUSE_DAYS = CYCLE_DAYS + 366;

/** The first reading of the clock that is named, this one or later. */
export function readingAtOrAfter(days: NamedDays, localMs: LocalMs): LocalMs | undefined {
  const today = dayOf(localMs);
  let day = days.atOrAfter(today);
  if (day === today) {
    const time = days.times(day).atOrAfter(localMs - today * DAY_MS);
    if (time !== undefined) return today * DAY_MS + time;
    day = days.atOrAfter(today + 1);
  }
  return day === undefined ? undefined : day * DAY_MS + (days.times(day).atOrAfter(0) as number);
}

/** The last reading of the clock that is named, this one or earlier. */
export function readingAtOrBefore(days: NamedDays, localMs: LocalMs): LocalMs | undefined {
  const today = dayOf(localMs);
  let day = days.atOrBefore(today);
  if (day === today) {
    const time = days.times(day).atOrBefore(localMs - today * DAY_MS);
    if (time !== undefined) return today * DAY_MS + time;
    day = days.atOrBefore(today - 1);
  }
  return day === undefined ? undefined : day * DAY_MS + (days.times(day).atOrBefore(DAY_MS - 1) as number);
}

/** Times that are listed, in order and without repetition. */
export class ListedTimes implements TimesOfDay {
  readonly list: readonly number[];

  constructor(list: readonly number[]) {
    this.list = list;
  }

  atOrAfter(ms: number): number | undefined {
    return this.list[this.#countBefore(ms)];
  }

  atOrBefore(ms: number): number | undefined {
    return this.list[this.#countBefore(ms + 1) - 1];
  }

  /** A rule that ticks each second lists 86,400 of them. */
  #countBefore(ms: number): number {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.list[middle] as number) < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
