import type { ByteSize, Duration, WorkerLabels } from "@millrace/core";
import type { HookFunction } from "./context.ts";
import type { RateLimitOptions, ResourceOptions, TaskConcurrencyOptions } from "./limit-options.ts";

/** What may be said about how a task runs: on the task, or on one placement with `.with(…)`, which wins. */
export interface TaskOptions {
  /**
   * How often and when to try again after a failure. A number is the limit; the delays then double from 1 s up to 5
   * minutes, with a jitter of 10 %. Defaults to the flow's `retries`, and without those to 0.
   */
  readonly retries?: number | RetryOptions;
  /**
   * How long one attempt may run; then it is killed, and retried if there are retries left. Time in queues does not
   * count. Raise it for long work, set it for anything that can hang. Defaults to no limit.
   */
  readonly timeout?: Duration;
  /**
   * How long the task may take with all its retries and waits, counted from when it first could run. Defaults to no
   * limit.
   */
  readonly totalTimeout?: Duration;
  /**
   * Takes a former output instead of running, when inputs and code are the same. `true` keeps entries for ever. A
   * key made from the inputs is said in `.with({ cache: { key } })`. Defaults to false.
   */
  readonly cache?: boolean | CacheOptions;
  /**
   * The pools whose slots an attempt holds while it runs: a name, `{ name, slots }`, or a list of them. Use one for each
   * thing that stands only so many at once. Defaults to the flow's `pool`, and without that to none.
   */
  readonly pool?: PoolOption | readonly PoolOption[];
  /**
   * How many attempts of this task may go on at once, over all runs of the flow and items of a map. With `{ key, limit }`
   * so many for each key, which is made from the run's parameters. Defaults to no limit.
   */
  readonly concurrency?: number | TaskConcurrencyOptions;
  /**
   * How often attempts of this task may start, over all runs, retries and resumes included: `{ limit: 10, per: "1m" }`.
   * For what several tasks share, give a pool of the configuration a rate. Defaults to no limit.
   */
  readonly rateLimit?: RateLimitOptions;
  /**
   * What an attempt needs of the machine: `{ cpu: 2, memory: "4GB" }`. It starts when so much is not claimed by others;
   * more than there is in all is refused. Give it to tasks that compute. Defaults to nothing.
   */
  readonly resources?: ResourceOptions;
  /**
   * Tasks with a higher number start first when not all can; the flow's priority is added. A point is worth a minute of
   * waiting, so nothing waits for ever. Defaults to 0.
   */
  readonly priority?: number;
  /**
   * `"process"` gives each attempt a fresh process, for code that leaves things behind: leaks, native crashes, global
   * state. It costs some 50 ms. Defaults to `"shared"`: a warm process, one attempt at a time.
   */
  readonly isolation?: "shared" | "process";
  /**
   * What to do when the attempt's process died and nobody knows how far it came. `"fail"` is for tasks that must not
   * run twice. Defaults to `"retry"`.
   */
  readonly onLost?: "retry" | "fail";
  /**
   * When an attempt is cancelled or times out: the time from the polite end (abort signal, SIGTERM) to the hard one
   * (SIGKILL). Defaults to 10 s.
   */
  readonly grace?: Duration;
  /** An attempt whose process holds more memory fails, saying so: `"2GiB"`. Defaults to no limit. */
  readonly memory?: ByteSize;
  /**
   * Runs the task only on workers that were started with all of these labels (`millrace worker --label gpu=a100`):
   * `{ gpu: "a100" }`. For what only some machines have, or may reach. While there is no such worker the task waits.
   * Without a server, `millrace run` runs everything in place. Defaults to any worker.
   */
  readonly workers?: WorkerLabels;
  /** One line for lists. Defaults to none. */
  readonly description?: string;
  /** Longer text in Markdown. Defaults to none. */
  readonly docs?: string;
  /** Who to ask. Defaults to the flow's owner. */
  readonly owner?: string;
  /** Words to find tasks by. Defaults to none. */
  readonly tags?: readonly string[];
  /** Runs in a worker after the task succeeded. Defaults to nothing. */
  readonly onSuccess?: HookFunction;
  /** Runs in a worker after the task failed for good. Defaults to nothing. */
  readonly onFailure?: HookFunction;
  /** Runs in a worker before each retry. Defaults to nothing. */
  readonly onRetry?: HookFunction;
}

export interface RetryOptions {
  /** Retries after the first try. Defaults to the length of `delays`, and without those to 1. */
  readonly limit?: number;
  /** The time between tries; with `backoff`, the first of them. Defaults to 1 s. */
  readonly delay?: Duration;
  /** One delay for each retry; the last repeats. In place of `delay`. Defaults to none. */
  readonly delays?: readonly Duration[];
  /**
   * `"exponential"`: each delay is the one before times `factor`. Defaults to fixed delays when `delay` or `delays` is
   * given, else to exponential ones.
   */
  readonly backoff?: "exponential" | "fixed";
  /** Of exponential delays. Defaults to 2. */
  readonly factor?: number;
  /** No delay is longer. Defaults to 5 minutes where neither `delay` nor `delays` is given, else to no limit. */
  readonly max?: Duration;
  /**
   * The share of a delay, from 0 to 1, by which chance moves it up or down, so that many failed tasks do not come back
   * at once. Defaults to 0.1 where neither `delay` nor `delays` is given, else to 0.
   */
  readonly jitter?: number;
  /** Says of an error whether to try again. It runs in the attempt's process. Defaults to always. */
  readonly when?: (error: unknown) => boolean | Promise<boolean>;
}

export interface CacheOptions {
  /** An entry that is older is not taken. Defaults to never too old. */
  readonly expires?: Duration;
  /** A text to change when all former entries are wrong. Defaults to `""`. */
  readonly salt?: string;
}

/** A pool by name, for one slot, or with a number of slots. */
export type PoolOption = string | { readonly name: string; readonly slots?: number };
