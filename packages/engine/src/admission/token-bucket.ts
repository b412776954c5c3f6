import type { RatePolicy } from "@millrace/core";

/**
 * A token bucket: holds `burst` tokens at most, gains `limit` of them every `perMs`, evenly, and gives one for each
 * start. Kept as the instant at which it will be full again (the "theoretical arrival time" of the generic cell rate
 * algorithm, ITU-T I.371), so that nothing happens while nobody asks, and the one number survives a restart.
 *
 * All instants are whole milliseconds and the arithmetic is in whole numbers, so it is exact at any rate: `given` tokens
 * are worth `given * perMs / limit` milliseconds, and both sides of a comparison are multiplied by `limit`.
 */
export class TokenBucket {
  #rule: RatePolicy;
  /** It is full again this long after `#sinceMs`: as long as `#given` tokens take. */
  #sinceMs: number;
  #given = 0;

  /** @param fullAtMs as `fullAtMs` of a former one said. Defaults to a full bucket. */
  constructor(rule: RatePolicy, fullAtMs = 0) {
    this.#rule = rule;
    this.#sinceMs = fullAtMs;
  }

  get rule(): RatePolicy {
    return this.#rule;
  }

  /** When it will be full again if no more is taken, in whole milliseconds, rounded up. */
  get fullAtMs(): number {
    const { limit, perMs } = this.#rule;
    return this.#sinceMs + Math.ceil((this.#given * perMs) / limit);
  }

  /** When there is a token: now, or the first whole millisecond at which there will be one. */
  nextMs(nowMs: number): number {
    this.#soften(nowMs);
    const { limit, perMs, burst } = this.#rule;
    const missing = this.#given - burst + 1;
    return Math.max(nowMs, this.#sinceMs + Math.ceil((missing * perMs) / limit));
  }

  /** Takes a token, whether there is one or not. */
  take(nowMs: number): void {
    this.#soften(nowMs);
    const { limit, perMs } = this.#rule;
    // Full for less than a millisecond is not yet full: instants are whole, and the part must not be lost each time.
    if ((nowMs - this.#sinceMs - 1) * limit >= this.#given * perMs) {
      this.#sinceMs = nowMs;
      this.#given = 0;
    }
    this.#given += 1;
  }

  /** Another rule from now on; what was taken stays taken. */
  change(rule: RatePolicy): void {
    if (rule.limit === this.#rule.limit && rule.perMs === this.#rule.perMs && rule.burst === this.#rule.burst) return;
    this.#sinceMs = this.fullAtMs;
    this.#given = 0;
    this.#rule = rule;
  }

  /** Emptier than empty it cannot be: after a clock was set back, or a rule changed, it is taken to be empty. */
  #soften(nowMs: number): void {
    const { limit, perMs, burst } = this.#rule;
    if ((this.#sinceMs - nowMs) * limit + this.#given * perMs <= burst * perMs) return;
    this.#sinceMs = nowMs;
    this.#given = burst;
  }
}
