import type { Clock } from "@millrace/core";

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is told to go on: waits of days pass at once, and always in the same order. */
export class VirtualClock implements Clock {
  #nowMs: number;
  #order = 0;
  #timers: Timer[] = [];

  /** @param startMs where it begins, in milliseconds since the epoch. Defaults to 2026-01-01T00:00:00Z. */
  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  at(instantMs: number, callback: () => void): () => void {
    this.#order += 1;
    const timer = { atMs: instantMs, order: this.#order, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  after(ms: number, callback: () => void): () => void {
    return this.at(this.#nowMs + ms, callback);
  }

  /** How many callbacks wait for their instant. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Goes to the next instant that somebody waits for, and calls back. False when nobody waits. */
  advanceToNext(): boolean {
    const next = this.#timers.reduce<Timer | undefined>(
      (first, timer) => (first === undefined || isBefore(timer, first) ? timer : first),
      undefined,
    );
    if (next === undefined) return false;
    this.#timers = this.#timers.filter((timer) => timer !== next);
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.callback();
    return true;
  }

  /** Goes on by this much, calling back whoever waits for an instant on the way. */
  advanceBy(ms: number): void {
    const end = this.#nowMs + ms;
    while (this.#timers.some((timer) => timer.atMs <= end)) this.advanceToNext();
    this.#nowMs = end;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs;
}
