import { setTimeout as delay } from "node:timers/promises";
import { isPassing } from "./failure.ts";

const FIRST_MS = 25;
const LONGEST_MS = 2_000;

/**
 * The pause before the next try: doubling, and somewhere in its upper half by chance, so that all who lost the same
 * server do not come back in the same moment.
 */
export function backOffMs(failures: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
  return full / 2 + (Math.random() * full) / 2;
}

export interface Patience {
  readonly ms: number;
  /** Ends the waiting: the store is being closed. */
  readonly signal: AbortSignal;
  /** Which failures are waited out. Defaults to all that pass by themselves. */
  readonly waitsOut?: (thrown: unknown) => boolean;
}

/** Does work that may be done again: until it succeeds, fails for good, or patience ends. */
export async function persist<T>(patience: Patience, work: () => Promise<T>): Promise<T> {
  const { ms, signal, waitsOut = isPassing } = patience;
  const giveUpAt = performance.now() + ms;
  for (let failures = 0; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      const pause = backOffMs(failures);
      if (!waitsOut(error) || signal.aborted || performance.now() + pause > giveUpAt) throw error;
      await delay(pause, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw error;
    }
  }
}
