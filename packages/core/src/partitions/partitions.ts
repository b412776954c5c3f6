import type { PartitionsSpec } from "../time/partitions-spec.ts";
import { type KeySeries, listedKeys, type PlaceRange } from "./key-series.ts";
import { joinProductKey, splitProductKey } from "./product-key.ts";
import { timeKeys } from "./time-keys.ts";
import { unknownKey } from "./unknown-key.ts";

/** The partitions of a flow as they are at one instant. */
export interface Partitions extends KeySeries {
  readonly spec: PartitionsSpec;
  /**
   * Whether the key at a position is the same at any later instant, so that a range can be told by its ends. Keys of the
   * store come and go; and where another dimension changes slower than time, each new window moves those after it.
   */
  readonly isSettled: boolean;
}

export interface PartitionsAt {
  readonly nowMs: number;
  /** Keys of dynamic partitions, in the order in which they were added. */
  readonly keysOf: (name: string) => readonly string[];
}

/** Partitions at an instant. Costs the same for ten keys and for a million. */
export function partitionsAt(spec: PartitionsSpec, at: PartitionsAt): Partitions {
  switch (spec.kind) {
    case "time":
      return { spec, isSettled: true, ...timeKeys(spec, at.nowMs) };
    case "static":
      return { spec, isSettled: true, ...listedKeys(spec.keys, "the flow's partitions") };
    case "dynamic":
      return { spec, isSettled: false, ...listedKeys(at.keysOf(spec.name), `the partitions "${spec.name}"`) };
    case "product": {
      const kinds = spec.dimensions.map(({ partitions }) => partitions.kind);
      const isSettled = !kinds.includes("dynamic") && kinds.indexOf("time") <= 0;
      const dimensions = spec.dimensions.map(({ name, partitions }) => ({ name, keys: partitionsAt(partitions, at) }));
      return { spec, isSettled, ...productKeys(dimensions) };
    }
  }
}

interface Dimension {
  readonly name: string;
  readonly keys: Partitions;
  /** How many keys follow each other before this dimension's own key changes. */
  readonly stride: number;
}

function productKeys(given: readonly Omit<Dimension, "stride">[]): KeySeries {
  const dimensions = given.map((each, place) => ({ ...each, stride: countOf(given.slice(place + 1)) }));
  const time = dimensions.find(({ keys }) => keys.spec.kind === "time");
  const count = countOf(dimensions);
  return {
    count,
    keyAt: (index) => joinProductKey(dimensions.map((each) => each.keys.keyAt(placeIn(each, index)))),
    placeOf: (key) => placeOf(dimensions, key),
    windowAt: (index) => (time === undefined ? null : time.keys.windowAt(placeIn(time, index))),
    startingWithin: (fromMs, untilMs) => {
      if (time === undefined) return null;
      const { keys, stride } = time;
      const own = keys.startingWithin(fromMs, untilMs) as readonly PlaceRange[];
      // The same keys of time come again for each key of the dimensions before.
      const rounds = Array.from({ length: own.length * (count / (stride * keys.count)) }, (_, round) => round);
      return rounds.flatMap((round) =>
        own.map(({ first, end }) => ({
          first: (round * keys.count + first) * stride,
          end: (round * keys.count + end) * stride,
        })),
      );
    },
  };
}

/** Where a product's key stands in one dimension. */
function placeIn({ keys, stride }: Dimension, index: number): number {
  return Math.floor(index / stride) % keys.count;
}

function placeOf(dimensions: readonly Dimension[], key: string): number {
  const parts = splitProductKey(key);
  if (parts.length !== dimensions.length) {
    const form = dimensions.map(({ name }) => name).join("|");
    throw unknownKey(key, `has the wrong format: ${countText(parts.length)}`, `Keys are written ${form}.`);
  }
  return dimensions.reduce((sum, { keys, stride }, place) => sum + keys.placeOf(parts[place] as string) * stride, 0);
}

function countText(count: number): string {
  return count === 1 ? "one dimension" : `${count} dimensions`;
}

function countOf(dimensions: readonly Omit<Dimension, "stride">[]): number {
  return dimensions.reduce((product, { keys }) => product * keys.count, 1);
}
