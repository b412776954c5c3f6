import type { OverlapPolicy } from "../time/schedule-spec.ts";
import type { WorkerLabels } from "../worker-labels.ts";

/** Policies, complete: every option has been defaulted and validated by the authoring API before it gets here. */

/** How long to wait before the next try. All times in milliseconds. */
export interface RetryPolicy {
  /** Retries after the first try. 0: none. */
  readonly limit: number;
  readonly delay: RetryDelay;
  /** No delay, jitter included, is longer. */
  readonly maxMs: number | null;
  /** Share of the delay, in [0, 1], by which chance moves it up or down. */
  readonly jitter: number;
  /** The author gave `when(error)`; it is asked inside the attempt and its answer arrives with the outcome. */
  readonly conditional: boolean;
}

export type RetryDelay =
  | { readonly kind: "fixed"; readonly ms: number }
  /** One delay per retry; the last repeats. Never empty. */
  | { readonly kind: "list"; readonly ms: readonly number[] }
  | { readonly kind: "exponential"; readonly ms: number; readonly factor: number };

/** Take a former output instead of running, when nothing that matters has changed. */
export interface CachePolicy {
  /** An entry older than this is not taken. Null: never too old. */
  readonly expiresMs: number | null;
  /** The author gave a function that makes the key from the inputs; otherwise the whole inputs and the code make it. */
  readonly customKey: boolean;
  /** Text the author changes to refuse all former entries. */
  readonly salt: string;
}

/** A number of slots of a pool, held while an attempt runs. */
export interface PoolClaim {
  readonly pool: string;
  readonly slots: number;
}

/** So many starts within a time: a token bucket. */
export interface RatePolicy {
  /** Tokens that come back within `perMs`, one after the other, evenly. */
  readonly limit: number;
  readonly perMs: number;
  /** Tokens there are at most: so many attempts may start at once after a pause. */
  readonly burst: number;
}

/** A pool as the configuration declares it. */
export interface PoolConfig {
  /** 0: nothing that needs the pool starts. */
  readonly slots: number;
  /** How often those who take slots of it may start, all together. */
  readonly rate: RatePolicy | null;
  readonly description: string | null;
}

/** What an attempt needs of the machine it runs on, while it runs. */
export interface ResourcePolicy {
  /** Thousandths of a processor. 0: nothing to speak of. */
  readonly cpuMillis: number;
  readonly memoryBytes: number;
}

export interface TaskPolicies {
  readonly retries: RetryPolicy;
  /** One attempt may run this long, in milliseconds, queue time not counted. */
  readonly timeoutMs: number | null;
  /** The task run with all its retries and waits, from when it first became ready. */
  readonly totalTimeoutMs: number | null;
  readonly cache: CachePolicy | null;
  readonly pools: readonly PoolClaim[];
  /** At most this many task runs of this task at once, over all runs of the flow. */
  readonly concurrency: number | null;
  /** The limit holds per key: which of the flow's key functions makes it. Null: one limit for all. */
  readonly concurrencyKey: number | null;
  /** How often attempts of this task may start. */
  readonly rateLimit: RatePolicy | null;
  /** The rate holds per key, as for `concurrencyKey`. */
  readonly rateLimitKey: number | null;
  readonly resources: ResourcePolicy | null;
  /** Higher goes first. */
  readonly priority: number;
  /** `process`: a fresh process for each attempt. */
  readonly isolation: "shared" | "process";
  /** What to do when the attempt's process died: a task that must not run twice says `fail`. */
  readonly onLost: "retry" | "fail";
  /** Between the polite and the hard end of a cancelled or timed-out attempt, in milliseconds. */
  readonly graceMs: number;
  /** The attempt fails, saying so, when its process holds more memory than this, in bytes. */
  readonly memoryBytes: number | null;
  /** It runs only on workers that have all of these. Left out where any will do. */
  readonly workers?: WorkerLabels;
}

/** By when a run should have begun and ended, counted from the tick it was made for, else from when it was made. */
export interface DeadlinePolicy {
  readonly startMs: number | null;
  readonly endMs: number | null;
}

export interface FlowPolicies {
  /** How many runs made by its schedules may be unfinished at once. */
  readonly maxActiveRuns: number;
  /** What becomes of a tick when there are as many. */
  readonly overlap: OverlapPolicy;
  /** A tick makes its run only when the run of the tick before it, of the same schedule, succeeded. */
  readonly dependsOnPast: boolean;
  /** From start to end of a run; the run fails when it is over. */
  readonly timeoutMs: number | null;
  /** How many runs of the flow run at once; further ones stay queued. */
  readonly concurrency: number | null;
  /** The author gave `concurrency.key`: the limit holds per key, computed from the parameters. */
  readonly concurrencyKeyed: boolean;
  /** How many key functions its tasks' limits have, which are computed from the parameters once for each run. */
  readonly taskKeys: number;
  /** Added to the priority of each of its tasks. */
  readonly priority: number;
  /** A run that is later than this is told of. Left out where nobody said anything. */
  readonly deadline?: DeadlinePolicy;
  /** So many failed runs in a row pause the schedule that they are of. Left out: it goes on whatever comes. */
  readonly pauseAfterFailures?: number;
}
