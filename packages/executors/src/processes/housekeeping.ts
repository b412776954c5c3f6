import type { AttemptId, AttemptReport } from "@millrace/core";
import type { Attempt } from "./attempt.ts";
import type { ProcessExecutorConfig } from "./executor-options.ts";
import { readTreeMemory } from "./process-table.ts";
import type { Worker } from "./worker.ts";
import type { WorkerPool } from "./worker-pool.ts";

type EndedReport = Extract<AttemptReport, { kind: "ended" }>;

/** What the passing of time can mean. */
export interface HousekeepingActs {
  /** It has run long enough to be told of; quick attempts are over before. */
  started(attempt: Attempt): void;
  overdue(attempt: Attempt): void;
  /** The polite time is over: of a stopped attempt, or of a worker that should be quiet or gone. */
  graceOver(worker: Worker<Attempt>): void;
  overMemory(attempt: Attempt, bytes: number, limitBytes: number): void;
  /** Nobody has acknowledged this. */
  resend(report: EndedReport): void;
}

/** One timer for everything, in milliseconds; limits hold to about this. */
const TICK_MS = 20;
/** Memory is looked at every so many ticks, logs are written out, and slow things are done. */
const MEMORY_TICKS = 5;
const FLUSH_TICKS = 10;
const SLOW_TICKS = 50;
/** An end is told again after this time, in milliseconds, until it is acknowledged. */
const RESEND_AFTER_MS = 2_000;

/** Watches the clock for all attempts and workers, with one timer that runs only while there is something to watch. */
export class Housekeeping {
  readonly #config: ProcessExecutorConfig;
  readonly #pool: WorkerPool;
  readonly #acts: HousekeepingActs;
  readonly #unacknowledged = new Map<AttemptId, { readonly report: EndedReport; sentAtMs: number }>();
  #timer: NodeJS.Timeout | null = null;
  #ticks = 0;
  #isStopped = false;

  constructor(config: ProcessExecutorConfig, pool: WorkerPool, acts: HousekeepingActs) {
    this.#config = config;
    this.#pool = pool;
    this.#acts = acts;
  }

  /** There may be something to watch. */
  wake(): void {
    if (this.#timer === null && !this.#isStopped) this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  expectAcknowledgement(report: EndedReport): void {
    this.#unacknowledged.set(report.attempt, { report, sentAtMs: report.atMs });
    this.wake();
  }

  acknowledge(attempt: AttemptId): void {
    this.#unacknowledged.delete(attempt);
  }

  unacknowledged(): Iterable<AttemptId> {
    return this.#unacknowledged.keys();
  }

  /** Tells the end of an attempt again, if it has ended; false when nothing is known of it. */
  resend(attempt: AttemptId): boolean {
    const ended = this.#unacknowledged.get(attempt);
    if (ended !== undefined) this.#acts.resend(ended.report);
    return ended !== undefined;
  }

  #tick(): void {
    this.#ticks += 1;
    const nowMs = Date.now();
    let isNeeded = this.#unacknowledged.size > 0 || this.#pool.idle.length > 1;
    for (const worker of this.#pool.workers) {
      if (worker.state !== "idle") isNeeded = true;
      if (worker.current !== null) this.#watchAttempt(worker.current, worker, nowMs);
      else if ((worker.state === "unquiet" || worker.state === "leaving") && nowMs >= worker.sinceMs) {
        this.#acts.graceOver(worker);
      }
    }
    if (this.#ticks % SLOW_TICKS === 0) this.#doSlowThings(nowMs);
    if (isNeeded || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #watchAttempt(attempt: Attempt, worker: Worker<Attempt>, nowMs: number): void {
    if (!attempt.isStartReported && nowMs - attempt.startedAtMs >= TICK_MS / 2) this.#acts.started(attempt);
    if (attempt.stopping === null && nowMs >= attempt.deadlineAtMs) this.#acts.overdue(attempt);
    if (attempt.stopping !== null && nowMs >= attempt.stopping.killAtMs) this.#acts.graceOver(worker);
    if (this.#ticks % MEMORY_TICKS === 0) this.#watchMemory(attempt, worker);
    if (this.#ticks % FLUSH_TICKS === 0) attempt.flushLog();
  }

  #watchMemory(attempt: Attempt, worker: Worker<Attempt>): void {
    const limitBytes = attempt.order.memoryBytes ?? this.#config.memoryBytes;
    if (limitBytes === null) return;
    const bytes = readTreeMemory(worker.pid);
    if (bytes !== undefined && bytes > limitBytes) this.#acts.overMemory(attempt, bytes, limitBytes);
  }

  #doSlowThings(nowMs: number): void {
    this.#pool.shrink(nowMs);
    const { recycleOverBytes } = this.#config;
    const swollen = this.#pool.idle.filter(({ pid }) => (readTreeMemory(pid) ?? 0) > recycleOverBytes);
    for (const worker of swollen) this.#pool.retire(worker);
    for (const ended of this.#unacknowledged.values()) {
      if (nowMs - ended.sentAtMs < RESEND_AFTER_MS) continue;
      ended.sentAtMs = nowMs;
      this.#acts.resend(ended.report);
    }
  }
}
