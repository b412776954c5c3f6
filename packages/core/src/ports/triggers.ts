import type { Window } from "../attempt/order.ts";
import type { BackfillRow, BackfillState } from "../backfill/backfill.ts";
import type { BackfillId, RunId } from "../ids.ts";
import type { RunState } from "../states/run.ts";
import type { RunSlice } from "../time/partitions-spec.ts";
import type { TickPlace } from "../triggers/tick-order.ts";
import type { TickRow, TriggerRow } from "../triggers/trigger-rows.ts";

/** What the store remembers of schedules, triggers and backfills. The leader writes it with its commits; anybody reads. */
export interface Triggers {
  /** All of them, retired ones too, by flow and name. */
  list(): Promise<readonly TriggerRow[]>;
  /** Decided ticks, the newest first. */
  listTicks(filter: TickFilter): Promise<readonly TickRow[]>;
  /** Of each schedule and trigger that is there, retired ones too, the newest that was decided, in no order. */
  listNewestTicks(): Promise<readonly TickRow[]>;
  /** Whether an event was decided before; the memory against replays. */
  findTick(flow: string, trigger: string, key: string): Promise<TickRow | undefined>;
  /** Keys of dynamic partitions, in the order in which they were added. */
  listPartitionKeys(name: string): Promise<readonly string[]>;
  /** Those not final, the oldest first. */
  unfinishedBackfills(): Promise<readonly BackfillRow[]>;
  /** By id or the beginning of one that only it has. */
  findBackfill(idOrPrefix: string): Promise<BackfillRow | undefined>;
  /** The newest first. */
  listBackfills(filter: BackfillFilter): Promise<readonly BackfillRow[]>;
  /**
   * Runs of a flow that stand for a window or a slice (those of schedules, backfills, and with a slice), the oldest first:
   * all that overlap the window, or all with null. Reruns too.
   */
  listSliceRuns(flow: string, window: Window | null): Promise<readonly SliceRun[]>;
  /** Runs of a backfill, reruns of them too, in the order in which they were made. */
  listBackfillRuns(id: BackfillId, page?: BackfillRunPage): Promise<readonly SliceRun[]>;
  /** How long the newest successful runs of a flow took, in milliseconds, at most `limit` of them. */
  recentDurations(flow: string, limit: number): Promise<readonly number[]>;
}

export interface TickFilter {
  readonly flow?: string;
  readonly trigger?: string;
  /** Only ticks behind this one in the list: the last of the page before. */
  readonly before?: TickPlace;
  readonly limit: number;
}

export interface BackfillFilter {
  readonly flow?: string;
  readonly states?: readonly BackfillState[];
  /** Only those made before this one: the cursor of the next page. */
  readonly before?: BackfillId;
  readonly limit: number;
}

/** A run, as far as it matters for what it covers. */
export interface SliceRun {
  readonly id: RunId;
  readonly rootRun: RunId;
  readonly state: RunState;
  readonly window: Window;
  readonly slice: RunSlice | null;
  readonly scheduledAtMs: number | null;
  readonly backfill: BackfillId | null;
  readonly createdAtMs: number;
  readonly endedAtMs: number | null;
}

/** A change of the keys of dynamic partitions. */
export interface PartitionKeyRow {
  readonly name: string;
  readonly key: string;
  /** False: it is taken away. */
  readonly exists: boolean;
}

export interface BackfillRunPage {
  /** How many of the first runs are left out. */
  readonly skip?: number;
  readonly limit: number;
}
