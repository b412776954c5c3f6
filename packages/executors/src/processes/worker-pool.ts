import process from "node:process";
import type { AttemptOrder } from "@millrace/core";
import type { Attempt } from "./attempt.ts";
import type { ProcessExecutorConfig } from "./executor-options.ts";
import { Worker, type WorkerListener } from "./worker.ts";

type AttemptWorker = Worker<Attempt>;

/** Work that has waited this long, in milliseconds, is worth a new process: most attempts are over before. */
const GROW_AFTER_MS = 2;
/** After so many processes in a row that did not come up, nobody waits for another. */
const HOPELESS_STARTS = 5;
/** A process that is told to leave is killed when it has not left after this time, in milliseconds. */
const LEAVE_MS = 2_000;

/**
 * The warm processes, and the attempts that wait for one. It grows while work waits, up to the limit, and takes the
 * process that was idle for the shortest time, whose caches are warm.
 */
export class WorkerPool {
  readonly workers = new Set<AttemptWorker>();
  readonly #config: ProcessExecutorConfig;
  readonly #listener: WorkerListener<Attempt>;
  readonly #assign: (worker: AttemptWorker, attempt: Attempt) => void;
  /** The one that became idle last is at the end. */
  readonly #idle: AttemptWorker[] = [];
  #queue: Attempt[] = [];
  #growTimer: NodeJS.Timeout | null = null;
  #started = 0;
  /** Processes in a row that ended before they were ready. */
  #failedStarts = 0;
  #isOpen = true;

  constructor(
    config: ProcessExecutorConfig,
    listener: WorkerListener<Attempt>,
    assign: (worker: AttemptWorker, attempt: Attempt) => void,
  ) {
    this.#config = config;
    this.#listener = listener;
    this.#assign = assign;
  }

  /** Starts one process ahead of its first attempt. */
  warm(): void {
    if (this.workers.size === 0) this.#launch();
  }

  enqueue(attempt: Attempt): void {
    this.#queue.push(attempt);
    this.dispatch();
  }

  /** Takes an attempt out of the queue; false when it is not there. */
  withdraw(attempt: Attempt): boolean {
    const at = this.#queue.indexOf(attempt);
    if (at >= 0) this.#queue.splice(at, 1);
    return at >= 0;
  }

