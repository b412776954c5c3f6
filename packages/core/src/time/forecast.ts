import type { Window } from "../attempt/order.ts";
import { DAY_MS, dayOf } from "./civil.ts";
import { parseCron } from "./cron.ts";
import type { CalendarSpec, ScheduleSpec } from "./schedule-spec.ts";
import { ticksOf } from "./schedule-ticks.ts";
import type { Ticks } from "./ticks.ts";
import { type Zone, zoneOf } from "./zone.ts";

/** A tick that is to come, or a time that would be one if its day counted. */
export interface ForecastTick {
  readonly atMs: number;
  /** What a run of it would cover. Null: its day does not count, and there is no tick. */
  readonly window: Window | null;
  readonly notes: readonly TickNote[];
}

/** What somebody would wonder about. */
export type TickNote =
  /** The clock shows its time twice on that day, and it is the first or the second of them. */
  | { readonly kind: "shown_twice"; readonly which: "first" | "second" }
  /** The clock is set forward over the time that is meant; the tick is as long after midnight as on any other day. */
  | { readonly kind: "never_shown"; readonly meant: string }
  /** The clock was set since the tick before, forward where it is more than 0. */
  | { readonly kind: "clock_set"; readonly byMs: number }
  /** The calendar leaves its day out: it is dropped, or moved to another day. */
  | { readonly kind: "left_out"; readonly roll: CalendarSpec["roll"] };

/** Of the days that a calendar leaves out, no more are told than this many for each tick. */
const LEFT_OUT_FOR_EACH = 10;

/**
 * The next ticks of a schedule from an instant on, that one included, with what there is to wonder about. Undefined where
 * the calendar alone does not tell them.
 */
export function forecastTicks(
  spec: ScheduleSpec,
  { fromMs, count }: { readonly fromMs: number; readonly count: number },
): readonly ForecastTick[] | undefined {
  const ticks = ticksOf(spec);
  if (ticks === undefined) return undefined;
  const zone = zoneOf(spec.timeZone);
  const instants = take(ticks, fromMs, count);
  const named = namesTimes(spec);
  let before = ticks.previous(fromMs);
  const found = instants.map((atMs): ForecastTick => {
    const notes = [...clockSet(zone, before, atMs), ...readingNotes(zone, atMs, named)];
    before = atMs;
    return { atMs, window: ticks.windowOf(atMs), notes };
  });
  return [...found, ...leftOut(spec, instants, { fromMs, count })].sort((a, b) => a.atMs - b.atMs);
}

function take(ticks: Ticks, fromMs: number, count: number): readonly number[] {
  const found: number[] = [];
  let tick = ticks.next(fromMs, true);
  while (tick !== undefined && found.length < count) {
    found.push(tick);
    tick = ticks.next(tick);
  }
  return found;
}

/** Times that would be ticks without the calendar, up to the last tick that is told. */
function leftOut(
  spec: ScheduleSpec,
  told: readonly number[],
  { fromMs, count }: { readonly fromMs: number; readonly count: number },
): readonly ForecastTick[] {
  const { calendar } = spec;
  if (calendar === null) return [];
  const known = new Set(told);
  // A calendar says nothing about whether there are ticks: with it there are some, and so there are without it.
  const all = take(ticksOf({ ...spec, calendar: null }) as Ticks, fromMs, count * LEFT_OUT_FOR_EACH);
  const lastMs = told.at(-1) ?? Number.POSITIVE_INFINITY;
  return all
    .filter((atMs) => atMs < lastMs && !known.has(atMs))
    .map((atMs) => ({ atMs, window: null, notes: [{ kind: "left_out", roll: calendar.roll }] }));
}

/** Whether a schedule means times of day, and not each hour or a number of hours. */
function namesTimes({ timing }: ScheduleSpec): boolean {
  if (timing.kind === "cron") return !parseCron(timing.expression).everyHour;
  if (timing.kind === "rrule") return !/FREQ=(?:HOURLY|MINUTELY|SECONDLY)/i.test(timing.rule);
  return timing.kind === "every" && timing.unit !== "ms";
}

function clockSet(zone: Zone, beforeMs: number | undefined, atMs: number): readonly TickNote[] {
  const byMs = beforeMs === undefined ? 0 : zone.offsetAt(atMs) - zone.offsetAt(beforeMs);
  return byMs === 0 ? [] : [{ kind: "clock_set", byMs }];
}

function readingNotes(zone: Zone, atMs: number, named: boolean): readonly TickNote[] {
  const [first, second] = zone.instantsAt(zone.toLocal(atMs));
  if (second !== undefined) return [{ kind: "shown_twice", which: atMs === first ? "first" : "second" }];
  const { fromMs, offsetMs } = zone.spanAt(atMs);
  if (!named || fromMs === Number.NEGATIVE_INFINITY) return [];
  const beforeMs = zone.offsetAt(fromMs - 1);
  // By the clock as it was until then, this is a time that the clock went over.
  const isOver = atMs - fromMs < offsetMs - beforeMs;
  return isOver ? [{ kind: "never_shown", meant: timeText(atMs + beforeMs) }] : [];
}

/** `02:30`. */
function timeText(localMs: number): string {
  const minutes = Math.floor((localMs - dayOf(localMs) * DAY_MS) / 60_000);
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}
