import type { Clock } from "@millrace/core";

/** Timers hold no longer delay than this. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at: (instantMs, callback) => callWhenOver(() => instantMs - Date.now(), callback),
  after(ms, callback) {
    const endsAt = performance.now() + ms;
    return callWhenOver(() => endsAt - performance.now(), callback);
  },
};

/** Calls back when nothing is left. Returns what cancels it. */
function callWhenOver(leftMs: () => number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const left = leftMs();
    // Looked at again when it is over: timers are cut to their longest delay, and machines sleep.
    if (left > 0) timer = setTimeout(wait, Math.min(left, LONGEST_DELAY_MS));
    else callback();
  };
  timer = setTimeout(wait, Math.min(Math.max(leftMs(), 0), LONGEST_DELAY_MS));
  return () => clearTimeout(timer);
}
