import type { AttemptId, AttemptOrder, AttemptReport, Epoch, ReportAnswer, RunId, StopReason } from "@millrace/core";

/** What a leader says to a worker. One of an earlier epoch than the worker has heard of is not listened to. */
export interface ToWorker {
  readonly from: string;
  readonly epoch: Epoch;
  readonly says: /** I lead; what do you have? Said again and again. */
    | { readonly kind: "hello" }
    /** For this life of the worker: a later one knows nothing of what was ordered before. */
    | { readonly kind: "order"; readonly order: AttemptOrder; readonly life: number }
    | { readonly kind: "cancel"; readonly attempt: AttemptId; readonly reason: StopReason }
    | { readonly kind: "acknowledge"; readonly attempt: AttemptId; readonly answer: ReportAnswer };
}

/** What a worker says to the leader that it knows of. */
export interface ToLeader {
  readonly worker: string;
  readonly life: number;
  readonly says:
    | { readonly kind: "here"; readonly running: readonly RunningHere[]; readonly ended: readonly RunningHere[] }
    | { readonly kind: "accepted"; readonly attempt: AttemptId }
    /** `number` tells a copy of a message from what is said twice. */
    | { readonly kind: "report"; readonly report: AttemptReport; readonly number: number };
}

interface RunningHere {
  readonly attempt: AttemptId;
  readonly run: RunId;
}

export type Message = ToWorker | ToLeader;
