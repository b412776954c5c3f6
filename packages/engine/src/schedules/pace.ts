import type { Clock } from "@millrace/core";

/** So many ticks that were missed make their runs within this time, in milliseconds; two hundred a second. */
const TICKS_AT_ONCE = 20;
const EVERY_MS = 100;

/** The rate at which the past is made up for, over all schedules: live work keeps its place. */
export class Pace {
  readonly #clock: Clock;
  readonly #goOn: () => void;
  #left = TICKS_AT_ONCE;
  #cancel: (() => void) | undefined;
  #isStopped = false;

  /** @param goOn called when there is room again after there was none; outside the loop. */
  constructor(clock: Clock, goOn: () => void) {
    this.#clock = clock;
    this.#goOn = goOn;
  }

  /** Takes one; false when there is none left for now. */
  take(): boolean {
    this.wake();
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }

  /** Sees to it that `goOn` is called by and by. */
  wake(): void {
    if (this.#isStopped) return;
    this.#cancel ??= this.#clock.after(EVERY_MS, () => {
      this.#cancel = undefined;
      this.#left = TICKS_AT_ONCE;
      this.#goOn();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }
}
