import type { GatheredEvent } from "./trigger-rows.ts";
import type { GatherPolicy } from "./trigger-spec.ts";

/**
 * A batch whose payloads are longer than this together, in characters, does not wait for more: what waits is written
 * anew with each event.
 */
const LONGEST_GATHERED = 1024 * 1024;

type Throttle = GatherPolicy & { readonly kind: "throttle" };

/** Whether events wait for others; those that do not make their runs one by one, as they come. */
export function waitsForMore(policy: GatherPolicy | null): policy is Exclude<GatherPolicy, Throttle> {
  return policy !== null && policy.kind !== "throttle";
}

/** Puts an event with those that wait. Of a debounce the first and the last are kept: no other matters to it. */
export function gather(
  policy: GatherPolicy | null,
  gathered: readonly GatheredEvent[],
  event: GatheredEvent,
): readonly GatheredEvent[] {
  const [first] = gathered;
  return policy?.kind === "debounce" && first !== undefined ? [first, event] : [...gathered, event];
}

/** When those that wait make their next run; undefined while none waits. It may have passed. */
export function gatheredDueAtMs(policy: GatherPolicy | null, gathered: readonly GatheredEvent[]): number | undefined {
  const first = gathered[0];
  const last = gathered.at(-1);
  if (first === undefined || last === undefined) return undefined;
  switch (policy?.kind) {
    case "debounce":
      return Math.min(last.atMs + policy.quietMs, first.atMs + (policy.maxMs ?? Number.POSITIVE_INFINITY));
    case "batch":
      return batchSize(policy.max, gathered) === undefined ? first.atMs + policy.withinMs : first.atMs;
    case "throttle":
    case undefined:
      return first.atMs;
  }
}

/** How many of those that wait are one full batch; undefined while more fit in. */
function batchSize(max: number, gathered: readonly GatheredEvent[]): number | undefined {
  let length = 0;
  for (const [index, { payload }] of gathered.entries()) {
    length += payload.length;
    if (index + 1 >= max || length >= LONGEST_GATHERED) return index + 1;
  }
  return undefined;
}

/** What makes one run, and what goes on waiting. */
export interface TakenEvents {
  /** Which the run is told of, the oldest first. */
  readonly events: readonly GatheredEvent[];
  readonly rest: readonly GatheredEvent[];
}

/** The next events that make a run together; undefined when none is due yet. */
export function takeGathered(
  policy: GatherPolicy | null,
  gathered: readonly GatheredEvent[],
  nowMs: number,
): TakenEvents | undefined {
  const dueAtMs = gatheredDueAtMs(policy, gathered);
  if (dueAtMs === undefined || dueAtMs > nowMs) return undefined;
  switch (policy?.kind) {
    case "debounce":
      return { events: gathered.slice(-1), rest: [] };
    case "batch":
      return split(gathered, batchSize(policy.max, gathered) ?? gathered.length);
    case "throttle":
    case undefined:
      return split(gathered, 1);
  }
}

function split(gathered: readonly GatheredEvent[], count: number): TakenEvents {
  return { events: gathered.slice(0, count), rest: gathered.slice(count) };
}

/**
 * Counts a run against a throttle.
 *
 * @param madeAtMs when it made runs before.
 * @returns the same with this one, without those that count no more; undefined when there is no room for it.
 */
export function throttled(policy: Throttle, madeAtMs: readonly number[], nowMs: number): readonly number[] | undefined {
  // A clock that was set back must not keep events out for as long as it was set back.
  const recent = madeAtMs.filter((atMs) => atMs > nowMs - policy.perMs && atMs <= nowMs);
  return recent.length < policy.limit ? [...recent, nowMs] : undefined;
}
