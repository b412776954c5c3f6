import type { AttemptId, AttemptOutcome, AttemptReport, StopReason } from "@millrace/core";
import type { EndedMessage } from "../framing/messages.ts";
import type { Attempt } from "./attempt.ts";
import { clearAway } from "./clear-away.ts";
import type { ProcessExecutorConfig } from "./executor-options.ts";
import type { Housekeeping } from "./housekeeping.ts";
import { killTree, signalTree } from "./kill-tree.ts";
import { ofWorker } from "./mark.ts";
import { cannotStartOutcome, diedOutcome, memoryOutcome, outcomeOf, stoppedOutcome } from "./outcomes.ts";
import type { Worker } from "./worker.ts";
import type { WorkerPool } from "./worker-pool.ts";

type AttemptWorker = Worker<Attempt>;

/** What the ends of attempts need of their executor. */
export interface EndingsParts {
  readonly config: ProcessExecutorConfig;
  readonly pool: WorkerPool;
  readonly housekeeping: Housekeeping;
  /** Of attempts that have not ended; they are taken out here. */
  readonly attempts: Map<AttemptId, Attempt>;
  report(report: AttemptReport): void;
}

/** Timers and handles that an attempt left may take this long to go, in milliseconds; then the worker goes. */
const QUIET_MS = 250;
/** When everything of a worker is dead, its pipes may take this long to say so, in milliseconds. */
const CLOSE_MS = 1_000;

/**
 * How attempts end: by themselves, because they are stopped, or with the process that ran them. Whatever leads to it,
 * first everything that the attempt started is dead, then its log is closed, and then its end is told, once.
 */
export class Endings {
  readonly #parts: EndingsParts;
  /** Workers whose end is being seen to. */
  readonly #burials = new Set<Promise<void>>();
  #logsClosing = 0;
  #onLogsClosed: () => void = () => undefined;

  constructor(parts: EndingsParts) {
    this.#parts = parts;
  }

  /** The worker says that its attempt has ended. */
  ended(worker: AttemptWorker, message: EndedMessage, payload: Buffer): void {
    const attempt = worker.current;
    if (attempt === null || attempt.order.attempt !== message.attempt) return;
    worker.drainOutput();
    if (attempt.stopping !== null || attempt.verdict !== null) {
      // It has come to its end in time. What it started may not have.
      this.kill(worker);
      return;
    }
    const outcome = outcomeOf(message.outcome, payload);
    if (message.after === "spoiled") {
      attempt.verdict = outcome;
      this.kill(worker);
    } else if (message.spawnedFrom > 0) void this.#finishAfterSweep(worker, message, outcome);
    else this.#finishAndRelease(worker, message, outcome);
  }

  /** The attempt started processes: it has ended when none of them is left. */
  async #finishAfterSweep(worker: AttemptWorker, message: EndedMessage, outcome: AttemptOutcome): Promise<void> {
    const filter = ofWorker(this.#parts.config.mark, worker.number);
    await killTree({ filter, except: [worker.pid, ...message.kept], fromPid: message.spawnedFrom });
    // What they wrote until then belongs to it.
    if (worker.exit === null) worker.drainOutput();
    const attempt = worker.current;
    if (attempt === null) return;
    // A stop that came meanwhile has sent its signals already, to whoever is there.
    if (attempt.stopping !== null || attempt.verdict !== null) this.kill(worker);
    else this.#finishAndRelease(worker, message, outcome);
  }

