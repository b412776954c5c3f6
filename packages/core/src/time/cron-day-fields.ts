import { badField, type CronField } from "./cron-field.ts";
import { distinct, parseElement, parseNumber } from "./cron-numbers.ts";

/** One thing that a day-of-month field says. */
export type DayOfMonthRule =
  | { readonly kind: "days"; readonly days: readonly number[] }
  /** `L`, or `L-n`: so many days before the month's last. */
  | { readonly kind: "last"; readonly before: number }
  /** `LW`: the last day from Monday to Friday. */
  | { readonly kind: "last_working" }
  /** `nW`: the day from Monday to Friday nearest to this one, in the same month. None in a month without this day. */
  | { readonly kind: "nearest_working"; readonly day: number };

/** One thing that a day-of-week field says. Weekdays are 1 for Monday to 7 for Sunday. */
export type WeekdayRule =
  | { readonly kind: "weekdays"; readonly weekdays: readonly number[] }
  /** `n#k`: the so-and-so-many-th of its month, 1 to 5. None in a month without a fifth. */
  | { readonly kind: "nth"; readonly weekday: number; readonly nth: number }
  /** `nL`: the last one of its month. */
  | { readonly kind: "last"; readonly weekday: number };

/** Null where the field leaves it open. */
export function parseDaysOfMonth(field: CronField): readonly DayOfMonthRule[] | null {
  return isOpen(field) ? null : field.text.split(",").map((element) => parseDayOfMonth(field, element));
}

function parseDayOfMonth(field: CronField, element: string): DayOfMonthRule {
  const text = element.toUpperCase();
  if (text === "LW" || text === "WL") return { kind: "last_working" };
  const last = /^L(?:-(\d{1,2}))?$/.exec(text);
  if (last !== null) {
    const before = Number(last[1] ?? 0);
    if (before > 30) throw badField(field, `has ${element}`, "L-30 is the furthest from the end of a month.");
    return { kind: "last", before };
  }
  const nearest = /^(\d{1,2})W$/.exec(text);
  if (nearest !== null) return { kind: "nearest_working", day: parseNumber(field, nearest[1] as string) };
  return { kind: "days", days: parseElement(field, element) };
}

/** Null where the field leaves it open. */
export function parseWeekdays(field: CronField): readonly WeekdayRule[] | null {
  return isOpen(field) ? null : field.text.split(",").map((element) => parseWeekday(field, element));
}

function parseWeekday(field: CronField, element: string): WeekdayRule {
  if (/^l$/i.test(element)) {
    const hint = 'Say of which day: "5L" or "FRIL" is the last Friday of the month; Saturday is 6.';
    throw badField(field, 'has "L" without a day', hint);
  }
  const [day = "", nth] = element.split("#");
  if (nth !== undefined) {
    const hint = '"FRI#2" is the second Friday of the month; there are at most five.';
    if (!/^[1-5]$/.test(nth)) throw badField(field, `has ${JSON.stringify(element)}`, hint);
    return { kind: "nth", weekday: isoWeekday(parseNumber(field, day)), nth: Number(nth) };
  }
  const last = /^(\d|[a-z]{3}|[a-z]{6,9})L$/i.exec(element);
  if (last !== null) return { kind: "last", weekday: isoWeekday(parseNumber(field, last[1] as string)) };
  return { kind: "weekdays", weekdays: distinct(parseElement(field, element).map(isoWeekday)) };
}

/** Cron counts from Sunday, which is 0 and also 7. */
function isoWeekday(number: number): number {
  return number === 0 ? 7 : number;
}

/** `?` is Quartz's way to say that the other day field decides. */
function isOpen(field: CronField): boolean {
  return field.text === "*" || field.text === "?";
}
