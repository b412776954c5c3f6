import { MillraceError } from "../errors/millrace-error.ts";

export type CronFieldName = "second" | "minute" | "hour" | "day of month" | "month" | "day of week";

/** What may stand in a field. */
interface CronFieldRule {
  readonly name: CronFieldName;
  /** For messages: `minutes`. */
  readonly plural: string;
  readonly min: number;
  readonly max: number;
  /** English names, the first one for `min`; three letters of them are enough. */
  readonly names: readonly string[];
}

/** One field of one expression. */
export interface CronField extends CronFieldRule {
  readonly text: string;
  /** For messages: `cron "0 6 * * *" of schedule "nightly"`. */
  readonly owner: string;
}

const MONTHS = "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER".split(" ");
const WEEKDAYS = "SUNDAY MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY".split(" ");

export const CRON_FIELDS: Readonly<Record<CronFieldName, CronFieldRule>> = {
  second: { name: "second", plural: "seconds", min: 0, max: 59, names: [] },
  minute: { name: "minute", plural: "minutes", min: 0, max: 59, names: [] },
  hour: { name: "hour", plural: "hours", min: 0, max: 23, names: [] },
  "day of month": { name: "day of month", plural: "days of the month", min: 1, max: 31, names: [] },
  month: { name: "month", plural: "months", min: 1, max: 12, names: MONTHS },
  // 0 and 7 are both Sunday.
  "day of week": { name: "day of week", plural: "days of the week", min: 0, max: 7, names: WEEKDAYS },
};

/** The refusal of a field, by what is wrong with it: `has 61`. Without a hint it says what is allowed. */
export function badField(field: CronField, wrong: string, hint?: string): MillraceError {
  const { min, max, names } = field;
  const first = names[0]?.slice(0, 3);
  const named = first === undefined ? "" : `, or ${first} to ${names.at(-1)?.slice(0, 3)}`;
  const plural = `${field.plural.slice(0, 1).toUpperCase()}${field.plural.slice(1)}`;
  return new MillraceError("INVALID_OPTION", `The ${field.name} field of ${field.owner} ${wrong}.`, {
    hint: hint ?? `${plural} are ${min} to ${max}${named}.`,
  });
}