  /** Hands waiting attempts to idle workers. One that needs a particular kind of worker holds up none behind it. */
  dispatch(): void {
    if (!this.#isOpen) return;
    let at = 0;
    while (at < this.#queue.length && at < this.#config.workers && this.#idle.length > 0) {
      const attempt = this.#queue[at];
      const worker = attempt === undefined ? undefined : this.#take(attempt.order);
      if (attempt === undefined || worker === undefined) at += 1;
      else {
        if (at === 0) this.#queue.shift();
        else this.#queue.splice(at, 1);
        worker.state = "busy";
        this.#assign(worker, attempt);
      }
    }
    if (this.#queue.length > 0) this.#planGrowth();
  }

  /** A worker has nothing to do. It goes on, or goes. */
  release(worker: AttemptWorker): void {
    if (worker.state === "starting") this.#failedStarts = 0;
    if (worker.exit !== null || worker.state === "leaving") return;
    if (worker.isWorn || worker.attempts >= this.#config.recycleAfter || !this.#isOpen) {
      this.retire(worker);
      return;
    }
    worker.state = "idle";
    worker.sinceMs = Date.now();
    this.#idle.push(worker);
    if (this.#queue.length > 0) this.dispatch();
  }

  /** Lets a worker leave; it gives back what it holds, and no attempt any more. */
  retire(worker: AttemptWorker): void {
    if (worker.state === "leaving" || worker.exit !== null) return;
    this.#forgetIdle(worker);
    worker.state = "leaving";
    worker.sinceMs = Date.now() + LEAVE_MS;
    worker.dismiss();
    if (this.#queue.length > 0) this.#planGrowth();
  }

  /**
   * A worker is gone. Gives back attempts that wait in vain: when one process after the other ends before it is ready,
   * something is wrong that waiting does not mend.
   */
  forget(worker: AttemptWorker, wasStarting: boolean): Attempt[] {
    this.#forgetIdle(worker);
    this.workers.delete(worker);
    if (wasStarting && this.#isOpen) this.#failedStarts += 1;
    const isHopeless = this.#failedStarts >= HOPELESS_STARTS;
    const given = isHopeless ? this.#queue : [];
    if (isHopeless) {
      this.#queue = [];
      this.#failedStarts = 0;
    }
    if (this.#queue.length > 0) this.#planGrowth();
    return given;
  }

  /** Ends idle workers that had nothing to do for long, all but one. */
  shrink(nowMs: number): void {
    const [oldest] = this.#idle;
    if (oldest !== undefined && this.#idle.length > 1 && oldest.sinceMs + this.#config.idleMs <= nowMs) {
      this.retire(oldest);
    }
  }

  get idle(): readonly AttemptWorker[] {
    return this.#idle;
  }

  /** Takes no more work. Gives back what was waiting. */
  close(): Attempt[] {
    this.#isOpen = false;
    if (this.#growTimer !== null) clearTimeout(this.#growTimer);
    this.#growTimer = null;
    const waiting = this.#queue;
    this.#queue = [];
    return waiting;
  }

  /** The best idle worker for an order: with its flow imported, with its version, or with none yet. */
  #take(order: AttemptOrder): AttemptWorker | undefined {
    const isFresh = order.isolation === "process";
    let best = -1;
    let bestRank = 0;
    for (let at = this.#idle.length - 1; at >= 0 && bestRank < 3; at -= 1) {
      const worker = this.#idle[at];
      const rank = worker === undefined ? 0 : isFresh ? Number(worker.attempts === 0) : rankFor(worker, order);
      if (rank > bestRank) {
        best = at;
        bestRank = rank;
      }
    }
    if (best < 0) return undefined;
    return best === this.#idle.length - 1 ? this.#idle.pop() : this.#idle.splice(best, 1)[0];
  }

  #planGrowth(): void {
    if (this.#growTimer !== null || !this.#isOpen) return;
    const isUrgent = this.#countPresent() === 0 || this.#queue[0]?.order.isolation === "process";
    if (isUrgent && this.#failedStarts === 0) this.#grow();
    else {
      this.#growTimer = setTimeout(
        () => {
          this.#growTimer = null;
          this.#grow();
        },
        GROW_AFTER_MS * 4 ** this.#failedStarts,
      );
    }
  }

  #grow(): void {
    let starting = 0;
    for (const worker of this.workers) if (worker.state === "starting") starting += 1;
    const wanted = Math.min(this.#queue.length, this.#config.startsAtOnce) - starting;
    for (let count = 0; count < wanted; count += 1) {
      if (this.#countPresent() >= this.#config.workers) {
        this.#makeRoom();
        return;
      }
      this.#launch();
    }
  }

  /** All places are taken, and an attempt waits that no idle worker can run: one of them has to go. */
  #makeRoom(): void {
    const [oldest] = this.#idle;
    if (oldest !== undefined) this.retire(oldest);
  }

  #countPresent(): number {
    let present = 0;
    for (const worker of this.workers) if (worker.state !== "leaving" && !worker.isKilled) present += 1;
    return present;
  }

  #launch(): void {
    this.#started += 1;
    const { config, number } = { config: this.#config, number: this.#started };
    const settings = {
      projectDir: config.projectDir,
      artifactsDir: config.artifactsDir,
      inlineBytes: config.inlineOutputBytes,
      maxOutputBytes: config.maxOutputBytes,
      hasOwnCompileCache: process.env["NODE_COMPILE_CACHE"] === undefined,
    };
    const { mark, workerEntry: entry, execArgv } = config;
    this.workers.add(new Worker({ mark, number, entry, execArgv, settings }, this.#listener));
  }

  #forgetIdle(worker: AttemptWorker): void {
    const at = this.#idle.indexOf(worker);
    if (at >= 0) this.#idle.splice(at, 1);
  }
}

function rankFor(worker: AttemptWorker, order: AttemptOrder): number {
  if (worker.version === null) return 1;
  if (worker.version !== order.version) return 0;
  return worker.flows.has(order.flow) ? 3 : 2;
}
