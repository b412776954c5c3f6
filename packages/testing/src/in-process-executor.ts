import {
  type AttemptId,
  type AttemptOrder,
  type AttemptOutcome,
  type AttemptReport,
  type Clock,
  type Executor,
  errorInfo,
  formatDuration,
  type ReportAnswer,
  type ResourcePolicy,
  type StopReason,
} from "@millrace/core";

/** Does the work of one attempt in this process. What it throws fails the attempt as a bug of the kit. */
export type AttemptBody = (order: AttemptOrder, attempt: AttemptControl) => Promise<AttemptOutcome>;

/** What the body of an attempt may use of its executor. */
export interface AttemptControl {
  /** Aborted when the attempt is cancelled or timed out. */
  readonly signal: AbortSignal;
  /** Takes what the attempt says while it runs; drops it when the attempt is over. */
  report(report: AttemptReport): void;
  /** Never resolves, and says so: whoever drives the clock need not wait for this attempt and may let time pass. */
  hang(): Promise<never>;
}

/** What an executor in one process lets attempts have. */
export interface InProcessRoom {
  readonly capacity: number;
  readonly resources: ResourcePolicy | undefined;
}

interface Running {
  readonly order: AttemptOrder;
  readonly abort: AbortController;
  readonly cancelTimer: () => void;
  hangs: boolean;
}

type Ended = AttemptReport & { readonly kind: "ended" };

/**
 * Runs attempts as calls in this process, as many at once as it is told. It keeps to the protocol of executors: an
 * attempt ends once, and its end is told again to whoever starts the executor anew, until it is acknowledged. But it
 * cannot kill: an attempt that is stopped ends at once for the engine, and its call is left behind, its signal aborted.
 *
 * An attempt's timeout is held by the clock that is handed in. On a virtual clock it is over when the clock gets there,
 * however long the call takes.
 */
export class InProcessExecutor implements Executor {
  readonly capacity: number;
  /** What attempts may claim of the machine, all together. Undefined: claims are not counted. */
  readonly resources: ResourcePolicy | undefined;
  readonly #clock: Clock;
  readonly #body: AttemptBody;
  readonly #running = new Map<AttemptId, Running>();
  readonly #seen = new Set<AttemptId>();
  readonly #unacknowledged = new Map<AttemptId, Ended>();
  readonly #waiting: (() => void)[] = [];
  #onReport: (report: AttemptReport) => void = () => {};

  /** @param room how many attempts run at once, or that and what they may claim of the machine. */
  constructor(clock: Clock, room: number | InProcessRoom, body: AttemptBody) {
    const { capacity, resources } = typeof room === "number" ? { capacity: room, resources: undefined } : room;
    this.resources = resources;
    this.#clock = clock;
    this.capacity = capacity;
    this.#body = body;
  }

  /** Another listener takes the place of the first, as when a new leader takes over: it is told what was not heard. */
  async start(onReport: (report: AttemptReport) => void): Promise<void> {
    this.#onReport = onReport;
    for (const report of this.#unacknowledged.values()) onReport(report);
  }

  async stop(): Promise<void> {
    for (const attempt of this.alive()) {
      const error = errorInfo("PROCESS_DIED", "the executor was stopped");
      this.#end(attempt, { state: "lost", error, spendsCrashBudget: false });
    }
  }

  startAttempt(order: AttemptOrder): void {
    const { run, attempt, epoch, timeoutMs } = order;
    if (this.#seen.has(attempt)) return;
    this.#seen.add(attempt);
    const startedAtMs = this.#clock.now();
    const cancelTimer =
      timeoutMs === null
        ? () => {}
        : this.#clock.at(startedAtMs + timeoutMs, () => this.#stop(attempt, timedOut(order.label, timeoutMs)));
    const running: Running = { order, abort: new AbortController(), cancelTimer, hangs: false };
    this.#running.set(attempt, running);
    this.#onReport({ kind: "started", run, attempt, epoch, atMs: startedAtMs, pid: process.pid });
    this.#body(order, this.#controlOf(running)).then(
      (outcome) => this.#end(attempt, outcome),
      (error: unknown) => {
        const failure = errorInfo("INTERNAL", `the body of attempt ${attempt} threw: ${String(error)}`);
        this.#end(attempt, { state: "failed", error: failure, retryable: false, retryAfterMs: null });
      },
    );
  }

  cancelAttempt(attempt: AttemptId, reason: StopReason): void {
    const label = this.#running.get(attempt)?.order.label ?? "";
    this.#stop(attempt, reason === "cancelled" ? { state: "cancelled" } : timedOut(label, null));
  }

  acknowledge(attempt: AttemptId, answer: ReportAnswer): void {
    if (answer === "gone") this.#stop(attempt, { state: "cancelled" });
    this.#unacknowledged.delete(attempt);
  }

  alive(): readonly AttemptId[] {
    return [...this.#running.keys()];
  }

  /** Attempts that will end by themselves: those that do not hang. */
  get working(): number {
    let working = 0;
    for (const running of this.#running.values()) if (!running.hangs) working += 1;
    return working;
  }

  /** How many attempts have ended so far. */
  get ended(): number {
    return this.#seen.size - this.#running.size;
  }

  /** Resolves when an attempt has ended, or begun to hang, since the call. */
  whenOneEnds(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #controlOf(running: Running): AttemptControl {
    return {
      signal: running.abort.signal,
      report: (report) => {
        if (this.#running.get(running.order.attempt) === running) this.#onReport(report);
      },
      hang: () => {
        running.hangs = true;
        this.#wake();
        return new Promise<never>(() => {});
      },
    };
  }

  #stop(attempt: AttemptId, outcome: AttemptOutcome): void {
    const running = this.#running.get(attempt);
    this.#end(attempt, outcome);
    running?.abort.abort();
  }

  #end(attempt: AttemptId, outcome: AttemptOutcome): void {
    const running = this.#running.get(attempt);
    if (running === undefined) return;
    running.cancelTimer();
    this.#running.delete(attempt);
    const { run, epoch } = running.order;
    const report: Ended = { kind: "ended", run, attempt, epoch, atMs: this.#clock.now(), outcome };
    this.#unacknowledged.set(attempt, report);
    this.#onReport(report);
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

function timedOut(label: string, timeoutMs: number | null): AttemptOutcome {
  const limit = timeoutMs === null ? "" : `: its timeout is ${formatDuration(timeoutMs)}`;
  return { state: "timed_out", error: errorInfo("TIMEOUT", `${label} took too long${limit}`) };
}
