import { resolve } from "node:path";
import {
  type AttemptId,
  type AttemptOrder,
  type AttemptOutcome,
  type AttemptReport,
  type DataReport,
  type Executor,
  errorInfo,
  isMillraceError,
  type ReportAnswer,
  type StopReason,
  toErrorInfo,
  type VersionId,
} from "@millrace/core";
import type { EndedMessage, FromChild, RunMessage } from "../framing/messages.ts";
import { type Guardian, holdGuardian } from "../guardian/start-guardian.ts";
import { Attempt } from "./attempt.ts";
import {
  type ProcessExecutorConfig,
  type ProcessExecutorOptions,
  resolveExecutorOptions,
  type VersionPlace,
} from "./executor-options.ts";
import { Housekeeping } from "./housekeeping.ts";
import { killTree, signalTree } from "./kill-tree.ts";
import { ofExecutor, ofWorker } from "./mark.ts";
import { diedOutcome, memoryOutcome, outcomeOf, stoppedExecutorOutcome, stoppedOutcome } from "./outcomes.ts";
import type { Worker, WorkerListener } from "./worker.ts";
import { WorkerPool } from "./worker-pool.ts";

type AttemptWorker = Worker<Attempt>;

/** Timers and handles that an attempt left may take this long to go, in milliseconds; then the worker goes. */
const QUIET_MS = 250;
/** When everything of a worker is dead, its pipes may take this long to say so, in milliseconds. */
const CLOSE_MS = 1_000;
/** Of what a process says that does not start, this many characters are shown. */
const FIRST_WORDS = 2_000;

/**
 * Runs attempts in a pool of warm child processes on this machine. A start costs a message, not a fork; an attempt has
 * a process to itself while it runs, so that its output, its memory and its death are its own.
 */
export function createProcessExecutor(options: ProcessExecutorOptions): Executor {
  return new ProcessExecutor(resolveExecutorOptions(options));
}

class ProcessExecutor implements Executor, WorkerListener<Attempt> {
  readonly #config: ProcessExecutorConfig;
  readonly #attempts = new Map<AttemptId, Attempt>();
  readonly #places = new Map<VersionId, VersionPlace>();
  readonly #pool: WorkerPool;
  readonly #housekeeping: Housekeeping;
  #report: (report: AttemptReport) => void = () => undefined;
  #guardian: Guardian | null = null;
  #state: "new" | "running" | "stopping" | "stopped" = "new";
  #stopped: Promise<void> | null = null;
  /** Workers whose end is being seen to. */
  readonly #burials = new Set<Promise<void>>();
  #logsClosing = 0;
  #onLogsClosed: () => void = () => undefined;

