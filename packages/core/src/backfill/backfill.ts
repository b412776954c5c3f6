import type { Window } from "../attempt/order.ts";
import type { BackfillId, VersionId } from "../ids.ts";
import type { RunSlice } from "../time/partitions-spec.ts";
import type { EncodedText } from "../value/encoded.ts";

/** `success`, `failed` and `cancelled` are final; a failed or cancelled one goes on when what failed is retried. */
export type BackfillState = "running" | "paused" | "cancelling" | "success" | "failed" | "cancelled";

/** Which windows that were run before are run again. What is in flight never is. */
export type Reprocess = "none" | "failed" | "completed";

/** How many partitions one run covers. */
export type RunPer =
  | { readonly kind: "partition" }
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "range" };

/** What somebody asks to be run again or for the first time. */
export interface BackfillRequest {
  readonly flow: string;
  /** The schedule whose ticks are meant, where the flow has no partitions and several schedules. Null: the only one. */
  readonly schedule: string | null;
  readonly selection: BackfillSelection;
  readonly reprocess: Reprocess;
  readonly order: "oldest" | "newest";
  /** Runs of it that are under way at once, at most; one where its plan is chained. */
  readonly maxActiveRuns: number;
  readonly runPer: RunPer;
  /** At most so many runs, the first of its order. Null: all, where these are no more than `MAX_BACKFILL_RUNS`. */
  readonly limit: number | null;
  readonly params: EncodedText;
  /** Null: the active version when it begins, for all of its runs. */
  readonly version: VersionId | null;
}

export type BackfillSelection =
  /** Every window that starts at or after `fromMs` and before `toMs`. */
  | { readonly kind: "range"; readonly fromMs: number; readonly toMs: number }
  /** Partition keys from one to another, both of them. */
  | { readonly kind: "keys_between"; readonly from: string; readonly to: string }
  | { readonly kind: "keys"; readonly keys: readonly string[] };

/** One backfill; what was asked and decided never changes, the rest is written as it goes on (upsert by id). */
export interface BackfillRow {
  readonly id: BackfillId;
  readonly flow: string;
  readonly actor: string;
  readonly createdAtMs: number;
  readonly endedAtMs: number | null;
  readonly state: BackfillState;
  readonly request: BackfillRequest;
  /** Of all runs that it makes. When what failed is retried, it goes on with the version that is active then. */
  readonly version: VersionId;
  /** All that its runs cover, from the first start to the last end. */
  readonly window: Window;
  /** What it runs, in its order; compact, see `BackfillPlan`. */
  readonly plan: BackfillPlan;
  /** Runs of it that are under way at once, at most, as somebody has said since; null: as was asked. */
  readonly atOnce: number | null;
  /** Runs that were made. The next one is made from the plan at this place. */
  readonly made: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /**
   * When what failed was last to be retried: families of runs that have failed or were cancelled, and of which none was
   * made since, are still to be repeated. Null: never.
   */
  readonly retriedAtMs: number | null;
  /** Why it is paused, or what ended it, for people. */
  readonly reason: string | null;
}

/**
 * The runs that a backfill makes, in order, as pieces that are computed when they are needed: a hundred thousand windows
 * that follow each other are one piece. Numbers count the positions of windows in the flow's partitions or schedule
 * from `window.startMs` on, as they were when the backfill was planned.
 */
export interface BackfillPlan {
  readonly runs: number;
  /** Windows or partitions that were asked for. */
  readonly windows: number;
  /** Windows left out, with how many there are for each reason. */
  readonly left: Readonly<Record<"exists" | "in flight", number>>;
  readonly pieces: readonly BackfillPiece[];
  /**
   * The flow depends on the past: each run is made when the one before has succeeded, and one that did not succeed pauses
   * the backfill.
   */
  readonly chained: boolean;
}

/** Partitions that follow each other without a gap, `from` to `to` with both, of which each run takes `size`. */
export interface BackfillPiece {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly size: number;
}

/** One run of a backfill, before it is made. */
export interface BackfillRun {
  readonly window: Window;
  /** Null where the flow has no partitions: then its schedule's tick is what it stands for. */
  readonly slice: RunSlice | null;
  readonly scheduledAtMs: number | null;
}
