import type { PartitionsSpec, RunSlice } from "../time/partitions-spec.ts";

/** The keys of a product's dimensions as one key: joined by `|`; a `|` or `\` in one of them has a `\` before it. */
export function joinProductKey(keys: readonly string[]): string {
  return keys.map((key) => key.replace(/[\\|]/g, "\\$&")).join("|");
}

/** The keys of the dimensions again. */
export function splitProductKey(key: string): readonly string[] {
  const keys = [""];
  for (const [piece, escaped] of key.matchAll(/\\([\\|])|[\s\S]/gu)) {
    if (piece === "|") keys.push("");
    else keys[keys.length - 1] += escaped ?? piece;
  }
  return keys;
}

/** The first and the last key that a run covers; the same where it is one. */
export function endsOfSlice(slice: RunSlice): { readonly from: string; readonly to: string } {
  if (slice.kind === "key") return { from: slice.key, to: slice.key };
  if (slice.kind === "range") return { from: slice.from, to: slice.to };
  return { from: slice.keys[0] as string, to: slice.keys.at(-1) as string };
}

/** How a slice is called where there is room for one text: its key, or its first and last. */
export function sliceText(slice: RunSlice): string {
  const { from, to } = endsOfSlice(slice);
  return from === to ? from : `${from}...${to}`;
}

/** By dimension, the key that all of the slice's keys have in it. Empty where the flow's partitions are no product. */
export function sliceDimensions(spec: PartitionsSpec, slice: RunSlice): Readonly<Record<string, string>> {
  if (spec.kind !== "product") return {};
  const keys = (slice.kind === "keys" ? slice.keys : Object.values(endsOfSlice(slice))).map(splitProductKey);
  const shared: Record<string, string> = {};
  for (const [place, { name }] of spec.dimensions.entries()) {
    const own = keys.map((each) => each[place] as string);
    if (new Set(own).size === 1) shared[name] = own[0] as string;
    // In a range the dimensions after the first that differs take all of their keys.
    else if (slice.kind === "range") break;
  }
  return shared;
}

/** Names of dynamic partitions in a definition. */
export function dynamicNames(spec: PartitionsSpec): readonly string[] {
  if (spec.kind === "dynamic") return [spec.name];
  return spec.kind === "product" ? spec.dimensions.flatMap(({ partitions }) => dynamicNames(partitions)) : [];
}
