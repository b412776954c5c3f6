import type { Window } from "../attempt/order.ts";
import type { RunSlice } from "../time/partitions-spec.ts";
import type { PlaceRange } from "./key-series.ts";
import type { Partitions } from "./partitions.ts";
import { endsOfSlice } from "./product-key.ts";

/** Keys that follow each other, as a run covers them. */
export function sliceOf(partitions: Partitions, { first, end }: PlaceRange): RunSlice {
  if (end - first === 1) return { kind: "key", key: partitions.keyAt(first) };
  if (partitions.isSettled) return { kind: "range", from: partitions.keyAt(first), to: partitions.keyAt(end - 1) };
  return { kind: "keys", keys: Array.from(keysWithin(partitions, { first, end })) };
}

/** Keys one after the other, made as they are asked for. */
export function* keysWithin(partitions: Partitions, { first, end }: PlaceRange): Generator<string, void> {
  for (let index = first; index < end; index += 1) yield partitions.keyAt(index);
}

/**
 * Where the keys of a slice stand, in order.
 *
 * @throws MillraceError `UNKNOWN_PARTITION`.
 */
export function placesOfSlice(partitions: Partitions, slice: RunSlice): readonly PlaceRange[] {
  const keys = slice.kind === "keys" ? slice.keys : Object.values(endsOfSlice(slice));
  const places = keys.map((key) => partitions.placeOf(key));
  if (slice.kind === "keys") return joined(places);
  return [{ first: Math.min(...places), end: Math.max(...places) + 1 }];
}

/** Positions in any order, as ranges in order. Each counts once. */
export function joined(places: readonly number[]): readonly PlaceRange[] {
  const ranges: { first: number; end: number }[] = [];
  for (const place of places.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && place <= last.end) last.end = Math.max(last.end, place + 1);
    else ranges.push({ first: place, end: place + 1 });
  }
  return ranges;
}

/** From the first start to the last end of what a slice covers; null where keys are no times. */
export function windowOfSlice(partitions: Partitions, slice: RunSlice): Window | null {
  return windowOfPlaces(partitions, placesOfSlice(partitions, slice));
}

/** As `windowOfSlice`, of positions. A key of a product may come before another of an earlier time. */
export function windowOfPlaces(partitions: Partitions, ranges: readonly PlaceRange[]): Window | null {
  let startMs = Number.POSITIVE_INFINITY;
  let endMs = Number.NEGATIVE_INFINITY;
  for (const { first, end } of ranges) {
    // Within a range of a settled order, time only grows; else the ranges are short, and all of it is looked at.
    for (const index of partitions.isSettled ? [first, end - 1] : indexes(first, end)) {
      const window = partitions.windowAt(index);
      if (window === null) return null;
      startMs = Math.min(startMs, window.startMs);
      endMs = Math.max(endMs, window.endMs);
    }
  }
  return { startMs, endMs };
}

function* indexes(first: number, end: number): Generator<number, void> {
  for (let index = first; index < end; index += 1) yield index;
}

/**
 * What a run covers that nobody told: the newest window that has ended, with all other dimensions; where keys are no
 * times, all of them. Undefined while there is no key.
 */
export function newestSlice(partitions: Partitions): RunSlice | undefined {
  const { count } = partitions;
  if (count === 0) return undefined;
  const window = partitions.windowAt(count - 1);
  if (window === null) return sliceOf(partitions, { first: 0, end: count });
  const ranges = partitions.startingWithin(window.startMs, window.startMs + 1) as readonly PlaceRange[];
  const [only, ...more] = ranges;
  if (only !== undefined && more.length === 0) return sliceOf(partitions, only);
  return { kind: "keys", keys: ranges.flatMap((range) => Array.from(keysWithin(partitions, range))) };
}
