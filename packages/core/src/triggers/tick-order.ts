import type { TickRow } from "./trigger-rows.ts";

/** Where a tick stands among all. */
export type TickPlace = Pick<TickRow, "atMs" | "flow" | "trigger" | "key">;

/** For sorting: the newest first; those of one instant in an order that is always the same. */
export function newestTickFirst(one: TickPlace, other: TickPlace): number {
  return (
    other.atMs - one.atMs ||
    compareTexts(other.flow, one.flow) ||
    compareTexts(other.trigger, one.trigger) ||
    compareTexts(other.key, one.key)
  );
}

/** By code units, as databases compare names. */
export function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
