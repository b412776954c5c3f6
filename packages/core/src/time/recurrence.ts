import { MillraceError } from "../errors/millrace-error.ts";
import { type DateTime, parseDateTime } from "./date-time.ts";
import { parseRecurrenceRule, type RecurrenceRule } from "./recurrence-rule.ts";

/** A set of recurring times, as iCalendar's lines describe it. */
export interface Recurrence {
  readonly start: ZonedDateTime | null;
  readonly rules: readonly RecurrenceRule[];
  readonly dates: readonly ZonedDateTime[];
  readonly excluded: readonly ZonedDateTime[];
}

export interface ZonedDateTime extends DateTime {
  /** `TZID`; null: that of the schedule. */
  readonly timeZone: string | null;
}

/**
 * Reads `DTSTART`, `RRULE`, `RDATE` and `EXDATE` lines, or one rule alone (with or without `RRULE:` in front).
 *
 * @param owner for messages: `rrule of schedule "payday"`.
 * @throws MillraceError `INVALID_OPTION` naming the line or the part.
 */
export function parseRecurrence(text: string, owner = "rrule"): Recurrence {
  let start: ZonedDateTime | null = null;
  const rules: RecurrenceRule[] = [];
  const dates: ZonedDateTime[] = [];
  const excluded: ZonedDateTime[] = [];
  for (const { name, timeZone, value } of contentLines(text, owner)) {
    const read = (each: string): ZonedDateTime => ({ ...parseDateTime(each, `${name} of the ${owner}`), timeZone });
    switch (name) {
      case "DTSTART":
        if (start !== null) throw refuse(`The ${owner} has two DTSTART lines.`, "It begins once.");
        start = read(value);
        break;
      case "RRULE":
        rules.push(parseRecurrenceRule(value, owner));
        break;
      case "RDATE":
        dates.push(...value.split(",").map(read));
        break;
      case "EXDATE":
        excluded.push(...value.split(",").map(read));
        break;
      default:
        throw refuse(
          `The ${owner} has a line that is not known: ${name}.`,
          "Lines are DTSTART, RRULE, RDATE and EXDATE.",
        );
    }
  }
  if (rules.length === 0 && dates.length === 0) throw refuse(`The ${owner} has no RRULE and no RDATE.`, "Write one.");
  if (start === null && rules.some(({ count }) => count !== null)) {
    throw refuse(`The ${owner} has COUNT and no DTSTART.`, "Say from when on to count: DTSTART:20260101T060000.");
  }
  return Object.freeze({ start, rules, dates, excluded });
}

interface ContentLine {
  readonly name: string;
  readonly timeZone: string | null;
  readonly value: string;
}

/** RFC 5545 §3.1: long lines go on in the next, after a blank. */
function contentLines(text: string, owner: string): readonly ContentLine[] {
  const lines = text
    .replace(/\r?\n[ \t]/g, "")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.map((line) => {
    const colon = line.indexOf(":");
    if (colon === -1) return { name: "RRULE", timeZone: null, value: line };
    const [name = "", ...parameters] = line.slice(0, colon).split(";");
    let timeZone: string | null = null;
    for (const parameter of parameters) {
      const [key = "", value = ""] = parameter.split("=");
      if (/^tzid$/i.test(key)) timeZone = value.replaceAll('"', "");
      else if (!/^value$/i.test(key) || !/^date(?:-time)?$/i.test(value)) {
        throw refuse(`The ${owner} has ${JSON.stringify(parameter)}, which is not known.`, "TZID and VALUE=DATE are.");
      }
    }
    return { name: name.toUpperCase(), timeZone, value: line.slice(colon + 1) };
  });
}

function refuse(message: string, hint: string): MillraceError {
  return new MillraceError("INVALID_OPTION", message, { hint });
}
