import { setTimeout as pause } from "node:timers/promises";
import { formatDuration, MillraceError } from "@millrace/core";

export interface LockWait {
  /** The connection's name, for the message. */
  readonly name: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Tells a lock of somebody else from every other failure. */
  isLocked(failure: unknown): boolean;
}

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Tries again while somebody else holds the database, with growing pauses.
 *
 * @throws MillraceError `DATABASE_LOCKED` when the time is over; the signal's reason when it is aborted.
 */
export async function untilUnlocked<Result>(wait: LockWait, act: () => Result | Promise<Result>): Promise<Result> {
  const startedAt = performance.now();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    wait.signal.throwIfAborted();
    try {
      return await act();
    } catch (failure) {
      if (!wait.isLocked(failure)) throw failure;
      const leftMs = wait.timeoutMs - (performance.now() - startedAt);
      if (leftMs <= 0) throw locked(wait, failure);
      // An abort ends the pause; the check at the top of the loop then says why.
      await pause(Math.min(pauseMs, leftMs), undefined, { signal: wait.signal }).catch(() => undefined);
    }
  }
}

function locked(wait: LockWait, cause: unknown): MillraceError {
  const why = cause instanceof Error ? `: ${cause.message}` : "";
  return new MillraceError(
    "DATABASE_LOCKED",
    `The database of connection "${wait.name}" was locked for ${formatDuration(wait.timeoutMs)}${why}`,
    { hint: "Close the program that has it open, or give the connection a longer `lockTimeout`.", cause },
  );
}
