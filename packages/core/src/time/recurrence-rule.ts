import { MillraceError } from "../errors/millrace-error.ts";
import { didYouMean } from "../suggest.ts";
import { type DateTime, parseDateTime } from "./date-time.ts";

type Frequency = "SECONDLY" | "MINUTELY" | "HOURLY" | "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";

/** A weekday, 1 for Monday to 7 for Sunday; with `nth` only that one of its month or year, from the end where negative. */
export interface ByDay {
  readonly weekday: number;
  readonly nth: number | null;
}

/** One rule of RFC 5545 §3.3.10, read. A part that is not there is null. */
export interface RecurrenceRule {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly count: number | null;
  readonly until: DateTime | null;
  readonly bySecond: readonly number[] | null;
  readonly byMinute: readonly number[] | null;
  readonly byHour: readonly number[] | null;
  readonly byDay: readonly ByDay[] | null;
  readonly byMonthDay: readonly number[] | null;
  readonly byYearDay: readonly number[] | null;
  readonly byWeekNumber: readonly number[] | null;
  readonly byMonth: readonly number[] | null;
  readonly bySetPosition: readonly number[] | null;
  /** 1 for Monday to 7 for Sunday. */
  readonly weekStart: number;
}

const FREQUENCIES = ["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"] as const;
const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const PARTS = [
  "FREQ",
  "INTERVAL",
  "COUNT",
  "UNTIL",
  "BYSECOND",
  "BYMINUTE",
  "BYHOUR",
  "BYDAY",
  "BYMONTHDAY",
  "BYYEARDAY",
  "BYWEEKNO",
  "BYMONTH",
  "BYSETPOS",
  "WKST",
];
/** All ticks up to the last are counted once. */
const MOST_COUNTED = 1_000_000;

/**
 * Reads the value of an `RRULE`.
 *
 * @param owner for messages: `rrule of schedule "payday"`.
 * @throws MillraceError `INVALID_OPTION` naming the part.
 */
export function parseRecurrenceRule(text: string, owner: string): RecurrenceRule {
  const parts = readParts(text, owner);
  const numbers = (name: string, range: NumberRange): readonly number[] | null => {
    const value = parts.get(name);
    return value === undefined ? null : value.split(",").map((each) => readNumber(each, { owner, name, ...range }));
  };
  const single = (name: string, max: number): number | null =>
    parts.has(name) ? readNumber(parts.get(name) as string, { owner, name, min: 1, max }) : null;
  const rule: RecurrenceRule = {
    frequency: readFrequency(parts.get("FREQ"), owner),
    interval: single("INTERVAL", 1_000_000) ?? 1,
    count: single("COUNT", MOST_COUNTED),
    until: parts.has("UNTIL") ? parseDateTime(parts.get("UNTIL") as string, `UNTIL of the ${owner}`) : null,
    bySecond: numbers("BYSECOND", { min: 0, max: 59 }),
    byMinute: numbers("BYMINUTE", { min: 0, max: 59 }),
    byHour: numbers("BYHOUR", { min: 0, max: 23 }),
    byDay:
      parts
        .get("BYDAY")
        ?.split(",")
        .map((each) => readDay(each, owner)) ?? null,
    byMonthDay: numbers("BYMONTHDAY", { min: 1, max: 31, fromEnd: true }),
    byYearDay: numbers("BYYEARDAY", { min: 1, max: 366, fromEnd: true }),
    byWeekNumber: numbers("BYWEEKNO", { min: 1, max: 53, fromEnd: true }),
    byMonth: numbers("BYMONTH", { min: 1, max: 12 }),
    bySetPosition: numbers("BYSETPOS", { min: 1, max: 366, fromEnd: true }),
    weekStart: readWeekStart(parts.get("WKST"), owner),
  };
  checkTogether(rule, owner);
  return Object.freeze(rule);
}

function readParts(text: string, owner: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const part of text.trim().toUpperCase().split(";")) {
    const [name = "", value, ...more] = part.split("=");
    if (value === undefined || value === "" || more.length > 0) {
      throw refuse(`The ${owner} has ${JSON.stringify(part)}, which is no part of a rule.`, RULE_HINT);
    }
    if (!PARTS.includes(name))
      throw refuse(`The ${owner} has an unknown part ${name}.`, didYouMean(name, PARTS, "parts"));
    if (parts.has(name)) throw refuse(`The ${owner} has ${name} twice.`, "Each part is written once, as a list.");
    parts.set(name, value);
  }
  return parts;
}

