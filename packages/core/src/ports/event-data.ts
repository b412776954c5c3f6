import type { DataReport } from "../attempt/report.ts";
import type { RunId } from "../ids.ts";
import type { RunState } from "../states/run.ts";
import type { FinalTaskRunState } from "../states/task-run.ts";

/**
 * What `EventRow.data` holds, as JSON, by the event's type; types that are not here carry null. It is what followers
 * need to show a run without asking again, and small: fields that would be null, false or 0 are left out (no data at
 * all is the same as no field), and whole errors are in the rows of the task run and the attempt.
 */
export interface EventData {
  readonly "run.finished": { readonly state: RunState; readonly error?: EventError };
  readonly "task.started": {
    /** Counts the tries at this task run, as its retries do: resumes and lost attempts are none. Left out for the first. */
    readonly try?: number;
    /** The task run goes on after a wait. */
    readonly resumed?: boolean;
    /** The attempt belongs to a hook of the node, not to the task itself. */
    readonly hook?: string;
  };
  readonly "task.retrying": {
    /** The try that failed or was lost. Left out for the first. */
    readonly try?: number;
    readonly resumeAtMs?: number;
    readonly error?: EventError;
    readonly hook?: string;
  };
  readonly "task.deferred": {
    readonly resumeAtMs?: number;
    /** The run that is waited for. */
    readonly childRun?: RunId;
    /** What a person is asked to decide, its first words. */
    readonly approval?: string;
    readonly hook?: string;
  };
  readonly "task.expanded": { readonly items: number };
  readonly "task.finished": {
    readonly state: FinalTaskRunState;
    /** From its first start, retries and waits included. */
    readonly ms?: number;
    readonly cached?: boolean;
    /** Left out for one or none. */
    readonly attempts?: number;
    /** Of a map: how many it had. */
    readonly items?: number;
    readonly reusedFrom?: RunId;
    /** It did not run: somebody said that it counts so. */
    readonly marked?: boolean;
    /** Of a branch: the arm taken. */
    readonly arm?: string;
    readonly error?: EventError;
  };
  /** What a report is about; its metadata and a custom payload are in the report itself. */
  readonly "data.reported": {
    readonly kind: DataReport["kind"];
    readonly asset?: string;
    readonly check?: string;
    /** Of a check. */
    readonly passed?: boolean;
    /** Of a check that did not pass. */
    readonly severity?: "warn" | "error";
  };
  readonly "hook.finished": {
    readonly hook: string;
    readonly state: FinalTaskRunState;
    readonly ms?: number;
    readonly error?: EventError;
  };
}

/** The first words of an error. */
export interface EventError {
  readonly code: string | null;
  readonly name?: string;
  readonly message: string;
}
