import { civilDay, DAY_MS, dayNumber, dayOf, daysInMonth, type LocalMs } from "./civil.ts";
import { ListedTimes, type NamedDays, type TimesOfDay } from "./days.ts";
import type { TickSource } from "./ticks.ts";

/** Elapsed time: ticks that are so many milliseconds apart, whatever a clock shows. */
export function elapsedTicks(everyMs: number, anchorMs: number): TickSource {
  return {
    after: (afterMs) => anchorMs + (Math.floor((afterMs - anchorMs) / everyMs) + 1) * everyMs,
    before: (beforeMs) => anchorMs + (Math.ceil((beforeMs - anchorMs) / everyMs) - 1) * everyMs,
  };
}

/** Every so many days, at the time of day of the anchor. */
export class EveryDays implements NamedDays {
  readonly #step: number;
  readonly #anchor: number;
  readonly #times: TimesOfDay;

  constructor(step: number, anchorMs: LocalMs) {
    this.#step = step;
    this.#anchor = dayOf(anchorMs);
    this.#times = new ListedTimes([anchorMs - this.#anchor * DAY_MS]);
  }

  times(): TimesOfDay {
    return this.#times;
  }

  atOrAfter(day: number): number {
    return this.#anchor + Math.ceil((day - this.#anchor) / this.#step) * this.#step;
  }

  atOrBefore(day: number): number {
    return this.#anchor + Math.floor((day - this.#anchor) / this.#step) * this.#step;
  }
}

/** Every so many months, on the anchor's day of the month or, in a month without it, on its last. */
export class EveryMonths implements NamedDays {
  readonly #step: number;
  /** The anchor's month, counted from the year 0. */
  readonly #anchorMonth: number;
  readonly #anchorDay: number;
  readonly #times: TimesOfDay;

  constructor(step: number, anchorMs: LocalMs) {
    const day = dayOf(anchorMs);
    const anchor = civilDay(day);
    this.#step = step;
    this.#anchorMonth = anchor.year * 12 + anchor.month - 1;
    this.#anchorDay = anchor.day;
    this.#times = new ListedTimes([anchorMs - day * DAY_MS]);
  }

  times(): TimesOfDay {
    return this.#times;
  }

  atOrAfter(day: number): number {
    const steps = Math.floor(this.#stepsTo(day));
    const found = this.#dayAfter(steps);
    return found >= day ? found : this.#dayAfter(steps + 1);
  }

  atOrBefore(day: number): number {
    const steps = Math.ceil(this.#stepsTo(day));
    const found = this.#dayAfter(steps);
    return found <= day ? found : this.#dayAfter(steps - 1);
  }

  /** From the anchor's month to the month of a day; a fraction between two steps. */
  #stepsTo(number: number): number {
    const { year, month } = civilDay(number);
    return (year * 12 + month - 1 - this.#anchorMonth) / this.#step;
  }

  #dayAfter(steps: number): number {
    const months = this.#anchorMonth + steps * this.#step;
    const year = Math.floor(months / 12);
    const month = months - year * 12 + 1;
    return dayNumber(year, month, Math.min(this.#anchorDay, daysInMonth(year, month)));
  }
}
