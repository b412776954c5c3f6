import type { TriggerRule } from "@millrace/core";
import type { CacheOptions, TaskOptions } from "./policy-options.ts";

/** What `.with(…)` takes: everything about one placement of a task that is not its data. */
export interface PlacementOptions<In, Rule extends TriggerRule> extends Omit<TaskOptions, "cache"> {
  /**
   * When the task runs, given how its upstreams ended; names and outcomes are Airflow's. Under any but the default, an
   * upstream may have no value: the handler must take `undefined` there. Defaults to `"all_success"`.
   */
  readonly triggerRule?: Rule;
  /** As in the task's options, and `key`. Defaults to the task's. */
  readonly cache?: boolean | KeyedCacheOptions<In>;
  /**
   * Of a mapped task: a list with more items fails, saying how many there are. Raise it on purpose only. Defaults to
   * 100,000.
   */
  readonly maxItems?: number;
}

export interface KeyedCacheOptions<In> extends CacheOptions {
  /**
   * Makes the key from the inputs, for when not all of them matter. The code of the flow is part of the key either way.
   * Defaults to all inputs.
   */
  readonly key?: (input: In) => string;
}
