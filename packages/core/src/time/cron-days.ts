import { civilDay, dayNumber, daysInMonth, weekdayOf } from "./civil.ts";
import type { Cron } from "./cron.ts";
import type { DayOfMonthRule, WeekdayRule } from "./cron-day-fields.ts";
import { LONGEST_PAUSE_DAYS, type NamedDays, type TimesOfDay } from "./days.ts";

/** A month, as far as the rules for days look at it. */
interface Month {
  readonly length: number;
  /** Of its first day, 1 for Monday to 7 for Sunday. */
  readonly firstWeekday: number;
}

const MONTHS_LOOKED_AT = Math.ceil(LONGEST_PAUSE_DAYS / 28);

/** The days that a cron names, and the times on each of them. */
export class CronDays implements NamedDays {
  readonly #cron: Cron;
  readonly #times: CronTimes;

  constructor(cron: Cron) {
    this.#cron = cron;
    this.#times = new CronTimes(cron);
  }

  times(): TimesOfDay {
    return this.#times;
  }

  atOrAfter(number: number): number | undefined {
    let { year, month, day } = civilDay(number);
    for (let looked = 0; looked < MONTHS_LOOKED_AT; looked += 1) {
      const days = this.#daysOf(year, month) >>> day;
      if (days !== 0) return dayNumber(year, month, day + lowestBit(days));
      day = 1;
      month = month === 12 ? 1 : month + 1;
      if (month === 1) year += 1;
    }
    return undefined;
  }

  atOrBefore(number: number): number | undefined {
    let { year, month, day } = civilDay(number);
    for (let looked = 0; looked < MONTHS_LOOKED_AT; looked += 1) {
      const days = this.#daysOf(year, month) << (31 - day);
      if (days !== 0) return dayNumber(year, month, day - Math.clz32(days));
      day = 31;
      month = month === 1 ? 12 : month - 1;
      if (month === 12) year -= 1;
    }
    return undefined;
  }

  /** The days of a month that count, a bit for each; the first day is bit 1. */
  #daysOf(year: number, number: number): number {
    const { months, daysOfMonth, weekdays } = this.#cron;
    if (!months.includes(number)) return 0;
    const month = { length: daysInMonth(year, number), firstWeekday: weekdayOf(dayNumber(year, number, 1)) };
    const all = bitsUpTo(month.length);
    if (daysOfMonth === null && weekdays === null) return all;
    let bits = 0;
    for (const rule of daysOfMonth ?? []) bits |= daysByRule(rule, month);
    for (const rule of weekdays ?? []) bits |= weekdaysByRule(rule, month);
    return bits & all;
  }
}

function bitsUpTo(day: number): number {
  return (0xffff_fffe << (31 - day)) >>> (31 - day);
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

function daysByRule(rule: DayOfMonthRule, { length, firstWeekday }: Month): number {
  switch (rule.kind) {
    case "days":
      return rule.days.reduce((bits, day) => bits | (1 << day), 0);
    case "last":
      // A day before the first has no bit: the month does not count.
      return rule.before < length ? 1 << (length - rule.before) : 0;
    case "last_working":
      return 1 << (length - Math.max(0, weekdayOfDay(length, firstWeekday) - 5));
    case "nearest_working": {
      if (rule.day > length) return 0;
      const weekday = weekdayOfDay(rule.day, firstWeekday);
      if (weekday === 6) return 1 << (rule.day === 1 ? 3 : rule.day - 1);
      if (weekday === 7) return 1 << (rule.day === length ? length - 2 : rule.day + 1);
      return 1 << rule.day;
    }
  }
}

function weekdaysByRule(rule: WeekdayRule, { length, firstWeekday }: Month): number {
  let bits = 0;
  switch (rule.kind) {
    case "weekdays":
      for (let day = 1; day <= length; day += 1) {
        if (rule.weekdays.includes(weekdayOfDay(day, firstWeekday))) bits |= 1 << day;
      }
      return bits;
    case "nth": {
      const day = firstOf(rule.weekday, firstWeekday) + 7 * (rule.nth - 1);
      return day > length ? 0 : 1 << day;
    }
    case "last": {
      const first = firstOf(rule.weekday, firstWeekday);
      return 1 << (first + 7 * Math.floor((length - first) / 7));
    }
  }
}

/** The first day of a month with this weekday. */
function firstOf(weekday: number, firstWeekday: number): number {
  return 1 + ((weekday - firstWeekday + 7) % 7);
}

function weekdayOfDay(day: number, firstWeekday: number): number {
  return ((firstWeekday + day - 2) % 7) + 1;
}

/** The times of day that a cron names. */
class CronTimes implements TimesOfDay {
  readonly #cron: Cron;

  constructor(cron: Cron) {
    this.#cron = cron;
  }

  atOrAfter(ms: number): number | undefined {
    const { hours, minutes, seconds } = this.#cron;
    const at = Math.ceil(ms / 1_000);
    const hour = Math.floor(at / 3_600);
    const minute = Math.floor((at % 3_600) / 60);
    if (hours.includes(hour)) {
      const second = minutes.includes(minute) ? seconds.find((each) => each >= at % 60) : undefined;
      if (second !== undefined) return timeOf(hour, minute, second);
      const later = minutes.find((each) => each > minute);
      if (later !== undefined) return timeOf(hour, later, seconds[0] as number);
    }
    const later = hours.find((each) => each > hour);
    return later === undefined ? undefined : timeOf(later, minutes[0] as number, seconds[0] as number);
  }

  atOrBefore(ms: number): number | undefined {
    const { hours, minutes, seconds } = this.#cron;
    const at = Math.floor(ms / 1_000);
    const hour = Math.floor(at / 3_600);
    const minute = Math.floor((at % 3_600) / 60);
    if (hours.includes(hour)) {
      const second = minutes.includes(minute) ? seconds.findLast((each) => each <= at % 60) : undefined;
      if (second !== undefined) return timeOf(hour, minute, second);
      const earlier = minutes.findLast((each) => each < minute);
      if (earlier !== undefined) return timeOf(hour, earlier, seconds.at(-1) as number);
    }
    const earlier = hours.findLast((each) => each < hour);
    return earlier === undefined ? undefined : timeOf(earlier, minutes.at(-1) as number, seconds.at(-1) as number);
  }
}

function timeOf(hour: number, minute: number, second: number): number {
  return ((hour * 60 + minute) * 60 + second) * 1_000;
}
