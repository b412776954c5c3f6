import type { TimePartitionsSpec } from "../time/partitions-spec.ts";
import { cronTicks } from "../time/schedule-ticks.ts";
import { type Zone, zoneOf } from "../time/zone.ts";
import { type Boundaries, calendarBoundaries, hourlyBoundaries, tickBoundaries } from "./boundaries.ts";
import { defaultFormat } from "./check-partitions.ts";
import { type KeyFormat, keyFormat, readLocal } from "./key-format.ts";
import type { KeySeries } from "./key-series.ts";
import { unknownKey } from "./unknown-key.ts";

/** What of a definition does not depend on when it is looked at. */
interface Calendar {
  readonly spec: TimePartitionsSpec;
  readonly zone: Zone;
  readonly boundaries: Boundaries;
  readonly format: KeyFormat;
  /** How the format is written. */
  readonly pattern: string;
  /** No key is at this position or after it. */
  readonly end: number;
}

/** Boundaries of a cron are found one by one: those that were found serve until the definition is forgotten. */
const CALENDARS = new WeakMap<TimePartitionsSpec, Calendar>();

/** Keys of windows that have ended by an instant. */
export function timeKeys(spec: TimePartitionsSpec, nowMs: number): KeySeries {
  const calendar = calendarOf(spec);
  const { boundaries } = calendar;
  const count = Math.max(0, Math.min(calendar.end, boundaries.placeOf(nowMs) + spec.endOffset));
  return {
    count,
    keyAt: (index) => keyAt(calendar, index),
    placeOf: (key) => placeOf(calendar, key, count),
    windowAt: (index) => ({ startMs: boundaries.at(index), endMs: boundaries.at(index + 1) }),
    startingWithin: (fromMs, untilMs) => {
      const first = boundaries.placeOf(fromMs - 1) + 1;
      const end = Math.min(count, boundaries.placeOf(untilMs - 1) + 1);
      return first < end ? [{ first, end }] : [];
    },
  };
}

function calendarOf(spec: TimePartitionsSpec): Calendar {
  const known = CALENDARS.get(spec);
  if (known !== undefined) return known;
  const zone = zoneOf(spec.timeZone, "time zone of the partitions");
  const boundaries = boundariesOf(spec, zone);
  const pattern = spec.format ?? defaultFormat(spec.every);
  const end = spec.end === null ? Number.POSITIVE_INFINITY : boundaries.placeOf(zone.toInstant(local(spec.end)));
  const calendar = { spec, zone, boundaries, format: keyFormat(pattern, "format"), pattern, end };
  CALENDARS.set(spec, calendar);
  return calendar;
}

function boundariesOf({ every, timeZone, start }: TimePartitionsSpec, zone: Zone): Boundaries {
  const startLocal = local(start);
  if (every.kind === "hourly") return hourlyBoundaries(every.minuteOffset, zone, startLocal);
  if (every.kind !== "cron") return calendarBoundaries(every, zone, startLocal);
  return tickBoundaries(cronTicks(every.expression, timeZone), zone, startLocal);
}

/** Definitions are checked where they are written, so the text is a local time. */
function local(text: string): number {
  return readLocal(text) as number;
}

function keyAt({ boundaries, format, zone }: Calendar, index: number): string {
  const localMs = boundaries.localAt(index);
  const atMs = boundaries.at(index);
  return format.write({ localMs, offsetMs: zone.offsetAt(atMs), isSecond: zone.toInstant(localMs) !== atMs });
}

function placeOf(calendar: Calendar, key: string, count: number): number {
  const { boundaries, format, pattern, zone, end } = calendar;
  const reading = format.read(key);
  if (reading === undefined) {
    const example = count === 0 ? "" : `: ${keyAt(calendar, count - 1)}`;
    throw unknownKey(key, "has the wrong format", `Keys are written ${pattern}${example}.`);
  }
  const { localMs, offsetMs } = reading;
  const place = boundaries.placeOf(offsetMs === null ? zone.toInstant(localMs) : localMs - offsetMs);
  // Fields that the format does not have are as early as can be: then the window starts after the reading.
  const found = [place, place + 1].find((index) => index >= 0 && isKeyOf(calendar, index, key));
  if (found === undefined) throw missing(calendar, key, place);
  if (found < count) return found;
  if (found >= end) throw unknownKey(key, "is after the end of the partitions", `They end at ${calendar.spec.end}.`);
  const newest = count === 0 ? "There is no key yet." : `The newest key is ${keyAt(calendar, count - 1)}.`;
  throw unknownKey(key, "is in the future: its window has not ended", newest);
}

function isKeyOf(calendar: Calendar, index: number, key: string): boolean {
  return Number.isFinite(calendar.boundaries.at(index)) && keyAt(calendar, index) === key;
}

function missing(calendar: Calendar, key: string, place: number): Error {
  if (place >= 0) return unknownKey(key, "is no start of a window", `The key before it is ${keyAt(calendar, place)}.`);
  return unknownKey(key, "is before the start of the partitions", `They start at ${calendar.spec.start}.`);
}
