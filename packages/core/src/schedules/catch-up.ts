import { formatDuration } from "../duration.ts";
import type { CatchupPolicy } from "../time/schedule-spec.ts";
import type { Ticks } from "../time/ticks.ts";
import type { OwedTicks } from "../triggers/trigger-rows.ts";

/** A stretch of time in which ticks were missed: after `afterMs`, up to and at `untilMs`, which is now. */
export interface Gap {
  readonly afterMs: number;
  readonly untilMs: number;
}

/** What becomes of the ticks of a gap. */
export interface CaughtUp {
  /** To be admitted by and by; ends at the newest tick. Null: none. */
  readonly owed: OwedTicks | null;
  /** Never to be made. Null: none. */
  readonly dropped: DroppedTicks | null;
}

export interface DroppedTicks {
  readonly firstMs: number;
  readonly lastMs: number;
  /** No more than `COUNTED_TICKS` are counted. */
  readonly count: number;
}

/** Nobody reads larger numbers, and a schedule of seconds that was off for a year has many ticks. */
export const COUNTED_TICKS = 1_000;

/**
 * Applies a schedule's policy to the ticks that it missed. What is owed is a range of time and no list: a year of minutes
 * costs as much as a day.
 */
export function catchUp(
  ticks: Ticks,
  gap: Gap,
  { catchup, catchupOrder: order }: { readonly catchup: CatchupPolicy; readonly catchupOrder: "oldest" | "newest" },
): CaughtUp {
  const newest = ticks.previous(gap.untilMs, true);
  if (newest === undefined || newest <= gap.afterMs) return { owed: null, dropped: null };
  const afterMs = owedAfter(ticks, { ...gap, newest }, catchup);
  const owed = newest > afterMs ? { afterMs, untilMs: newest, order, live: false } : null;
  return { owed, dropped: droppedOf(ticks, gap.afterMs, owed === null ? newest : afterMs) };
}

/** Where what is owed begins: ticks up to and at this instant are not. */
function owedAfter(ticks: Ticks, gap: Gap & { readonly newest: number }, policy: CatchupPolicy): number {
  switch (policy.kind) {
    case "none":
      return gap.newest;
    case "newest":
      return gap.newest - 1;
    case "all":
      return gap.afterMs;
    case "within":
      return Math.max(gap.afterMs, gap.untilMs - policy.ms - 1);
    case "last": {
      let afterMs = gap.newest - 1;
      for (let taken = 1; taken < policy.count; taken += 1) {
        const earlier = ticks.previous(afterMs, true);
        if (earlier === undefined || earlier <= gap.afterMs) return gap.afterMs;
        afterMs = earlier - 1;
      }
      return afterMs;
    }
  }
}

function droppedOf(ticks: Ticks, afterMs: number, untilMs: number): DroppedTicks | null {
  const firstMs = ticks.next(afterMs);
  if (firstMs === undefined || firstMs > untilMs) return null;
  let count = 1;
  let tick = ticks.next(firstMs);
  while (tick !== undefined && tick <= untilMs && count < COUNTED_TICKS) {
    count += 1;
    tick = ticks.next(tick);
  }
  return { firstMs, lastMs: ticks.previous(untilMs, true) as number, count };
}

/** Why the ticks were dropped, for people. */
export function droppedReason({ count }: DroppedTicks, policy: CatchupPolicy): string {
  const missed = count === COUNTED_TICKS ? `${count} or more ticks were missed` : missedTicks(count);
  return `${missed}; catchup is ${describeCatchup(policy)}`;
}

function missedTicks(count: number): string {
  return count === 1 ? "missed" : `${count} ticks were missed`;
}

/** For people. */
export function describeCatchup(policy: CatchupPolicy): string {
  if (policy.kind === "last") return `the last ${policy.count}`;
  return policy.kind === "within" ? `within ${formatDuration(policy.ms)}` : policy.kind;
}
