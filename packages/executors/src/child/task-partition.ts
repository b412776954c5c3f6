import { endsOfSlice, type PartitionsSpec, type RunSlice, sliceDimensions, sliceText } from "@millrace/core";
import type { TaskPartition } from "@millrace/sdk";

/** What a handler is told of the partition that its run covers. */
export function makePartition(slice: RunSlice, spec: PartitionsSpec | null): TaskPartition {
  const { from, to } = endsOfSlice(slice);
  return {
    key: sliceText(slice),
    from,
    to,
    dimensions: spec === null ? {} : sliceDimensions(spec, slice),
    keys: async () => {
      if (slice.kind === "key") return [slice.key];
      return slice.kind === "keys" ? slice.keys : keysBetween(slice, spec);
    },
  };
}

/** The rules of time zones are loaded only where somebody asks for what lies between two keys. */
async function keysBetween(slice: RunSlice, spec: PartitionsSpec | null): Promise<readonly string[]> {
  if (spec === null) return Object.values(endsOfSlice(slice));
  const { keysWithin, partitionsAt, placesOfSlice } = await import("@millrace/core/time");
  // A range is only ever told where its keys are the same at any time.
  const partitions = partitionsAt(spec, { nowMs: Date.now(), keysOf: () => [] });
  return placesOfSlice(partitions, slice).flatMap((range) => Array.from(keysWithin(partitions, range)));
}
