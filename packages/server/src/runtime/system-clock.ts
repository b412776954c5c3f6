import type { Clock } from "@millrace/core";

/** Timers hold no longer delay than this. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at(instantMs, callback) {
    let timer: NodeJS.Timeout;
    const wait = () => {
      const left = instantMs - Date.now();
      // Looked at again when it is over: timers are cut to their longest delay, and machines sleep.
      if (left > 0) timer = setTimeout(wait, Math.min(left, LONGEST_DELAY_MS));
      else callback();
    };
    timer = setTimeout(wait, Math.min(Math.max(instantMs - Date.now(), 0), LONGEST_DELAY_MS));
    return () => clearTimeout(timer);
  },
};
