import type { ErrorInfo } from "../errors/error-info.ts";
import type { ArtifactId, AttemptId, Epoch, RunId } from "../ids.ts";
import type { EncodedText } from "../value/encoded.ts";
import type { ApprovalDecision } from "./order.ts";

/** What an executor tells the engine about an attempt. An `ended` report is resent until it is acknowledged. */
export type AttemptReport =
  | {
      readonly kind: "started";
      readonly run: RunId;
      readonly attempt: AttemptId;
      readonly epoch: Epoch;
      readonly atMs: number;
      readonly pid: number;
    }
  | {
      readonly kind: "data";
      readonly run: RunId;
      readonly attempt: AttemptId;
      readonly epoch: Epoch;
      readonly data: DataReport;
    }
  | {
      readonly kind: "ended";
      readonly run: RunId;
      readonly attempt: AttemptId;
      readonly epoch: Epoch;
      readonly atMs: number;
      readonly outcome: AttemptOutcome;
    };

/**
 * What the engine says to an `ended` report. `recorded`: this outcome is in the store, now or since an earlier report.
 * `gone`: the attempt was given up or ended otherwise before; the report has no effect, and whoever still works on the
 * attempt stops.
 */
export type ReportAnswer = "recorded" | "gone";

/** How an attempt ended. */
export type AttemptOutcome =
  | { readonly state: "success"; readonly output: StoredValue }
  | {
      readonly state: "failed";
      readonly error: ErrorInfo;
      /** False: the error said so, or the author's `when(error)` did. */
      readonly retryable: boolean;
      /** The error asked for this delay. */
      readonly retryAfterMs: number | null;
    }
  | { readonly state: "timed_out"; readonly error: ErrorInfo }
  | { readonly state: "cancelled" }
  | {
      readonly state: "lost";
      readonly error: ErrorInfo;
      /** True when the attempt's own process died by itself; loss of the executor or host costs the task nothing. */
      readonly spendsCrashBudget: boolean;
    }
  | { readonly state: "yielded"; readonly carry: EncodedText; readonly until: YieldUntil };

/** What a deferred task run waits for. */
export type YieldUntil =
  | { readonly kind: "time"; readonly resumeAtMs: number }
  | {
      readonly kind: "run";
      readonly flow: string;
      readonly params: EncodedText;
      readonly window: { startMs: number; endMs: number } | null;
    }
  /** A person's decision (`decide_approval`). */
  | {
      readonly kind: "approval";
      /** What is to be decided, for people. */
      readonly message: string;
      /** Null: it waits for ever. */
      readonly deadlineMs: number | null;
      /** What counts when nobody decided by then; `fail`: the task fails. */
      readonly onDeadline: "approved" | "rejected" | "fail";
      /** Once it has come: the attempt that goes on is told, also after a restart. */
      readonly decision?: ApprovalDecision;
    };

/** Where a value is kept. */
export type StoredValue =
  /** `undefined`. */
  | { readonly kind: "none" }
  | { readonly kind: "inline"; readonly text: EncodedText }
  | { readonly kind: "artifact"; readonly artifact: ArtifactId; readonly bytes: number };

/** Facts about data, reported by a task while it runs; kept apart from the run's events. */
export type DataReport =
  | {
      readonly kind: "materialization";
      readonly asset: string;
      readonly dataVersion: string | null;
      readonly metadata: Readonly<Record<string, ReportMetadata>>;
    }
  | {
      readonly kind: "check";
      readonly asset: string | null;
      readonly check: string;
      readonly passed: boolean;
      readonly severity: "warn" | "error";
      readonly metadata: Readonly<Record<string, ReportMetadata>>;
    }
  | { readonly kind: "custom"; readonly payload: unknown };

export interface ReportMetadata {
  /** `text`, `url`, `path`, `md`, `json`, `int`, `float`, `bool`, `table`, `timestamp`, … (the names of Dagster Pipes). */
  readonly type: string;
  readonly value: unknown;
}

/** Outputs up to this many bytes of text sit in their row; larger ones are spilled to artifact storage. */
export const INLINE_OUTPUT_BYTES = 64 * 1024;
/** No output is larger than this, 5 GiB. */
export const MAX_OUTPUT_BYTES = 5 * 1024 ** 3;
