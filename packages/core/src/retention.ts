import type { RunId } from "./ids.ts";
import type { RunState } from "./states/run.ts";

/** How long the runs of a flow are kept. Null stands for no limit. */
export interface RetentionRule {
  /** Runs that ended longer ago may go, in milliseconds. */
  readonly maxAgeMs: number | null;
  /** The newest so many runs of a flow stay, the others may go; 0 keeps none, not even the newest. */
  readonly maxRuns: number | null;
  /** Those that failed or were cancelled stay at least so long, in milliseconds, whatever the other two say. */
  readonly keepFailedMs: number | null;
}

/** What a project keeps of its past, complete. */
export interface RetentionPolicy extends RetentionRule {
  /** By flow: what is different there. */
  readonly flows: Readonly<Record<string, Partial<RetentionRule>>>;
  /** Entries of the cache that are older may go, in milliseconds. */
  readonly cacheMs: number | null;
  /** What tasks reported about assets longer ago may go, in milliseconds. Reports outlive their runs. */
  readonly reportsMs: number | null;
}

/** The policy of a project that says nothing: no history is ever removed. */
export const KEEP_EVERYTHING: RetentionPolicy = {
  maxAgeMs: null,
  maxRuns: null,
  keepFailedMs: null,
  flows: {},
  cacheMs: null,
  reportsMs: null,
};

/**
 * How long leftovers stay that are no history: answers to commands (whose ids could be asked for again), versions that
 * no run has and nobody activated again, and polls that found nothing. In milliseconds; not a matter of taste, so it is no option.
 */
export const LEFTOVERS_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * How long what was decided of a flow's ticks and events is kept, in milliseconds: as long as its runs are by their age,
 * and at least a week, since an event is known again by its tick. Null where nothing is ever removed.
 */
export function tickRetention(rule: RetentionRule): number | null {
  if (!forgetsAnything(rule)) return null;
  return Math.max(rule.maxAgeMs ?? 0, rule.keepFailedMs ?? 0, LEFTOVERS_MS);
}

/** How much was forgotten, or would be. */
export interface PruneCounts {
  /** A run with its reruns is one family. */
  readonly families: number;
  readonly runs: number;
}

/** A run and its reruns, as far as retention must know them: they are kept or go as one. */
export interface RunFamily {
  readonly root: RunId;
  /** All runs of the family, the root too. */
  readonly runs: readonly RunId[];
  /** The place of its newest run among all runs, in the order in which they were made. */
  readonly newest: number;
  /** Of its newest run. */
  readonly state: RunState;
  /** Nothing of it has any work left. */
  readonly settled: boolean;
  /** When the last of it ended; of a run that has no end yet, when it was made. */
  readonly endedAtMs: number;
  /** A run outside of the family took results over from it, and shows where they are from. */
  readonly reused: boolean;
}

/** What is the same for all families of a flow. */
export interface FlowHistory {
  /** The families that stay so that the flow has a past: of its newest run, and of its newest success. */
  readonly landmarks: readonly RunId[];
  /** The place of the oldest run that is among the newest `maxRuns`; 0 when there are no more than that. */
  readonly oldestCounted: number;
}

/** What a family is judged by, beside its rule. */
export interface MayForgetAt extends FlowHistory {
  readonly nowMs: number;
}

/** The rule for a flow. */
export function retentionOf(policy: RetentionPolicy, flow: string): RetentionRule {
  const { maxAgeMs, maxRuns, keepFailedMs } = policy;
  // A flow may have the name of something that every object has.
  const own = Object.hasOwn(policy.flows, flow) ? policy.flows[flow] : undefined;
  return { maxAgeMs, maxRuns, keepFailedMs, ...own };
}

/** Whether a rule lets anything go at all. */
export function forgetsAnything({ maxAgeMs, maxRuns }: RetentionRule): boolean {
  return maxAgeMs !== null || maxRuns !== null;
}

/**
 * Whether a family may be forgotten. Never one with work left, or one whose results another run shows as its own; and
 * unless the rule says 0 runs, never the newest run of a flow and its newest success.
 */
export function mayForget(family: RunFamily, rule: RetentionRule, at: MayForgetAt): boolean {
  if (!family.settled || family.reused) return false;
  if (rule.maxRuns !== 0 && at.landmarks.includes(family.root)) return false;
  const ageMs = at.nowMs - family.endedAtMs;
  if (family.state !== "success" && rule.keepFailedMs !== null && ageMs <= rule.keepFailedMs) return false;
  const isOld = rule.maxAgeMs !== null && ageMs > rule.maxAgeMs;
  const isOneTooMany = rule.maxRuns !== null && (rule.maxRuns === 0 || family.newest < at.oldestCounted);
  return isOld || isOneTooMany;
}

/**
 * Whether neither this family nor any that was made after it can go: a walk from the oldest ends here. A family made
 * at `madeAtMs` has ended no earlier.
 */
export function endsWalk(
  made: { readonly place: number; readonly madeAtMs: number },
  rule: RetentionRule,
  at: MayForgetAt,
): boolean {
  const mayBeOld = rule.maxAgeMs !== null && at.nowMs - made.madeAtMs > rule.maxAgeMs;
  const mayBeOneTooMany = rule.maxRuns !== null && (rule.maxRuns === 0 || made.place < at.oldestCounted);
  return !mayBeOld && !mayBeOneTooMany;
}
