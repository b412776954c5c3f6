import type { Window } from "../attempt/order.ts";
import { didYouMean } from "../suggest.ts";
import { unknownKey } from "./unknown-key.ts";

/** Keys in order, as they are at one instant. Nothing of it is a list that was made: keys are computed when asked for. */
export interface KeySeries {
  readonly count: number;
  /** @param index from 0, below `count`. */
  keyAt(index: number): string;
  /**
   * Where a key stands.
   *
   * @throws MillraceError `UNKNOWN_PARTITION`: of the wrong form, before the start, in the future, or simply not there.
   */
  placeOf(key: string): number;
  /** The stretch of time that a key stands for; null where keys are no times. */
  windowAt(index: number): Window | null;
  /** Where the keys are whose windows start at or after one instant and before another, in order; null as above. */
  startingWithin(fromMs: number, untilMs: number): readonly PlaceRange[] | null;
}

/** Positions from `first` on, before `end`. */
export interface PlaceRange {
  readonly first: number;
  readonly end: number;
}

/** Keys that are no times: a list of the definition, or of the store. */
export function listedKeys(keys: readonly string[], what: string): KeySeries {
  let places: Map<string, number> | undefined;
  return {
    count: keys.length,
    keyAt: (index) => keys[index] as string,
    placeOf: (key) => {
      places ??= new Map(keys.map((each, index) => [each, index]));
      const place = places.get(key);
      if (place === undefined) throw unknownKey(key, `is not one of ${what}`, didYouMean(key, keys, "keys"));
      return place;
    },
    windowAt: () => null,
    startingWithin: () => null,
  };
}
