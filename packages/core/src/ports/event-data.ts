import type { RunId } from "../ids.ts";
import type { RunState } from "../states/run.ts";
import type { FinalTaskRunState } from "../states/task-run.ts";

/**
 * What `EventRow.data` holds, as JSON, by the event's type; types that are not here carry null. It is what followers
 * need to show a run without asking again, and small: fields that would be null, false or 0 are left out, and whole
 * errors are in the rows of the task run and the attempt.
 */
export interface EventData {
  readonly "run.finished": { readonly state: RunState; readonly error?: EventError };
  readonly "task.started": {
    /** The try, from 1. */
    readonly number: number;
  };
  readonly "task.retrying": {
    /** The try that failed, from 1. */
    readonly number: number;
    readonly resumeAtMs: number;
    readonly error?: EventError;
  };
  readonly "task.deferred": {
    readonly resumeAtMs?: number;
    /** The run that is waited for. */
    readonly childRun?: RunId;
  };
  readonly "task.expanded": { readonly items: number };
  readonly "task.finished": {
    readonly state: FinalTaskRunState;
    readonly tries?: number;
    /** Left out when it never ran. */
    readonly startedAtMs?: number;
    readonly cached?: boolean;
    readonly reusedFrom?: RunId;
    /** Of a branch: the arm taken. */
    readonly arm?: string;
    readonly error?: EventError;
  };
  readonly "hook.finished": {
    readonly hook: string;
    readonly state: FinalTaskRunState;
    readonly error?: EventError;
  };
}

/** The first words of an error. */
export interface EventError {
  readonly code: string | null;
  readonly message: string;
}
