import { resolve } from "node:path";
import {
  type AttemptId,
  type AttemptOrder,
  type AttemptReport,
  type DataReport,
  type Executor,
  isMillraceError,
  MillraceError,
  type ReportAnswer,
  type ResourcePolicy,
  type StopReason,
  toErrorInfo,
  type VersionId,
} from "@millrace/core";
import type { FromChild, RunMessage } from "../framing/messages.ts";
import { type Guardian, holdGuardian } from "../guardian/start-guardian.ts";
import { Attempt } from "./attempt.ts";
import { clearAway } from "./clear-away.ts";
import { Endings } from "./endings.ts";
import {
  type ProcessExecutorConfig,
  type ProcessExecutorOptions,
  resolveExecutorOptions,
  type VersionPlace,
} from "./executor-options.ts";
import { Housekeeping } from "./housekeeping.ts";
import { ofExecutor } from "./mark.ts";
import { stoppedExecutorOutcome } from "./outcomes.ts";
import type { Worker, WorkerListener } from "./worker.ts";
import { WorkerPool } from "./worker-pool.ts";

type AttemptWorker = Worker<Attempt>;

/** Of what a process says that does not start, this many characters are shown. */
const FIRST_WORDS = 2_000;
/** A process is replaced when its attempts were given so many tokens for the API. */
const MOST_TOKENS = 100;

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
  readonly #endings: Endings;
  #report: (report: AttemptReport) => void = () => undefined;
  #guardian: Guardian | null = null;
  #state: "new" | "running" | "stopping" | "stopped" = "new";
  #stopped: Promise<void> | null = null;

  constructor(config: ProcessExecutorConfig) {
    this.#config = config;
    this.#pool = new WorkerPool(config, this, (worker, attempt) => this.#assign(worker, attempt));
    this.#housekeeping = new Housekeeping(config, this.#pool, {
      started: (attempt) => this.#reportStarted(attempt),
      overdue: (attempt) => this.#endings.stop(attempt, "timed_out"),
      graceOver: (worker) => this.#endings.kill(worker),
      overMemory: (attempt, bytes, limit) => this.#endings.failOverMemory(attempt, bytes, limit),
      resend: (report) => this.#report(report),
    });
    this.#endings = new Endings({
      config,
      pool: this.#pool,
      housekeeping: this.#housekeeping,
      attempts: this.#attempts,
      report: (report) => this.#report(report),
    });
  }

  get capacity(): number {
    return this.#config.workers;
  }

  get resources(): ResourcePolicy {
    return this.#config.resources;
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
    const attempt = new Attempt(order, this.#config.isTrusted);
    this.#attempts.set(order.attempt, attempt);
    attempt.place = this.#places.get(order.version) ?? null;
    if (attempt.place === null) void this.#enqueueResolved(attempt);
    else this.#pool.enqueue(attempt);
    this.#housekeeping.wake();
  }

  cancelAttempt(id: AttemptId, reason: StopReason): void {
    const attempt = this.#attempts.get(id);
    if (attempt !== undefined) this.#endings.stop(attempt, reason);
  }

  acknowledge(id: AttemptId, answer: ReportAnswer): void {
    if (answer === "gone") {
      this.#attempts.get(id)?.giveUp();
      this.cancelAttempt(id, "cancelled");
    }
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
      case "ask":
        void this.#answer(worker, message);
        return;
      case "ended":
        this.#endings.ended(worker, message, payload);
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
        this.#reportData(attempt, worker.mask.maskData(message.data) as DataReport);
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
    this.#endings.exited(worker);
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
      this.#endings.finish(attempt, { state: "failed", error: toErrorInfo(error), retryable, retryAfterMs: null });
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
      this.#endings.finish(attempt, {
        state: "failed",
        error: toErrorInfo(error),
        retryable: false,
        retryAfterMs: null,
      });
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

  /** What is handed out is masked from here on, also in what is on its way. */
  async #answer(worker: AttemptWorker, asked: AskMessage): Promise<void> {
    const { id } = asked;
    try {
      // What has ended, or is another's by now, gets nothing any more.
      if (worker.current === null || !this.#config.isTrusted()) throw notItsOwn(asked);
      const value = await this.#valueFor(worker, asked, worker.current.order);
      if (asked.what !== "variable") worker.mask.add([value]);
      worker.send({ kind: "answer", id, error: null }, value);
    } catch (error) {
      worker.send({ kind: "answer", id, error: { ...toErrorInfo(error), stack: null, cause: null } });
    }
  }

  /** Which attempt it is that asks, the pipe tells: the worker has one at a time. */
  #valueFor(worker: AttemptWorker, asked: AskMessage, { run, attempt }: AttemptOrder): Promise<string> {
    if (asked.what !== "token") return this.#config.readVault(asked.what, asked.name, attempt);
    // Each attempt has another one, and what masks many is slow.
    worker.tokens += 1;
    worker.isWorn ||= worker.tokens >= MOST_TOKENS;
    return this.#config.apiToken(run, attempt);
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

  async #stopAll(): Promise<void> {
    if (this.#state === "new") {
      this.#state = "stopped";
      return;
    }
    this.#state = "stopping";
    const waiting = this.#pool.close();
    for (const attempt of this.#attempts.values()) attempt.verdict ??= stoppedExecutorOutcome();
    for (const attempt of waiting) this.#endings.finish(attempt, stoppedExecutorOutcome());
    for (const worker of this.#pool.workers) {
      if (worker.current === null) this.#pool.retire(worker);
      this.#endings.kill(worker);
    }
    await this.#endings.whenBuried();
    for (const attempt of this.#attempts.values()) this.#endings.finish(attempt, stoppedExecutorOutcome());
    await clearAway({ filter: ofExecutor(this.#config.mark) });
    await this.#endings.whenLogsClosed();
    await this.#guardian?.stop();
    this.#housekeeping.stop();
    this.#state = "stopped";
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
}

type AskMessage = Extract<FromChild, { kind: "ask" }>;

function notItsOwn(asked: AskMessage): MillraceError {
  const code = asked.what === "variable" ? "MISSING_VARIABLE" : "MISSING_SECRET";
  const what = asked.what === "token" ? "token for the API" : `${asked.what} "${asked.name}"`;
  return new MillraceError(code, `The ${what} is for attempts that run, and this one has ended.`);
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
    scheduledAtMs: order.scheduledAtMs,
    slice: order.slice,
    resumed: order.resumed,
    versionDir: place.dir,
    entry: resolve(place.dir, place.entryOf(order.flow)),
    configEntry: place.configEntry === null ? null : resolve(place.dir, place.configEntry),
  };
}
