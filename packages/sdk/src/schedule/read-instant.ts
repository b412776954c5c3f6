import { MillraceError } from "@millrace/core";

/**
 * A point in time as authors write it: a `Date`; text with an offset or `Z`, `"2026-01-31T06:00:00Z"`; or text without
 * one, `"2026-01-31T06:00"` or `"2026-01-31"`, which is read on the clock of the schedule's time zone.
 */
export type PointInTime = Date | string;

const TEXT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?))?(Z|[+-]\d\d:\d\d)?$/;
/** Zones are not further than this from UTC, and none changes twice within two days. */
const DAY_MS = 86_400_000;

/**
 * @param what for messages: `option "start" of a schedule`.
 * @throws MillraceError `INVALID_OPTION`
 */
export function readInstant(value: unknown, timeZone: string, what: string): number {
  const ms = value instanceof Date ? value.getTime() : readText(value, timeZone);
  if (Number.isFinite(ms)) return ms;
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  throw new MillraceError("INVALID_OPTION", `The ${what} is no point in time: ${shown}.`, {
    hint: 'Write "2026-01-31T06:00" for the clock of the schedule\'s time zone, "2026-01-31T05:00:00Z", or a Date.',
  });
}

function readText(value: unknown, timeZone: string): number {
  const match = typeof value === "string" ? TEXT.exec(value.trim()) : null;
  if (match === null) return Number.NaN;
  const [, day = "", time = "00:00", offset] = match;
  const ms = Date.parse(`${day}T${time}${offset ?? "Z"}`);
  // Date.parse takes the 31st of February for a day in March.
  if (Number.isNaN(ms) || new Date(`${day}T00:00Z`).toISOString().slice(0, 10) !== day) return Number.NaN;
  return offset === undefined ? instantOf(ms, timeZone) : ms;
}

/**
 * What core's zones say, asked from the runtime's own clock: whoever loads a flow in a worker should not have to load
 * the rules of all zones.
 */
function instantOf(localMs: number, timeZone: string): number {
  const before = offsetAt(localMs - DAY_MS, timeZone);
  const after = offsetAt(localMs + DAY_MS, timeZone);
  const [early, late] = [localMs - before, localMs - after];
  if (offsetAt(early, timeZone) === before) return early;
  // Shown only after the change; in a gap, neither is, and the offset before it counts.
  return offsetAt(late, timeZone) === after ? late : early;
}

function offsetAt(atMs: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "iso8601",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  const date = Date.UTC(part("year"), part("month") - 1, part("day"));
  return date + ((part("hour") * 60 + part("minute")) * 60 + part("second")) * 1_000 - Math.floor(atMs / 1_000) * 1_000;
}
