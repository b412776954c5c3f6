import type { LocalMs } from "./civil.ts";
import { type NamedDays, readingAtOrAfter, readingAtOrBefore } from "./days.ts";
import { FURTHEST_MS, type Span, type Zone } from "./zone.ts";

/** Times that are named, and how the clock of a zone makes ticks of them. */
export interface NamedTimes {
  readonly days: NamedDays;
  readonly zone: Zone;
  /**
   * True where every hour is named: then each instant at which the clock shows a named time is a tick, also in the hour
   * that is repeated. Else each named time is one tick: the first of two, and in a gap the instant got with the offset
   * before it.
   */
  readonly everyHour: boolean;
}

/** Readings of the clock that are ticks of one stretch of unchanged offset: those from here until before there. */
interface Readings {
  readonly fromMs: LocalMs;
  readonly untilMs: LocalMs;
  readonly offsetMs: number;
}

/** The first tick after an instant. */
export function namedTickAfter(named: NamedTimes, afterMs: number): number | undefined {
  let fromMs = afterMs + 1;
  for (;;) {
    const span = named.zone.spanAt(fromMs);
    let best: number | undefined;
    for (const { fromMs: first, untilMs, offsetMs } of readingsOf(named, span)) {
      const reading = readingAtOrAfter(named.days, Math.max(first, fromMs + offsetMs));
      if (reading !== undefined && reading < untilMs) best = Math.min(best ?? reading - offsetMs, reading - offsetMs);
    }
    if (best !== undefined) return best;
    if (span.untilMs === Number.POSITIVE_INFINITY) return undefined;
    // Stretches between here and the next named time have no tick; the clock may be set back by less than the margin.
    const next = readingAtOrAfter(named.days, span.untilMs - FURTHEST_MS);
    if (next === undefined) return undefined;
    fromMs = Math.max(span.untilMs, next - FURTHEST_MS);
  }
}

/** The last tick before an instant. */
export function namedTickBefore(named: NamedTimes, beforeMs: number): number | undefined {
  let untilMs = beforeMs - 1;
  for (;;) {
    const span = named.zone.spanAt(untilMs);
    let best: number | undefined;
    for (const { fromMs, untilMs: end, offsetMs } of readingsOf(named, span)) {
      const reading = readingAtOrBefore(named.days, Math.min(end - 1, untilMs + offsetMs));
      if (reading !== undefined && reading >= fromMs) best = Math.max(best ?? reading - offsetMs, reading - offsetMs);
    }
    if (best !== undefined) return best;
    if (span.fromMs === Number.NEGATIVE_INFINITY) return undefined;
    const previous = readingAtOrBefore(named.days, span.fromMs + FURTHEST_MS);
    if (previous === undefined) return undefined;
    untilMs = Math.min(span.fromMs - 1, previous + FURTHEST_MS);
  }
}

/** The clock's own readings in a stretch and, where the clock was set forward at its start, those it left out. */
function readingsOf({ zone, everyHour }: NamedTimes, span: Span): readonly Readings[] {
  const { fromMs, untilMs, offsetMs } = span;
  const shown = { fromMs: fromMs + offsetMs, untilMs: untilMs + offsetMs, offsetMs };
  if (everyHour || fromMs === Number.NEGATIVE_INFINITY) return [shown];
  const before = zone.offsetAt(fromMs - 1);
  // Set back: what was shown already does not count a second time.
  if (before > offsetMs) return [{ ...shown, fromMs: fromMs + before }];
  return [{ fromMs: fromMs + before, untilMs: fromMs + offsetMs, offsetMs: before }, shown];
}