const RULE_HINT = 'A rule is like "FREQ=MONTHLY;BYDAY=-1FR": names and values, with semicolons between.';

function readFrequency(text: string | undefined, owner: string): Frequency {
  const found = FREQUENCIES.find((each) => each === text);
  if (found !== undefined) return found;
  if (text === undefined) throw refuse(`The ${owner} has no FREQ.`, RULE_HINT);
  throw refuse(`The ${owner} has the unknown FREQ ${text}.`, didYouMean(text, FREQUENCIES, "frequencies"));
}

interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** Negative numbers count from the end. */
  readonly fromEnd?: boolean;
}

function readNumber(text: string, range: NumberRange & { readonly owner: string; readonly name: string }): number {
  const { owner, name, min, max, fromEnd = false } = range;
  const number = /^[+-]?\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  const size = fromEnd ? Math.abs(number) : number;
  if (size >= min && size <= max) return number;
  const hint = `It is ${min} to ${max}${fromEnd ? `, or -${max} to -${min} counted from the end` : ""}.`;
  throw refuse(`The ${owner} has ${name} ${JSON.stringify(text)}.`, hint);
}

function readDay(text: string, owner: string): ByDay {
  const match = /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$/.exec(text);
  const nth = match?.[1] === undefined ? null : Number(match[1]);
  if (match === null || nth === 0 || Math.abs(nth ?? 1) > 53) {
    const hint = 'A day is MO, TU, WE, TH, FR, SA or SU, with a number in front for one of a month or year: "-1FR".';
    throw refuse(`The ${owner} has BYDAY ${JSON.stringify(text)}.`, hint);
  }
  return { weekday: WEEKDAYS.indexOf(match[2] as string) + 1, nth };
}

function readWeekStart(text: string | undefined, owner: string): number {
  const index = WEEKDAYS.indexOf(text ?? "MO");
  if (index === -1)
    throw refuse(`The ${owner} has WKST ${JSON.stringify(text)}.`, `It is one of ${WEEKDAYS.join(", ")}.`);
  return index + 1;
}

/** What the table and notes of RFC 5545 §3.3.10 forbid. */
function checkTogether(rule: RecurrenceRule, owner: string): void {
  const { frequency } = rule;
  const daily = frequency === "DAILY" || frequency === "WEEKLY" || frequency === "MONTHLY";
  const hasNth = rule.byDay?.some(({ nth }) => nth !== null) ?? false;
  const others = [rule.bySecond, rule.byMinute, rule.byHour, rule.byDay, rule.byMonthDay, rule.byYearDay];
  const wrong: readonly (readonly [boolean, string])[] = [
    [rule.count !== null && rule.until !== null, "has both COUNT and UNTIL"],
    [
      hasNth && frequency !== "MONTHLY" && frequency !== "YEARLY",
      `has numbered days, which ${frequency} knows none of`,
    ],
    [hasNth && rule.byWeekNumber !== null, "has numbered days together with BYWEEKNO"],
    [rule.byMonthDay !== null && frequency === "WEEKLY", "has BYMONTHDAY, which WEEKLY cannot have"],
    [rule.byYearDay !== null && daily, `has BYYEARDAY, which ${frequency} cannot have`],
    [rule.byWeekNumber !== null && frequency !== "YEARLY", `has BYWEEKNO, which ${frequency} cannot have`],
    [
      rule.bySetPosition !== null && [...others, rule.byWeekNumber, rule.byMonth].every((each) => each === null),
      "has BYSETPOS with nothing to choose from",
    ],
  ];
  const found = wrong.find(([isWrong]) => isWrong);
  if (found !== undefined)
    throw refuse(`The ${owner} ${found[1]}.`, "RFC 5545, section 3.3.10, says what goes together.");
}

function refuse(message: string, hint: string): MillraceError {
  return new MillraceError("INVALID_OPTION", message, { hint });
}
