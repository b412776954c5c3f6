import { Temporal } from "temporal-polyfill";
import type { LocalMs } from "./civil.ts";
import { checkTimeZone } from "./time-zone-name.ts";

/** A stretch of time in which a zone's distance from UTC does not change: from `fromMs` until before `untilMs`. */
export interface Span {
  /** Minus infinity for the first. */
  readonly fromMs: number;
  /** Plus infinity for the last. */
  readonly untilMs: number;
  /** Local time minus UTC. */
  readonly offsetMs: number;
}

/** Instants and readings of the clock further from each other than this do not meet in any zone. */
export const FURTHEST_MS = 26 * 3_600_000;

/**
 * The rules of one time zone. What was asked is remembered, change by change: the polyfill takes tens of microseconds to
 * find one, and a schedule asks for the same ones again and again.
 */
export class Zone {
  readonly name: string;
  /** In order, without overlaps. */
  readonly #spans: Span[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** Local time minus UTC at an instant, in milliseconds. */
  offsetAt(atMs: number): number {
    return this.spanAt(atMs).offsetMs;
  }

  toLocal(atMs: number): LocalMs {
    return atMs + this.spanAt(atMs).offsetMs;
  }

  /** The instants at which the clock shows this: none in a gap, two where it was set back, else one; in order. */
  instantsAt(localMs: LocalMs): readonly number[] {
    return this.#spansAround(localMs).flatMap(({ fromMs, untilMs, offsetMs }) => {
      const atMs = localMs - offsetMs;
      return atMs >= fromMs && atMs < untilMs ? [atMs] : [];
    });
  }

  /**
   * The one instant that is meant by a reading of the clock (Temporal's `compatible`, RFC 5545 §3.3.5): of two the first;
   * in a gap, the instant got with the offset before it.
   */
  toInstant(localMs: LocalMs): number {
    // The first stretch that has not ended yet when its clock shows this; the last of those around never has.
    const span = this.#spansAround(localMs).find(({ untilMs, offsetMs }) => localMs - offsetMs < untilMs) as Span;
    const atMs = localMs - span.offsetMs;
    // Over before the stretch begins, and not reached in the one before: the gap between the two.
    return atMs >= span.fromMs ? atMs : localMs - this.offsetAt(span.fromMs - 1);
  }

  /** The first instant after this one at which the zone's distance from UTC changes, or undefined. */
  changeAfter(atMs: number): number | undefined {
    const { untilMs } = this.spanAt(atMs);
    return untilMs === Number.POSITIVE_INFINITY ? undefined : untilMs;
  }

  /** The stretch of unchanged distance from UTC in which an instant lies. */
  spanAt(atMs: number): Span {
    const place = this.#placeOf(atMs);
    const known = this.#spans[place - 1];
    if (known !== undefined && atMs < known.untilMs) return known;
    const span = readSpan(this.name, atMs);
    this.#spans.splice(place, 0, span);
    return span;
  }

  #spansAround(localMs: LocalMs): readonly Span[] {
    const spans: Span[] = [];
    let atMs = localMs - FURTHEST_MS;
    while (atMs <= localMs + FURTHEST_MS) {
      const span = this.spanAt(atMs);
      spans.push(span);
      atMs = span.untilMs;
    }
    return spans;
  }

  /** How many stretches begin at or before an instant. */
  #placeOf(atMs: number): number {
    let low = 0;
    let high = this.#spans.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#spans[middle] as Span).fromMs <= atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function readSpan(name: string, atMs: number): Span {
  const at = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(name);
  const next = at.getTimeZoneTransition("next");
  // "Previous" is strictly before: from the next millisecond on, a change at this instant counts.
  const previous = at.add({ milliseconds: 1 }).getTimeZoneTransition("previous");
  return {
    fromMs: previous?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    untilMs: next?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: at.offsetNanoseconds / 1_000_000,
  };
}

const ZONES = new Map<string, Zone>();

/**
 * The rules of a zone by its IANA name.
 *
 * @param what what the zone is for, to name it in the message: `time zone of schedule "daily"`.
 * @throws MillraceError `INVALID_OPTION` for a name that is not known, with the nearest that is.
 */
export function zoneOf(name: string, what = "time zone"): Zone {
  const known = ZONES.get(name);
  if (known !== undefined) return known;
  const zone = new Zone(checkTimeZone(name, what));
  ZONES.set(name, zone);
  return zone;
}
