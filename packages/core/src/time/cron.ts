import { MillraceError } from "../errors/millrace-error.ts";
import { suggest } from "../suggest.ts";
import { type DayOfMonthRule, parseDaysOfMonth, parseWeekdays, type WeekdayRule } from "./cron-day-fields.ts";
import { CRON_FIELDS, type CronField, type CronFieldName } from "./cron-field.ts";
import { parseNumbers } from "./cron-numbers.ts";

/** A cron expression, read. Numbers are in order, each once. */
export interface Cron {
  /** As it was written, without spaces around it. */
  readonly expression: string;
  /** `[0]` where the expression has five fields. */
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** The hour field is `*`: the schedule steps through real time, and else fires at the wall-clock times it names. */
  readonly everyHour: boolean;
  readonly months: readonly number[];
  /** Null where the field is `*` or `?`. A day counts by either of the two where both are given (POSIX). */
  readonly daysOfMonth: readonly DayOfMonthRule[] | null;
  readonly weekdays: readonly WeekdayRule[] | null;
}

const MACROS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

const ORDER: readonly CronFieldName[] = ["minute", "hour", "day of month", "month", "day of week"];

/**
 * Reads a cron expression: minute, hour, day of month, month and day of week, with a field for seconds in front if there
 * are six. Lists, ranges, steps and English names as in crontab(5); `L`, `L-n`, `LW`, `nW` for days of the month; `n#k`
 * and `nL` for days of the week; `?` for a day field that says nothing; and macros (`@daily`).
 *
 * @param what whose it is, to name it in messages: `schedule "nightly"`.
 * @throws MillraceError `INVALID_OPTION` naming the field.
 */
export function parseCron(expression: string, what = ""): Cron {
  const text = String(expression).trim();
  const owner = `cron ${JSON.stringify(text)}${what === "" ? "" : ` of ${what}`}`;
  const fields = fieldsOf(text, owner);
  const read = (name: CronFieldName): CronField => ({
    ...CRON_FIELDS[name],
    text: fields[name],
    owner,
  });
  const hour = read("hour");
  return Object.freeze({
    expression: text,
    seconds: parseNumbers(read("second")),
    minutes: parseNumbers(read("minute")),
    hours: parseNumbers(hour),
    everyHour: hour.text === "*" || hour.text === "*/1",
    months: parseNumbers(read("month")),
    daysOfMonth: parseDaysOfMonth(read("day of month")),
    weekdays: parseWeekdays(read("day of week")),
  });
}

function fieldsOf(text: string, owner: string): Readonly<Record<CronFieldName, string>> {
  const expanded = text.startsWith("@") ? macro(text, owner) : text;
  const parts = expanded === "" ? [] : expanded.split(/\s+/);
  if (parts.length !== 5 && parts.length !== 6) {
    const hint =
      parts.length === 7
        ? "A seventh field for years is not known here: say `start` and `end` of the schedule."
        : 'It has five, "minute hour day-of-month month day-of-week", or six with the second first: "0 6 * * *".';
    const count = parts.length === 1 ? "1 field" : `${parts.length} fields`;
    throw new MillraceError("INVALID_OPTION", `The ${owner} has ${count}.`, { hint });
  }
  const second = parts.length === 6 ? (parts[0] as string) : "0";
  const rest = parts.slice(-5);
  return Object.fromEntries([
    ["second", second],
    ...ORDER.map((name, index) => [name, rest[index] as string]),
  ]) as Record<CronFieldName, string>;
}

function macro(text: string, owner: string): string {
  const found = MACROS[text.toLowerCase()];
  if (found !== undefined) return found;
  const near = suggest(text, Object.keys(MACROS));
  const hint = /^@every\b/i.test(text)
    ? 'For an interval, write every("15m").'
    : near === undefined
      ? `The macros are: ${Object.keys(MACROS).join(", ")}.`
      : `Did you mean "${near}"?`;
  throw new MillraceError("INVALID_OPTION", `The ${owner} is no macro that is known.`, { hint });
}
