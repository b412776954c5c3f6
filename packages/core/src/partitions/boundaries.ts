import { civilDay, DAY_MS, dayNumber, dayOf, type LocalMs, weekdayOf } from "../time/civil.ts";
import type { TimePartitionStep } from "../time/partitions-spec.ts";
import type { Zone } from "../time/zone.ts";

/** The instants between windows, from the first start on. They are computed when they are asked for. */
export interface Boundaries {
  /** The start of window `index`, which is the end of the one before; infinite after the last. */
  at(index: number): number;
  /** What the clock is meant to show there: in a gap, the reading that was skipped. */
  localAt(index: number): LocalMs;
  /** How many boundaries are at or before an instant, less one: -1 before the first. */
  placeOf(atMs: number): number;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Days, weeks or months of the calendar. */
export function calendarBoundaries(
  step: Exclude<TimePartitionStep, { kind: "hourly" | "cron" }>,
  zone: Zone,
  startLocal: LocalMs,
): Boundaries {
  const timeMs = step.hourOffset * HOUR_MS + step.minuteOffset * MINUTE_MS;
  if (step.kind === "monthly") return monthly({ zone, startLocal, timeMs, day: step.day });
  const first = Math.ceil((startLocal - timeMs) / DAY_MS);
  if (step.kind === "daily") return daily(zone, first * DAY_MS + timeMs);
  const firstWeek = first + ((step.weekStart - weekdayOf(first) + 7) % 7);
  return regular(zone, firstWeek * DAY_MS + timeMs, 7 * DAY_MS);
}

/** Steps of equal length on the calendar. */
function regular(zone: Zone, firstLocal: LocalMs, stepMs: number): Boundaries {
  const localAt = (index: number): LocalMs => firstLocal + index * stepMs;
  const at = (index: number): number => zone.toInstant(localAt(index));
  return {
    at,
    localAt,
    placeOf: (atMs) => settle(at, atMs, Math.floor((zone.toLocal(atMs) - firstLocal) / stepMs)),
  };
}

function monthly(given: { zone: Zone; startLocal: LocalMs; timeMs: number; day: number }): Boundaries {
  const { zone, startLocal, timeMs, day } = given;
  const start = civilDay(dayOf(startLocal));
  const monthStart = (month: number): LocalMs => dayNumber(0, month, day) * DAY_MS + timeMs;
  const startMonth = start.year * 12 + start.month;
  const first = monthStart(startMonth) < startLocal ? startMonth + 1 : startMonth;
  const localAt = (index: number): LocalMs => monthStart(first + index);
  const at = (index: number): number => zone.toInstant(localAt(index));
  return {
    at,
    localAt,
    placeOf: (atMs) => {
      const { year, month } = civilDay(dayOf(zone.toLocal(atMs)));
      return settle(at, atMs, year * 12 + month - first);
    },
  };
}

/** From a guess that is at most a step or two away. Where boundaries coincide, the last of them. */
function settle(at: (index: number) => number, atMs: number, guess: number): number {
  let place = Math.max(-1, guess);
  while (at(place + 1) <= atMs) place += 1;
  while (place >= 0 && at(place) > atMs) place -= 1;
  return place;
}

/** A day that a zone left out (Samoa had no 30 December 2011) would be a window of no length: it is no window. */
function daily(zone: Zone, firstLocal: LocalMs): Boundaries {
  const all = regular(zone, firstLocal, DAY_MS);
  const missing: number[] = [];
  let walkedMs = all.at(0) - 1;
  // Looks at changes of the zone up to an instant, each once.
  const walk = (untilMs: number): void => {
    for (;;) {
      const changeMs = zone.changeAfter(walkedMs);
      if (changeMs === undefined || changeMs > untilMs) return;
      walkedMs = changeMs;
      if (zone.offsetAt(changeMs) - zone.offsetAt(changeMs - 1) < DAY_MS) continue;
      // The day may begin some hours after the change, where days do not begin at midnight.
      const near = all.placeOf(changeMs);
      for (let day = Math.max(0, near - 1); day <= near + 1; day += 1)
        if (all.at(day) === all.at(day + 1)) missing.push(day);
    }
  };
  const rawOf = (index: number): number => {
    walk(all.at(index + WALK_AHEAD));
    let raw = index;
    for (const day of missing) if (day <= raw) raw += 1;
    return raw;
  };
  return {
    at: (index) => all.at(rawOf(index)),
    localAt: (index) => all.localAt(rawOf(index)),
    placeOf: (atMs) => {
      walk(atMs);
      const raw = all.placeOf(atMs);
      return raw - missing.filter((day) => day < raw).length;
    },
  };
}

/** Days that are looked at beyond the one asked for: more than any zone has ever left out. */
const WALK_AHEAD = 8;

/** Every instant at which the clock shows these minutes: the repeated hour twice, the one in a gap never. */
export function hourlyBoundaries(minuteOffset: number, zone: Zone, startLocal: LocalMs): Boundaries {
  // Stretches of equal distance from UTC, each with its first boundary and how many are before it.
  const stretches: { readonly firstMs: number; readonly index: number; readonly endIndex: number; untilMs: number }[] =
    [];
  const extend = (): void => {
    const last = stretches.at(-1);
    const fromMs = last?.untilMs ?? zone.toInstant(startLocal);
    const index = last?.endIndex ?? 0;
    const past = (fromMs + zone.offsetAt(fromMs) - minuteOffset * MINUTE_MS) % HOUR_MS;
    const firstMs = fromMs + ((HOUR_MS - past) % HOUR_MS);
    const untilMs = zone.changeAfter(fromMs) ?? Number.POSITIVE_INFINITY;
    stretches.push({ firstMs, index, endIndex: index + Math.ceil(Math.max(0, untilMs - firstMs) / HOUR_MS), untilMs });
  };
  extend();
  const last = (): (typeof stretches)[number] => stretches.at(-1) as (typeof stretches)[number];
  const at = (index: number): number => {
    while (last().endIndex <= index) extend();
    const stretch = stretches.findLast((each) => each.index <= index) as (typeof stretches)[number];
    return stretch.firstMs + (index - stretch.index) * HOUR_MS;
  };
  return {
    at,
    localAt: (index) => zone.toLocal(at(index)),
    placeOf: (atMs) => {
      while (last().untilMs <= atMs) extend();
      const stretch = stretches.findLast((each) => each.firstMs <= atMs);
      if (stretch === undefined) return -1;
      return Math.min(stretch.endIndex - 1, stretch.index + Math.floor((atMs - stretch.firstMs) / HOUR_MS));
    },
  };
}

/** What is asked of a schedule's ticks: the next one after an instant. */
export interface NextTick {
  next(afterMs: number, inclusive?: boolean): number | undefined;
}

/** The ticks of a schedule from an instant on: found one after the other, and kept. */
export function tickInstants(ticks: NextTick, fromMs: number): Pick<Boundaries, "at" | "placeOf"> {
  const known: number[] = [];
  const extend = (): number => {
    const last = known.at(-1);
    const next = last === undefined ? ticks.next(fromMs, true) : ticks.next(last);
    return known.push(next ?? Number.POSITIVE_INFINITY);
  };
  return {
    at: (index) => {
      // The last boundary is never, and nothing is asked for beyond it.
      while (known.length <= index) extend();
      return known[index] as number;
    },
    placeOf: (atMs) => {
      while ((known.at(-1) ?? Number.NEGATIVE_INFINITY) <= atMs) extend();
      return countUpTo(known, atMs) - 1;
    },
  };
}

/** As `tickInstants`, from a reading of the clock on. */
export function tickBoundaries(ticks: NextTick, zone: Zone, startLocal: LocalMs): Boundaries {
  const instants = tickInstants(ticks, zone.toInstant(startLocal));
  return { ...instants, localAt: (index) => zone.toLocal(instants.at(index)) };
}

/** How many of these, which are in order, are at or before an instant. */
export function countUpTo(inOrder: readonly number[], atMs: number): number {
  let low = 0;
  let high = inOrder.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((inOrder[middle] as number) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
