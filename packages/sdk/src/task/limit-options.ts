import type { ByteSize, Duration } from "@millrace/core";

/** A limit on how many attempts of a task go on at once. */
export interface TaskConcurrencyOptions {
  /** How many at once; with `key`, how many for each key. Defaults to 1. */
  readonly limit?: number;
  /**
   * Makes the key from the run's parameters: `(params: { customer: string }) => params.customer`. It is called once for
   * each run, when that is made. Defaults to one key for all.
   */
  key?(params: unknown): string | number;
}

/**
 * How often attempts may start: a token bucket. It holds `burst` tokens at most, `limit` of them come back every `per`, one
 * after the other and evenly, and each start takes one. So no more than `limit + burst` start within any span of `per`.
 */
export interface RateLimitOptions {
  /** Starts within `per`. */
  readonly limit: number;
  /** The time: `"1s"`, `"1m"`, `"1h"`. */
  readonly per: Duration;
  /**
   * How many may start at once after a pause. 1 spaces all starts evenly, so that never more than `limit` fall into a
   * span of `per`; say that where a service counts strictly. Defaults to `limit`.
   */
  readonly burst?: number;
  /** As for `concurrency`: a rate for each key. Defaults to one rate for all. */
  key?(params: unknown): string | number;
}

/** What an attempt needs of the machine. It is counted, not enforced; `memory` beside it is what an attempt is held to. */
export interface ResourceOptions {
  /** Processors: 0.5 is half of one. Defaults to 0. */
  readonly cpu?: number;
  /** Memory: `"512MB"`. Defaults to 0. */
  readonly memory?: ByteSize;
}
