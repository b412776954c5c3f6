import type { Duration, OverlapPolicy, PartitionsSpec } from "@millrace/core";
import type { Schedule } from "../schedule/schedule.ts";
import type { StandardSchema } from "../schema/standard-schema.ts";
import type { HookFunction } from "../task/context.ts";
import type { PoolOption, RetryOptions } from "../task/policy-options.ts";
import type { Trigger } from "../triggers/trigger.ts";

/** What may be said about a flow as a whole. */
export interface FlowOptions<ParamsIn, Params> {
  /**
   * A schema of the flow's parameters: zod, Valibot, ArkType or any other that speaks Standard Schema. Parameters are
   * checked and completed before a run is made. Defaults to none: the flow takes no parameters.
   */
  readonly params?: StandardSchema<ParamsIn, Params>;
  /** One line for lists. Defaults to none. */
  readonly description?: string;
  /** Longer text in Markdown. Defaults to none. */
  readonly docs?: string;
  /** Who to ask; also for its tasks. Defaults to none. */
  readonly owner?: string;
  /** Words to find flows by. Defaults to none. */
  readonly tags?: readonly string[];
  /** The `retries` of each of its tasks that says nothing about it. Defaults to 0. */
  readonly retries?: number | RetryOptions;
  /** The pool of each of its tasks that names none. Defaults to none. */
  readonly pool?: PoolOption | readonly PoolOption[];
  /** How long a run may take from start to end; then it is ended and has failed. Defaults to no limit. */
  readonly timeout?: Duration;
  /**
   * How many runs of the flow go on at once; more are queued. With `key`, so many for each key. Defaults to no limit.
   */
  readonly concurrency?: number | ConcurrencyOptions<Params>;
  /** Added to the priority of each of its tasks. A point is worth a minute of waiting. Defaults to 0. */
  readonly priority?: number;
  /**
   * When runs are made by the clock: `cron`, `every`, `rrule`, `once`, `continuous`, `customSchedule`; one or several. They
   * are made by `millrace server`. Defaults to none.
   */
  readonly schedule?: Schedule<NoInfer<ParamsIn>> | readonly Schedule<NoInfer<ParamsIn>>[];
  /**
   * How many runs of its schedules and of one backfill go on at once; ticks beyond wait, or what `overlap` says. Defaults
   * to 16.
   */
  readonly maxActiveRuns?: number;
  /**
   * What becomes of a tick when `maxActiveRuns` of its schedules' runs go on: it waits (`"queue"`), makes no run (`"skip"`),
   * or ends the oldest of them (`"cancel_running"`). Defaults to `"queue"`.
   */
  readonly overlap?: OverlapPolicy;
  /**
   * A run of a schedule starts only once the run of the tick before it has succeeded. Not together with
   * `catchupOrder: "newest"` or `overlap: "cancel_running"`. Defaults to false.
   */
  readonly dependsOnPast?: boolean;
  /**
   * So many failed runs of a schedule in a row pause it, until somebody resumes it: what is broken need not break again and
   * again. Alert rules tell of it. Defaults to never.
   */
  readonly pauseAfterFailures?: number;
  /**
   * By when a run should have ended, or have started too, counted from its tick, else from when it was made: `"1h"`,
   * `{ start: "10m", end: "1h" }`. Alert rules tell of runs that are late; nothing else becomes of them. Defaults to none.
   */
  readonly deadline?: Duration | DeadlineOptions;
  /**
   * Events that make runs: `webhook`, `sensor`, `onFlow`, `onFile`; one or several. What they give is checked by `params`
   * like any other. Defaults to none.
   */
  readonly triggers?: Trigger<NoInfer<ParamsIn>> | readonly Trigger<NoInfer<ParamsIn>>[];
  /**
   * How the flow's data is cut: `daily`, `hourly`, `staticPartitions`, `product` and the like. Each run then covers a key or
   * several, `context.partition`, and `millrace backfill` runs those that are missing. Defaults to none: a run covers its
   * window.
   */
  readonly partitions?: PartitionsSpec;
  /** Runs in a worker after a run succeeded. Defaults to nothing. */
  readonly onSuccess?: HookFunction;
  /** Runs in a worker after a run failed. Defaults to nothing. */
  readonly onFailure?: HookFunction;
}

/** By when a run should have got somewhere. */
export interface DeadlineOptions {
  /** It has started. Defaults to none. */
  readonly start?: Duration;
  /** It has ended. Defaults to none. */
  readonly end?: Duration;
}

export interface ConcurrencyOptions<Params> {
  /** How many runs with the same key go on at once. Defaults to 1. */
  readonly limit?: number;
  /** Makes the key from the parameters. Defaults to one key for all. */
  readonly key?: (params: Params) => string;
}
