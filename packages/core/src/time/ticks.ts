import type { Window } from "../attempt/order.ts";

/**
 * The instants at which a schedule ticks. They are computed, in microseconds, from wherever one asks; nothing is
 * remembered but rules of zones.
 */
export interface Ticks {
  /** The first tick after an instant (at or after it, where `inclusive`), or undefined where there is none any more. */
  next(afterMs: number, inclusive?: boolean): number | undefined;
  /** The last tick before an instant (at or before it, where `inclusive`). */
  previous(beforeMs: number, inclusive?: boolean): number | undefined;
  /**
   * What a tick stands for: the time since the tick before, `[previous, tick)`. A schedule's `start` does not cut it.
   * Empty, at the tick, for a tick that has none before it.
   */
  windowOf(tickMs: number): Window;
}

/** Where ticks come from: strictly after and strictly before an instant. */
export interface TickSource {
  after(ms: number): number | undefined;
  before(ms: number): number | undefined;
}

/** The instants between which a schedule may tick: from `startMs` until before `endMs`. Null: no such bound. */
export interface TickBounds {
  readonly startMs: number | null;
  readonly endMs: number | null;
}

export function makeTicks(source: TickSource, bounds: TickBounds = { startMs: null, endMs: null }): Ticks {
  const firstMs = bounds.startMs ?? Number.NEGATIVE_INFINITY;
  const endMs = bounds.endMs ?? Number.POSITIVE_INFINITY;
  return {
    next(afterMs, inclusive = false) {
      const tick = source.after(Math.max(inclusive ? afterMs - 1 : afterMs, firstMs - 1));
      return tick !== undefined && tick < endMs ? tick : undefined;
    },
    previous(beforeMs, inclusive = false) {
      const tick = source.before(Math.min(inclusive ? beforeMs + 1 : beforeMs, endMs));
      return tick !== undefined && tick >= firstMs ? tick : undefined;
    },
    windowOf: (tickMs) => ({ startMs: source.before(tickMs) ?? tickMs, endMs: tickMs }),
  };
}

/** The ticks after one instant, up to and at another, the oldest first. Lazy: a tick costs when it is taken. */
export function* ticksBetween(ticks: Ticks, fromMs: number, toMs: number): Generator<number, undefined, void> {
  let tick = ticks.next(fromMs);
  while (tick !== undefined && tick <= toMs) {
    yield tick;
    tick = ticks.next(tick);
  }
}

/** The same ticks, the newest first. */
export function* ticksBetweenBackwards(ticks: Ticks, fromMs: number, toMs: number): Generator<number, undefined, void> {
  let tick = ticks.previous(toMs, true);
  while (tick !== undefined && tick > fromMs) {
    yield tick;
    tick = ticks.previous(tick);
  }
}
