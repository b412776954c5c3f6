import { type CivilDay, civilDay, dayNumber, daysInMonth, weekdayOf } from "./civil.ts";
import type { ByDay, RecurrenceRule } from "./recurrence-rule.ts";

/** Which days a rule names, but for its interval: RFC 5545's table of parts that limit and expand, read as conditions. */
export type DayRule = (day: number) => boolean;

/** @param start the day from which the rule takes what it does not say itself. */
export function dayRuleOf(rule: RecurrenceRule, start: number): DayRule {
  const { byMonth, byMonthDay, byYearDay, byWeekNumber, byDay } = withDefaults(rule, start);
  const ofMonth = rule.frequency === "MONTHLY" || byMonth !== null;
  return (number) => {
    const day = civilDay(number);
    return (
      (byMonth?.includes(day.month) ?? true) &&
      (byMonthDay === null || countsIn(byMonthDay, day.day, daysInMonth(day.year, day.month))) &&
      (byYearDay === null || countsIn(byYearDay, dayOfYear(number, day), daysInYear(day.year))) &&
      (byWeekNumber === null || isInWeek(byWeekNumber, number, rule.weekStart)) &&
      (byDay === null || byDay.some((each) => isDay(each, number, ofMonth)))
    );
  };
}

/** What the rule leaves open is as it is on its first day. */
function withDefaults(rule: RecurrenceRule, start: number): RecurrenceRule {
  const { month, day } = civilDay(start);
  const { frequency, byMonth, byMonthDay, byYearDay, byWeekNumber, byDay } = rule;
  if (byMonthDay !== null || byYearDay !== null || byDay !== null) return rule;
  if (frequency === "WEEKLY" || byWeekNumber !== null) {
    return { ...rule, byDay: [{ weekday: weekdayOf(start), nth: null }] };
  }
  if (frequency === "MONTHLY") return { ...rule, byMonthDay: [day] };
  return frequency === "YEARLY" ? { ...rule, byMonth: byMonth ?? [month], byMonthDay: [day] } : rule;
}

/** Whether a place, counted from 1, is in a list in which negative numbers count from the end. */
function countsIn(list: readonly number[], place: number, length: number): boolean {
  return list.includes(place) || list.includes(place - length - 1);
}

function dayOfYear(number: number, { year }: CivilDay): number {
  return number - dayNumber(year, 1, 1) + 1;
}

function daysInYear(year: number): number {
  return dayNumber(year + 1, 1, 1) - dayNumber(year, 1, 1);
}

function isDay({ weekday, nth }: ByDay, number: number, ofMonth: boolean): boolean {
  if (weekdayOf(number) !== weekday) return false;
  if (nth === null) return true;
  const day = civilDay(number);
  const place = ofMonth ? day.day : dayOfYear(number, day);
  const length = ofMonth ? daysInMonth(day.year, day.month) : daysInYear(day.year);
  return nth > 0 ? Math.ceil(place / 7) === nth : Math.ceil((length - place + 1) / 7) === -nth;
}

/** A week belongs to the year in which it has four days or more: that of its fourth day. */
function isInWeek(list: readonly number[], number: number, weekStart: number): boolean {
  const middle = number - ((weekdayOf(number) - weekStart + 7) % 7) + 3;
  const { year } = civilDay(middle);
  const week = Math.ceil((middle - dayNumber(year, 1, 1) + 1) / 7);
  const after = Math.floor((dayNumber(year, 12, 31) - middle) / 7);
  return countsIn(list, week, week + after);
}
