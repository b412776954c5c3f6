import type { Window } from "./order.ts";

/** Whether two windows have anything in common. Two that begin together do, however short they are. */
export function windowsOverlap(one: Window, other: Window): boolean {
  return one.startMs === other.startMs || (one.startMs < other.endMs && other.startMs < one.endMs);
}
