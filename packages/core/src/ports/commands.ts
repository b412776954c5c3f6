import type { Window } from "../attempt/order.ts";
import type { AttemptReport, ReportAnswer } from "../attempt/report.ts";
import type { BackfillRequest } from "../backfill/backfill.ts";
import type { ErrorInfo } from "../errors/error-info.ts";
import type { BackfillId, CommandId, ItemPath, RunId, VersionId } from "../ids.ts";
import type { PruneCounts, RetentionRule } from "../retention.ts";
import type { RunClass } from "../states/run.ts";
import type { RunSlice } from "../time/partitions-spec.ts";
import type { TickOutcome } from "../triggers/trigger-rows.ts";
import type { EncodedText } from "../value/encoded.ts";
import type { MarkState } from "./rows.ts";

export interface StoredCommand {
  readonly id: CommandId;
  readonly actor: string;
  readonly createdAtMs: number;
  readonly command: Command;
}

/** What people and programs may ask of the leader. */
export type Command =
  | {
      readonly kind: "request_run";
      readonly flow: string;
      readonly params: EncodedText;
      /** Null: that of its slice, else the newest complete one of the flow's schedule, else empty at the time it is made. */
      readonly window: Window | null;
      /** Of a partitioned flow. Defaults to the newest slice that is complete. */
      readonly slice?: RunSlice;
      /** Null: the active version when the command is applied. */
      readonly version: VersionId | null;
      readonly selection: RunSelection | null;
      readonly idempotencyKey: string | null;
      /** Defaults to live. */
      readonly class?: RunClass;
    }
  | { readonly kind: "cancel_run"; readonly run: RunId }
  | {
      readonly kind: "rerun";
      readonly run: RunId;
      readonly selection: RerunSelection;
      /** Null: the active version; `same`: the version of the run. */
      readonly version: VersionId | "same" | null;
    }
  /**
   * A person says how tasks of a run that has ended are to count. It makes a run in which they stand so, all after them is
   * decided anew, and the rest is as it was.
   */
  | {
      readonly kind: "mark";
      readonly run: RunId;
      readonly tasks: readonly string[];
      readonly as: MarkState;
      readonly reason: string | null;
    }
  /** Gives a pool its size; one that is not there is made. It counts from now on, before what the configuration says. */
  | { readonly kind: "set_pool"; readonly pool: string; readonly slots: number; readonly description: string | null }
  /** Takes a size back that was set: the pool is as the configuration says, or is no more. */
  | { readonly kind: "delete_pool"; readonly pool: string }
  /** What an attempt said that runs with a server that does not lead: it was started there when that server did. */
  | { readonly kind: "report_attempt"; readonly report: AttemptReport }
  /** The active version may be another: schedules and triggers are read anew. */
  | { readonly kind: "sync_triggers" }
  /** Nothing is made by a schedule or trigger of a flow until it is resumed; null for all of the flow's. */
  | {
      readonly kind: "pause_trigger";
      readonly flow: string;
      readonly trigger: string | null;
      readonly reason: string | null;
    }
  | { readonly kind: "resume_trigger"; readonly flow: string; readonly trigger: string | null }
  /** Something happened outside: the one door of events. The same key twice is one event. */
  | {
      readonly kind: "fire_trigger";
      readonly flow: string;
      readonly trigger: string;
      readonly key: string;
      readonly payload: EncodedText;
    }
  | { readonly kind: "create_backfill"; readonly request: BackfillRequest }
  | { readonly kind: "change_backfill"; readonly backfill: BackfillId; readonly change: BackfillChange }
  /** How many runs of a backfill are under way at once, from now on. */
  /** A worker elsewhere is given nothing new, and what it has ends; or it takes as much again as before. */
  | { readonly kind: "drain_worker"; readonly worker: string; readonly isDraining: boolean }
  | { readonly kind: "set_backfill"; readonly backfill: BackfillId; readonly maxActiveRuns: number }
  | {
      readonly kind: "change_partitions";
      readonly name: string;
      readonly add: readonly string[];
      readonly remove: readonly string[];
    }
  /** A person decides what an approval task waits for. */
  | {
      readonly kind: "decide_approval";
      readonly run: RunId;
      readonly node: number;
      readonly item: ItemPath;
      readonly decision: "approved" | "rejected";
      readonly comment: string | null;
    }
  /** Forgets runs now, those of one flow or of all; with null as its rule, by the project's own. */
  | { readonly kind: "prune"; readonly flow: string | null; readonly rule: RetentionRule | null };

export type BackfillChange = "pause" | "resume" | "cancel" | "retry_failed";

/** Which nodes of a first run take part. Ids are of top-level nodes or groups. */
export type RunSelection =
  | { readonly kind: "only"; readonly nodes: readonly string[] }
  | { readonly kind: "from"; readonly nodes: readonly string[] };

/** What a rerun repeats. Tasks are named by their ids, groups by their prefix, items of maps as `airport[3]`. */
export type RerunSelection =
  | { readonly kind: "all" }
  | { readonly kind: "failed" }
  | { readonly kind: "tasks"; readonly nodes: readonly string[]; readonly downstream: boolean };

export type CommandAnswer =
  | {
      readonly id: CommandId;
      readonly ok: true;
      readonly run: RunId;
      /** Of `report_attempt`: what is said to whoever runs the attempt. */
      readonly attempt?: ReportAnswer;
      /** Of `fire_trigger`: what became of the event. */
      readonly event?: EventAnswer;
    }
  /** Of commands that are about no single run. */
  | {
      readonly id: CommandId;
      readonly ok: true;
      readonly run: null;
      /** Of `create_backfill`, `change_backfill` and `set_backfill`. */
      readonly backfill?: BackfillId;
      /** Of `prune`: what was forgotten. */
      readonly pruned?: PruneCounts;
      /** Of `fire_trigger`, where the event made no run: what became of it. */
      readonly event?: EventAnswer;
    }
  | { readonly id: CommandId; readonly ok: false; readonly error: ErrorInfo };

export interface EventAnswer {
  readonly outcome: TickOutcome;
  /** For people: why it made no run of its own. */
  readonly reason: string | null;
}