  constructor(config: ProcessExecutorConfig) {
    this.#config = config;
    this.#pool = new WorkerPool(config, this, (worker, attempt) => this.#assign(worker, attempt));
    this.#housekeeping = new Housekeeping(config, this.#pool, {
      started: (attempt) => this.#reportStarted(attempt),
      overdue: (attempt) => this.#stop(attempt, "timed_out"),
      graceOver: (worker) => this.#kill(worker),
      overMemory: (attempt, bytes, limit) => this.#failOverMemory(attempt, bytes, limit),
      resend: (report) => this.#report(report),
    });
  }

  get capacity(): number {
    return this.#config.workers;
  }

  async start(onReport: (report: AttemptReport) => void): Promise<void> {
    if (this.#state !== "new") return;
    this.#state = "running";
    this.#report = onReport;
    const { mark, guardianEntry: entry, execArgv } = this.#config;
    this.#guardian = holdGuardian({ mark, entry, execArgv });
    this.#pool.warm();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  startAttempt(order: AttemptOrder): void {
    if (this.#state !== "running" || this.#attempts.has(order.attempt)) return;
    if (this.#housekeeping.resend(order.attempt)) return;
    const attempt = new Attempt(order);
    this.#attempts.set(order.attempt, attempt);
    attempt.place = this.#places.get(order.version) ?? null;
    if (attempt.place === null) void this.#enqueueResolved(attempt);
    else this.#pool.enqueue(attempt);
    this.#housekeeping.wake();
  }

  cancelAttempt(id: AttemptId, reason: StopReason): void {
    const attempt = this.#attempts.get(id);
    if (attempt !== undefined) this.#stop(attempt, reason);
  }

  acknowledge(id: AttemptId, answer: ReportAnswer): void {
    if (answer === "gone") this.cancelAttempt(id, "cancelled");
    this.#housekeeping.acknowledge(id);
  }

  /** Attempts that wait, run or are being stopped, and those whose end nobody has acknowledged. */
  alive(): readonly AttemptId[] {
    return [...this.#attempts.keys(), ...this.#housekeeping.unacknowledged()];
  }

  // What workers say

  message(worker: AttemptWorker, message: FromChild, payload: Buffer): void {
    const attempt = worker.current;
    switch (message.kind) {
      case "ready":
        this.#pool.release(worker);
        return;
      case "quiet":
        if (worker.state === "unquiet") this.#pool.release(worker);
        return;
      case "secrets":
        worker.mask.add(message.values);
        return;
      case "ended":
        this.#attemptEnded(worker, message, payload);
        return;
      case "output":
        this.output(worker, message.source, payload);
        return;
      case "log":
        if (attempt === null) this.#heardLate(worker);
        else attempt.log(this.#config.logs, worker.mask).call(message, payload.toString("utf8"));
        break;
      case "data":
        if (attempt === null) return;
        this.#reportStarted(attempt);
        this.#reportData(attempt, message.data);
        return;
    }
    if (attempt !== null) this.#spare(worker, attempt);
  }

  output(worker: AttemptWorker, source: "stdout" | "stderr", bytes: Buffer): void {
    const attempt = worker.current;
    if (attempt === null) {
      if (worker.attempts === 0) worker.firstWords = (worker.firstWords + bytes.toString("utf8")).slice(-FIRST_WORDS);
      this.#heardLate(worker);
      return;
    }
    attempt.log(this.#config.logs, worker.mask).chunk(source, bytes);
    this.#spare(worker, attempt);
  }

  exited(worker: AttemptWorker): void {
    const wasStarting = worker.state === "starting";
    worker.state = "gone";
    const burial = this.#bury(worker, wasStarting).finally(() => this.#burials.delete(burial));
    this.#burials.add(burial);
  }

  // The life of an attempt

  async #enqueueResolved(attempt: Attempt): Promise<void> {
    const { version } = attempt.order;
    try {
      const place = await this.#config.resolveVersion(version);
      this.#places.set(version, place);
      attempt.place = place;
    } catch (error) {
      const retryable = !isMillraceError(error) || error.code !== "UNKNOWN_VERSION";
      this.#finish(attempt, { state: "failed", error: toErrorInfo(error), retryable, retryAfterMs: null });
      return;
    }
    if (!attempt.isEnded && this.#state === "running") this.#pool.enqueue(attempt);
  }

  #assign(worker: AttemptWorker, attempt: Attempt): void {
    const { order } = attempt;
    let message: RunMessage;
    try {
      message = runMessage(order, attempt.place as VersionPlace);
    } catch (error) {
      this.#finish(attempt, { state: "failed", error: toErrorInfo(error), retryable: false, retryAfterMs: null });
      this.#pool.release(worker);
      return;
    }
    worker.version ??= order.version;
    worker.flows.add(order.flow);
    worker.attempts += 1;
    worker.isWorn ||= order.isolation === "process";
    worker.current = attempt;
    attempt.worker = worker;
    attempt.startedAtMs = Date.now();
    if (order.timeoutMs !== null) attempt.deadlineAtMs = attempt.startedAtMs + order.timeoutMs;
    worker.send(message, order.input);
  }

  #attemptEnded(worker: AttemptWorker, message: EndedMessage, payload: Buffer): void {
    const attempt = worker.current;
    if (attempt === null || attempt.order.attempt !== message.attempt) return;
    worker.drainOutput();
    if (attempt.stopping !== null || attempt.verdict !== null) {
      // It has come to its end in time. What it started may not have.
      this.#kill(worker);
      return;
    }
    const outcome = outcomeOf(message.outcome, payload);
    if (message.after === "spoiled") {
      attempt.verdict = outcome;
      this.#kill(worker);
    } else if (message.spawnedFrom > 0) void this.#finishAfterSweep(worker, message, outcome);
    else this.#finishAndRelease(worker, message, outcome);
  }

  /** The attempt started processes: it has ended when none of them is left. */
  async #finishAfterSweep(worker: AttemptWorker, message: EndedMessage, outcome: AttemptOutcome): Promise<void> {
    const filter = ofWorker(this.#config.mark, worker.number);
    await killTree({ filter, except: [worker.pid], fromPid: message.spawnedFrom });
    // What they wrote until then belongs to it.
    if (worker.exit === null) worker.drainOutput();
    const attempt = worker.current;
    if (attempt === null) return;
    // A stop that came meanwhile has sent its signals already, to whoever is there.
    if (attempt.stopping !== null || attempt.verdict !== null) this.#kill(worker);
    else this.#finishAndRelease(worker, message, outcome);
  }

  #finishAndRelease(worker: AttemptWorker, { after }: EndedMessage, outcome: AttemptOutcome): void {
    const attempt = worker.current;
    if (attempt === null) return;
    worker.current = null;
    if (after === "unquiet") {
      worker.state = "unquiet";
      worker.sinceMs = Date.now() + QUIET_MS;
    } else this.#pool.release(worker);
    this.#finish(attempt, outcome);
  }

  /** The end, whatever led to it: the log is closed first, then it is told. */
  #finish(attempt: Attempt, outcome: AttemptOutcome): void {
    if (attempt.isEnded) return;
    attempt.isEnded = true;
    this.#logsClosing += 1;
    attempt.closeLog(() => {
      this.#logsClosing -= 1;
      const { run, attempt: id, epoch } = attempt.order;
      this.#attempts.delete(id);
      const report = { kind: "ended", run, attempt: id, epoch, atMs: Date.now(), outcome } as const;
      this.#housekeeping.expectAcknowledgement(report);
      this.#report(report);
      if (this.#logsClosing === 0) this.#onLogsClosed();
    });
  }

  #reportStarted(attempt: Attempt): void {
    if (attempt.isStartReported || attempt.worker === null) return;
    attempt.isStartReported = true;
    const { run, attempt: id, epoch } = attempt.order;
    this.#report({ kind: "started", run, attempt: id, epoch, atMs: attempt.startedAtMs, pid: attempt.worker.pid });
  }

  #reportData({ order }: Attempt, data: DataReport): void {
    this.#report({ kind: "data", run: order.run, attempt: order.attempt, epoch: order.epoch, data });
  }

  // Ends that do not come by themselves

  #stop(attempt: Attempt, reason: StopReason): void {
    if (attempt.isEnded || attempt.stopping !== null || attempt.verdict !== null) return;
    const { worker, order } = attempt;
    if (worker === null) {
      this.#pool.withdraw(attempt);
      this.#finish(attempt, stoppedOutcome(reason, order));
      return;
    }
    attempt.stopping = { reason, killAtMs: Date.now() + order.graceMs };
    this.#note(attempt, reason === "cancelled" ? "Cancelled." : "Out of time: told to stop.");
    worker.send({ kind: "cancel", attempt: order.attempt, reason });
    if (order.graceMs === 0) this.#kill(worker);
    else void signalTree({ filter: ofWorker(this.#config.mark, worker.number), leaders: [worker.pid] }, "SIGTERM");
  }

  #failOverMemory(attempt: Attempt, bytes: number, limitBytes: number): void {
    if (attempt.worker === null || attempt.verdict !== null) return;
    attempt.verdict = memoryOutcome(bytes, limitBytes);
    this.#note(attempt, "Over its memory limit: killed.");
    this.#kill(attempt.worker);
  }

  /** Kills a worker at once; the rest of its tree follows when it is gone. */
  #kill(worker: AttemptWorker): void {
    if (worker.isKilled || worker.exit !== null) return;
    worker.isKilled = true;
    worker.kill();
  }

  /** After a worker's end: its tree goes, the last of its output is read, and its attempt has ended. */
  async #bury(worker: AttemptWorker, wasStarting: boolean): Promise<void> {
    const ranAnything = worker.attempts > 0;
    if (ranAnything) {
      await killTree({ filter: ofWorker(this.#config.mark, worker.number), leaders: [worker.pid] });
    }
    await closedOrLate(worker);
    const attempt = worker.current;
    worker.current = null;
    const inVain = this.#pool.forget(worker, wasStarting);
    if (attempt !== null) this.#finish(attempt, this.#outcomeAtDeath(attempt, worker));
    for (const waiting of inVain) this.#finish(waiting, cannotStart(worker));
  }

  #outcomeAtDeath(attempt: Attempt, worker: AttemptWorker): AttemptOutcome {
    if (attempt.verdict !== null) return attempt.verdict;
    if (attempt.stopping !== null) return stoppedOutcome(attempt.stopping.reason, attempt.order);
    const outcome = diedOutcome(worker.exit ?? { code: null, signal: null, error: null });
    if (outcome.state === "lost") this.#note(attempt, outcome.error.message);
    return outcome;
  }

  async #stopAll(): Promise<void> {
    if (this.#state === "new") {
      this.#state = "stopped";
      return;
    }
    this.#state = "stopping";
    const waiting = this.#pool.close();
    for (const attempt of this.#attempts.values()) attempt.verdict ??= stoppedExecutorOutcome();
    for (const attempt of waiting) this.#finish(attempt, stoppedExecutorOutcome());
    for (const worker of this.#pool.workers) {
      if (worker.current === null) this.#pool.retire(worker);
      this.#kill(worker);
    }
    while (this.#burials.size > 0 || this.#pool.workers.size > 0) await this.#nextBurial();
    for (const attempt of this.#attempts.values()) this.#finish(attempt, stoppedExecutorOutcome());
    await killTree({ filter: ofExecutor(this.#config.mark) });
    if (this.#logsClosing > 0) await new Promise<void>((resolve) => (this.#onLogsClosed = resolve));
    await this.#guardian?.stop();
    this.#housekeeping.stop();
    this.#state = "stopped";
  }

  async #nextBurial(): Promise<void> {
    if (this.#burials.size > 0) await Promise.all(this.#burials);
    else await Promise.race([...this.#pool.workers].map((worker) => worker.closed));
  }

  // Small things

  /** Something was said after the attempt it belongs to: nobody knows what else goes on there. */
  #heardLate(worker: AttemptWorker): void {
    if (worker.attempts === 0) return;
    worker.isWorn = true;
    if (worker.state === "idle") this.#pool.retire(worker);
  }

  /** A worker that says more than the disk takes has to wait. */
  #spare(worker: AttemptWorker, attempt: Attempt): void {
    const log = attempt.log(this.#config.logs, worker.mask);
    if (!log.overfull) return;
    worker.pause();
    log.relieved(() => worker.resume());
  }

  #note(attempt: Attempt, text: string): void {
    if (attempt.worker === null) return;
    const call = { atMs: Date.now(), level: "warn", source: "system" } as const;
    attempt.log(this.#config.logs, attempt.worker.mask).call(call, text);
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

function cannotStart(worker: AttemptWorker): AttemptOutcome {
  const { code, signal, error } = worker.exit ?? { code: null, signal: null, error: null };
  const how = error?.message ?? `it ends with ${signal ?? `exit code ${code}`}`;
  return {
    state: "failed",
    error: errorInfo("PROCESS_DIED", `No worker process can be started: ${how}.\n${worker.firstWords}`.trim()),
    retryable: true,
    retryAfterMs: null,
  };
}

function runMessage(order: AttemptOrder, place: VersionPlace): RunMessage {
  return {
    kind: "run",
    attempt: order.attempt,
    run: order.run,
    flow: order.flow,
    node: order.node,
    item: order.item,
    label: order.label,
    number: order.number,
    maxAttempts: order.maxAttempts,
    target: order.target,
    params: order.params,
    window: order.window,
    resumed: order.resumed,
    versionDir: place.dir,
    entry: resolve(place.dir, place.entryOf(order.flow)),
    configEntry: place.configEntry === null ? null : resolve(place.dir, place.configEntry),
  };
}
