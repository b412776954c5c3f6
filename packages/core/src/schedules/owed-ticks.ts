import type { ScheduleSpec } from "../time/schedule-spec.ts";
import type { Ticks } from "../time/ticks.ts";
import type { OwedTicks } from "../triggers/trigger-rows.ts";

/** One tick that is owed, and what is owed when it is taken out. */
export interface NextOwed {
  readonly atMs: number;
  /** It stands for the present, not for the past: the newest of those that were missed does so too. */
  readonly live: boolean;
  /** It was missed, and is admitted at the rate at which the past is. */
  readonly missed: boolean;
  /** The definition it is a tick of, where that is not the schedule's own any more. */
  readonly schedule: ScheduleSpec | null;
  readonly rest: readonly OwedTicks[];
}

/** The ticks of a former definition, or, with null, of the schedule as it is. */
export type TicksFor = (schedule: ScheduleSpec | null) => Ticks;

/**
 * The tick that is to be admitted first. Those that came while the flow was full go ahead of those that were missed.
 *
 * @param inOrder the oldest of all first, whatever was told: each tick waits for the one before it.
 */
export function nextOwed(owed: readonly OwedTicks[], ticksFor: TicksFor, inOrder = false): NextOwed | undefined {
  const ranges = inOrder ? [...owed].sort((a, b) => a.afterMs - b.afterMs) : liveFirst(owed);
  for (const [index, range] of ranges.entries()) {
    const taken = takeOne(range, ticksFor(range.schedule ?? null), inOrder);
    if (taken === undefined) continue;
    const rest = [...(taken.rest === null ? [] : [taken.rest]), ...ranges.slice(index + 1)];
    return {
      atMs: taken.atMs,
      live: range.live || taken.atMs === range.untilMs,
      missed: !range.live,
      schedule: range.schedule ?? null,
      rest,
    };
  }
  return undefined;
}

function liveFirst(owed: readonly OwedTicks[]): readonly OwedTicks[] {
  return [...owed.filter(({ live }) => live), ...owed.filter(({ live }) => !live)];
}

function takeOne(
  range: OwedTicks,
  ticks: Ticks,
  inOrder: boolean,
): { readonly atMs: number; readonly rest: OwedTicks | null } | undefined {
  const { afterMs, untilMs } = range;
  if (range.order === "newest" && !inOrder) {
    const atMs = ticks.previous(untilMs, true);
    if (atMs === undefined || atMs <= afterMs) return undefined;
    const isLast = (ticks.previous(atMs) ?? afterMs) <= afterMs;
    return { atMs, rest: isLast ? null : { ...range, untilMs: atMs - 1 } };
  }
  const atMs = ticks.next(afterMs);
  if (atMs === undefined || atMs > untilMs) return undefined;
  return { atMs, rest: atMs === untilMs ? null : { ...range, afterMs: atMs } };
}

/** Adds a range, as one with the last if no tick is between the two. */
export function addOwed(owed: readonly OwedTicks[], added: OwedTicks, ticks: Ticks): readonly OwedTicks[] {
  const last = owed.findLast(({ live }) => live === added.live);
  if (last === undefined || last.schedule || last.order !== added.order) return [...owed, added];
  const between = ticks.next(last.untilMs);
  if (between === undefined || between <= added.afterMs) return [...owed, added];
  return owed.map((range) => (range === last ? { ...last, untilMs: added.untilMs } : range));
}

/** How many ticks are owed; no more than `limit` are counted. */
export function countOwed(owed: readonly OwedTicks[], ticksFor: TicksFor, limit: number): number {
  let count = 0;
  for (const { afterMs, untilMs, schedule } of owed) {
    const ticks = ticksFor(schedule ?? null);
    let tick = ticks.next(afterMs);
    while (tick !== undefined && tick <= untilMs) {
      count += 1;
      if (count >= limit) return count;
      tick = ticks.next(tick);
    }
  }
  return count;
}
