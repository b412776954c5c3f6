import type { Window } from "../attempt/order.ts";
import type { AttemptPlace } from "../attempt/place.ts";
import type { DataReport, StoredValue, YieldUntil } from "../attempt/report.ts";
import type { ErrorInfo } from "../errors/error-info.ts";
import type { AttemptId, BackfillId, Epoch, ItemPath, RunId, VersionId } from "../ids.ts";
import type { HookKind } from "../spec/flow-spec.ts";
import type { AttemptState } from "../states/attempt.ts";
import type { RunClass, RunState } from "../states/run.ts";
import type { TaskRunState } from "../states/task-run.ts";
import type { RunSlice } from "../time/partitions-spec.ts";
import type { TriggerKind } from "../triggers/trigger-rows.ts";
import type { EncodedText } from "../value/encoded.ts";

/** Written whole each time it changes (upsert by id). */
export interface RunRow {
  readonly id: RunId;
  readonly flow: string;
  readonly version: VersionId;
  readonly state: RunState;
  readonly params: EncodedText;
  readonly window: Window;
  /** The tick for which it was made; null where no schedule speaks of it. */
  readonly scheduledAtMs: number | null;
  /** What it covers of a partitioned flow, else null. */
  readonly slice: RunSlice | null;
  /** The backfill it belongs to; a rerun of such a run belongs to it too. */
  readonly backfill: BackfillId | null;
  readonly trigger: RunTrigger;
  /** Node ids that run; the others are there as reused or not at all. Null: the whole flow. */
  readonly selection: readonly string[] | null;
  readonly idempotencyKey: string | null;
  readonly concurrencyKey: string | null;
  /** What the key functions of its tasks' limits gave, in their order; null where the flow has none. */
  readonly taskKeys: readonly string[] | null;
  readonly class: RunClass;
  readonly rerunOf: RunId | null;
  /** Its own id unless it is a rerun. */
  readonly rootRun: RunId;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Why it failed or was cancelled, where that is not a task's error. */
  readonly error: ErrorInfo | null;
  /** False while the run or a hook of it still has work to do. */
  readonly settled: boolean;
  readonly cancelRequested: boolean;
}

export type RunTrigger =
  | { readonly kind: "manual"; readonly actor: string }
  | {
      readonly kind: "rerun";
      readonly actor: string;
      /** It was made by a mark. */
      readonly mark?: RunMark;
    }
  | { readonly kind: "flow_run"; readonly run: RunId; readonly node: number; readonly item: ItemPath }
  | { readonly kind: "schedule"; readonly schedule: string; readonly atMs: number }
  | { readonly kind: "backfill"; readonly backfill: BackfillId }
  | {
      readonly kind: "event";
      readonly source: Exclude<TriggerKind, "schedule">;
      readonly trigger: string;
      /** What makes the event unique within its trigger. */
      readonly key: string;
    };

/** What somebody said of tasks of a run that had ended; the run that this made has them so. */
export interface RunMark {
  readonly as: MarkState;
  /** Labels, as people write them: `airport[3]/load`. */
  readonly tasks: readonly string[];
  readonly reason: string | null;
}

/** How a task run can be marked. */
export type MarkState = "success" | "failed" | "skipped";

/** Written whole each time it changes (upsert by run, node, item, hook). A pending task run has no row. */
export interface TaskRunRow {
  readonly run: RunId;
  /** -1 for hooks of the flow. */
  readonly node: number;
  readonly item: ItemPath;
  /** "" for the task run itself; else the hook's kind, with a number for each firing of `retry`: `retry:2`. */
  readonly hook: "" | HookKind | `retry:${number}`;
  readonly state: TaskRunState;
  /** Attempts that count for retries. */
  readonly tries: number;
  /** Deaths of its own process. */
  readonly crashes: number;
  readonly resumes: number;
  readonly readyAtMs: number | null;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** In `retry_wait` and `deferred`: when it goes on, or null while it waits for an event. */
  readonly resumeAtMs: number | null;
  readonly carry: EncodedText | null;
  readonly waitsFor: YieldUntil | null;
  /** The run that `waitsFor` made. */
  readonly childRun: RunId | null;
  readonly cached: boolean;
  readonly reusedFrom: RunId | null;
  readonly error: ErrorInfo | null;
  /** Of a map: how many items; of anything else null. */
  readonly itemCount: number | null;
  /** Of a branch: the arm taken. */
  readonly arm: string | null;
}

/** What a task run has of which no more is known than where it stands and how it is. */
export const BLANK_TASK_RUN = {
  hook: "",
  tries: 0,
  crashes: 0,
  resumes: 0,
  readyAtMs: null,
  startedAtMs: null,
  endedAtMs: null,
  resumeAtMs: null,
  carry: null,
  waitsFor: null,
  childRun: null,
  cached: false,
  reusedFrom: null,
  error: null,
  itemCount: null,
  arm: null,
} as const satisfies Omit<TaskRunRow, "run" | "node" | "item" | "state">;

/** Written whole when it starts and when it ends (upsert by id). */
export interface AttemptRow {
  readonly id: AttemptId;
  readonly run: RunId;
  readonly node: number;
  readonly item: ItemPath;
  readonly hook: TaskRunRow["hook"];
  readonly number: number;
  readonly state: AttemptState;
  readonly epoch: Epoch;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly error: ErrorInfo | null;
  /** Where it ran. Null until it has ended, and where nobody knew. */
  readonly place: AttemptPlace | null;
}

export interface OutputRow {
  readonly run: RunId;
  readonly node: number;
  readonly item: ItemPath;
  readonly value: StoredValue;
}

/** One line of a run's timeline. `seq` is given by the store, in the leader's transactions only. */
export interface EventRow {
  readonly run: RunId;
  readonly atMs: number;
  readonly type: EventType;
  /** -1 for events of the run as a whole. */
  readonly node: number;
  readonly item: ItemPath;
  readonly attempt: AttemptId | null;
  /** JSON, small. */
  readonly data: string | null;
}

export type EventType =
  | "run.queued"
  | "run.started"
  | "run.cancelling"
  | "run.finished"
  | "task.started"
  | "task.retrying"
  | "task.deferred"
  | "task.resumed"
  | "task.expanded"
  | "task.finished"
  | "hook.finished"
  | "data.reported";

export interface ReportRow {
  readonly run: RunId;
  readonly node: number;
  readonly item: ItemPath;
  readonly attempt: AttemptId;
  readonly atMs: number;
  readonly data: DataReport;
}

export interface CacheEntry {
  readonly key: string;
  readonly value: StoredValue;
  readonly run: RunId;
  readonly createdAtMs: number;
}
