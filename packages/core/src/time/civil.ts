/**
 * The calendar as arithmetic: days are counted from 1970-01-01, which is day 0, in the Gregorian calendar without end.
 * The two conversions are Howard Hinnant's (`chrono-Compatible Low-Level Date Algorithms`).
 */
export const DAY_MS = 86_400_000;

/**
 * Wall-clock time in some zone, as the milliseconds that the same reading of the clock would have in UTC. Arithmetic on
 * it is arithmetic on the calendar: a day always has 86,400,000 of them.
 */
export type LocalMs = number;

/** Weekdays and leap days fall as they did this many days before: 400 years. */
export const CYCLE_DAYS = 146_097;

/** A day as people write it. Months and days count from 1. */
export interface CivilDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The number of a day. A month or day beyond its end counts on: the 0th of March is the last of February. */
export function dayNumber(year: number, month: number, day: number): number {
  const months = year * 12 + month - 1;
  // Years that begin in March have their leap day at the end.
  const shifted = months - 2;
  const march = Math.floor(shifted / 12);
  const era = Math.floor(march / 400);
  const yearOfEra = march - era * 400;
  const dayOfYear = Math.floor((153 * (shifted - march * 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * CYCLE_DAYS + dayOfEra - 719_468;
}

export function civilDay(number: number): CivilDay {
  const shifted = number + 719_468;
  const era = Math.floor(shifted / CYCLE_DAYS);
  const dayOfEra = shifted - era * CYCLE_DAYS;
  const leaps = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const march = Math.floor((5 * dayOfYear + 2) / 153);
  const month = march < 10 ? march + 3 : march - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * march + 2) / 5) + 1,
  };
}

export function daysInMonth(year: number, month: number): number {
  return dayNumber(year, month + 1, 1) - dayNumber(year, month, 1);
}

/** 1 for Monday to 7 for Sunday. Day 0 was a Thursday. */
export function weekdayOf(number: number): number {
  return ((((number + 3) % 7) + 7) % 7) + 1;
}

/** The day on which a reading of the clock is. */
export function dayOf(localMs: number): number {
  return Math.floor(localMs / DAY_MS);
}

/** `2026-12-25`. */
export function formatDay(number: number): string {
  const { year, month, day } = civilDay(number);
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** The day that `2026-12-25` names, or undefined for text that names none. */
export function parseDay(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) return undefined;
  const number = dayNumber(Number(match[1]), Number(match[2]), Number(match[3]));
  return formatDay(number) === text ? number : undefined;
}
