import type { HookServer, Runtime } from "@millrace/server";
import { onInterruption } from "../following/interruption.ts";

/** Told how a server ends. */
interface EndReporter {
  stopping(drainMs: number): void;
  stopped(): void;
}

interface ServeOptions {
  readonly drainMs: number;
  /** What takes requests; null for a process that takes none. */
  readonly hooks: HookServer | null;
  /** Another reason to end than a signal. Defaults to none. */
  readonly until?: Promise<void>;
}

/** Until a signal comes. The second one leaves at once: the guardian kills what runs, and the next leader goes on. */
export async function serveUntilAsked(
  runtime: Runtime,
  reporter: EndReporter,
  { drainMs, hooks, until }: ServeOptions,
): Promise<void> {
  const asked = Promise.withResolvers<void>();
  const interruption = onInterruption(asked.resolve, () => reporter.stopped());
  try {
    await Promise.race([asked.promise, runtime.failed, ...(until === undefined ? [] : [until])]);
    reporter.stopping(drainMs);
    // What comes from now on is for the next leader; whoever waits for an answer still gets it.
    await hooks?.stop();
    await runtime.handOver(drainMs);
    await runtime.stop();
    reporter.stopped();
  } finally {
    interruption.end();
  }
}
