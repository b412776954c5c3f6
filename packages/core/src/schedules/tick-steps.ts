import type { Window } from "../attempt/order.ts";

/** The ticks of a schedule, one after the other in both directions; see `ticksOf` in `@millrace/core/time`. */
export interface TickSteps {
  /** The first tick after an instant, or, with `inclusive`, at it. */
  next(afterMs: number, inclusive?: boolean): number | undefined;
  /** The last tick before an instant, or, with `inclusive`, at it. */
  previous(beforeMs: number, inclusive?: boolean): number | undefined;
  /** What the run of a tick covers. */
  windowOf(tickMs: number): Window;
}
