import type { AttemptId, Epoch, ItemPath, RunId, VersionId } from "../ids.ts";
import type { HookKind } from "../spec/flow-spec.ts";
import type { RunSlice } from "../time/partitions-spec.ts";
import type { EncodedText } from "../value/encoded.ts";
import type { WorkerLabels } from "../worker-labels.ts";

/** The data interval a run covers, `[start, end)`, in milliseconds since the epoch. Empty when start equals end. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** All that an executor needs to start an attempt; the same wherever it runs. Starting is idempotent by `attempt`. */
export interface AttemptOrder {
  readonly attempt: AttemptId;
  readonly epoch: Epoch;
  readonly version: VersionId;
  readonly run: RunId;
  readonly flow: string;
  readonly node: number;
  readonly item: ItemPath;
  /** For people: the node's id with its item indexes (`airport[3]/load`), or `hook:…` in front for hooks. */
  readonly label: string;
  /** Counts the tries at this task run, from 1. */
  readonly number: number;
  readonly target: AttemptTarget;
  /** The assembled input. It may hold pointers to artifacts and picks (`value/codec.ts`), which the worker resolves. */
  readonly input: EncodedText;
  readonly params: EncodedText;
  readonly window: Window;
  readonly scheduledAtMs: number | null;
  /** What the run covers of a partitioned flow; null of any other. */
  readonly slice: RunSlice | null;
  /** What the attempt before gave when it yielded, and what it waited for. Null on any other attempt. */
  readonly resumed: ResumeInfo | null;
  /** The largest number of tries, for the author's context. */
  readonly maxAttempts: number;
  /** Hard limit in milliseconds, or null. The executor holds it, not the user's code. */
  readonly timeoutMs: number | null;
  /** Between the abort signal with SIGTERM, and SIGKILL. */
  readonly graceMs: number;
  readonly isolation: "shared" | "process";
  readonly memoryBytes: number | null;
  /** It runs only where there are all of these. Left out where any place will do. */
  readonly workers?: WorkerLabels;
}

/** What of the bundle runs: a task's handler, or a hook. `node` of a flow's hook is -1. */
export type AttemptTarget = { readonly kind: "task" } | { readonly kind: "hook"; readonly on: HookKind };

export interface ResumeInfo {
  /** What the attempt handed over for its successor. */
  readonly carry: EncodedText;
  /** Counts the resumes of this task run, from 1. */
  readonly resumes: number;
  /** When the first attempt of this wait started, in milliseconds since the epoch. */
  readonly waitingSinceMs: number;
  /** The run that was waited for, when the attempt yielded for one. */
  readonly run: {
    readonly id: RunId;
    readonly state: "success" | "failed" | "cancelled";
    readonly output: EncodedText | null;
  } | null;
  /** What a person decided, or the deadline, when the attempt yielded for an approval. */
  readonly decision: ApprovalDecision | null;
}

/** The end of the wait for a person. */
export interface ApprovalDecision {
  readonly decision: "approved" | "rejected" | "expired";
  /** Null when the deadline decided. */
  readonly by: string | null;
  readonly comment: string | null;
  readonly atMs: number;
}