  #finishAndRelease(worker: AttemptWorker, { after }: EndedMessage, outcome: AttemptOutcome): void {
    const attempt = worker.current;
    if (attempt === null) return;
    worker.current = null;
    if (after === "unquiet") {
      worker.state = "unquiet";
      worker.sinceMs = Date.now() + QUIET_MS;
    } else this.#parts.pool.release(worker);
    this.finish(attempt, outcome);
  }

  /** The end, whatever led to it: the log is closed first, then it is told. */
  finish(attempt: Attempt, outcome: AttemptOutcome): void {
    if (attempt.isEnded) return;
    attempt.isEnded = true;
    this.#logsClosing += 1;
    attempt.closeLog(() => {
      this.#logsClosing -= 1;
      const { run, attempt: id, epoch } = attempt.order;
      this.#parts.attempts.delete(id);
      const report = { kind: "ended", run, attempt: id, epoch, atMs: Date.now(), outcome } as const;
      this.#parts.housekeeping.expectAcknowledgement(report);
      this.#parts.report(report);
      if (this.#logsClosing === 0) this.#onLogsClosed();
    });
  }

  /** Asks an attempt to end, and has it killed when its grace is over. */
  stop(attempt: Attempt, reason: StopReason): void {
    if (attempt.isEnded || attempt.stopping !== null || attempt.verdict !== null) return;
    const { worker, order } = attempt;
    if (worker === null) {
      this.#parts.pool.withdraw(attempt);
      this.finish(attempt, stoppedOutcome(reason, order));
      return;
    }
    attempt.stopping = { reason, killAtMs: Date.now() + order.graceMs };
    this.#note(attempt, reason === "cancelled" ? "Cancelled." : "Out of time: told to stop.");
    worker.send({ kind: "cancel", attempt: order.attempt, reason });
    if (order.graceMs === 0) this.kill(worker);
    else {
      const filter = ofWorker(this.#parts.config.mark, worker.number);
      void signalTree({ filter, leaders: [worker.pid] }, "SIGTERM");
    }
  }

  failOverMemory(attempt: Attempt, bytes: number, limitBytes: number): void {
    if (attempt.worker === null || attempt.verdict !== null) return;
    attempt.verdict = memoryOutcome(bytes, limitBytes);
    this.#note(attempt, "Over its memory limit: killed.");
    this.kill(attempt.worker);
  }

  /** Kills a worker at once; the rest of its tree follows when it is gone. */
  kill(worker: AttemptWorker): void {
    if (worker.isKilled || worker.exit !== null) return;
    worker.isKilled = true;
    worker.kill();
  }

  /** A worker's process has gone: what it leaves is seen to, in the background. */
  exited(worker: AttemptWorker): void {
    const wasStarting = worker.state === "starting";
    worker.state = "gone";
    const burial = this.#bury(worker, wasStarting).finally(() => this.#burials.delete(burial));
    this.#burials.add(burial);
  }

  /** After a worker's end: its tree goes, the last of its output is read, and its attempt has ended. */
  async #bury(worker: AttemptWorker, wasStarting: boolean): Promise<void> {
    const ranAnything = worker.attempts > 0;
    if (ranAnything) {
      const filter = ofWorker(this.#parts.config.mark, worker.number);
      await clearAway({ filter, leaders: [worker.pid] });
    }
    await closedOrLate(worker);
    const attempt = worker.current;
    worker.current = null;
    const inVain = this.#parts.pool.forget(worker, wasStarting);
    if (attempt !== null) this.finish(attempt, this.#outcomeAtDeath(attempt, worker));
    for (const waiting of inVain) this.finish(waiting, cannotStartOutcome(worker.exit, worker.firstWords));
  }

  #outcomeAtDeath(attempt: Attempt, worker: AttemptWorker): AttemptOutcome {
    if (attempt.verdict !== null) return attempt.verdict;
    if (attempt.stopping !== null) return stoppedOutcome(attempt.stopping.reason, attempt.order);
    const outcome = diedOutcome(worker.exit ?? { code: null, signal: null, error: null });
    if (outcome.state === "lost") this.#note(attempt, outcome.error.message);
    return outcome;
  }

  /** Resolves when no worker is left, and everything that any left has been seen to. */
  async whenBuried(): Promise<void> {
    const { workers } = this.#parts.pool;
    while (this.#burials.size > 0 || workers.size > 0) {
      if (this.#burials.size > 0) await Promise.all(this.#burials);
      else await Promise.race([...workers].map((worker) => worker.closed));
    }
  }

  /** Resolves when the log of every attempt that has ended is closed. */
  async whenLogsClosed(): Promise<void> {
    if (this.#logsClosing > 0) await new Promise<void>((resolve) => (this.#onLogsClosed = resolve));
  }

  /** Says in the attempt's own log what was done to it. */
  #note(attempt: Attempt, text: string): void {
    if (attempt.worker === null) return;
    const call = { atMs: Date.now(), level: "warn", source: "system" } as const;
    attempt.log(this.#parts.config.logs, attempt.worker.mask).call(call, text);
  }
}

async function closedOrLate(worker: AttemptWorker): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, CLOSE_MS);
  });
  await Promise.race([worker.closed, late]);
  clearTimeout(timer);
  worker.destroyPipes();
}
