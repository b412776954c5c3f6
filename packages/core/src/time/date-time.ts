import { MillraceError } from "../errors/millrace-error.ts";
import { DAY_MS, type LocalMs, parseDay } from "./civil.ts";

/** A date, or a date with a time, as iCalendar writes them: `20260131`, `20260131T060000`, `20260131T060000Z`. */
export interface DateTime {
  readonly localMs: LocalMs;
  /** Written with a `Z`: the reading is of a clock in UTC. */
  readonly utc: boolean;
  /** Without a time. */
  readonly isDate: boolean;
}

/**
 * @param what for messages: `DTSTART of the rrule`.
 * @throws MillraceError `INVALID_OPTION`
 */
export function parseDateTime(text: string, what: string): DateTime {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?$/i.exec(text.trim());
  const day = match === null ? undefined : parseDay(`${match[1]}-${match[2]}-${match[3]}`);
  if (match === null || day === undefined) throw unreadable(text, what);
  if (match[4] === undefined) return { localMs: day * DAY_MS, utc: false, isDate: true };
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])];
  if (hour > 23 || minute > 59 || second > 59) throw unreadable(text, what);
  const localMs = day * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1_000;
  return { localMs, utc: match[7] !== undefined, isDate: false };
}

function unreadable(text: string, what: string): MillraceError {
  return new MillraceError("INVALID_OPTION", `The ${what} is no date: ${JSON.stringify(text)}.`, {
    hint: 'Write "20260131", "20260131T060000" for a time in the zone of the schedule, or "20260131T050000Z" for UTC.',
  });
}
