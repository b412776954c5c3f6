import {
  type AttemptId,
  type AttemptOrder,
  type AttemptOutcome,
  type AttemptReport,
  type Clock,
  type Executor,
  errorInfo,
  type StopReason,
} from "@millrace/core";

/** Does the work of one attempt in this process. */
export type AttemptBody = (
  order: AttemptOrder,
  signal: AbortSignal,
  report: (report: AttemptReport) => void,
) => Promise<AttemptOutcome>;

interface Running {
  readonly order: AttemptOrder;
  readonly abort: AbortController;
  reason: StopReason | undefined;
}

/**
 * Runs attempts as calls in this process, as many at once as it is told. It keeps to the protocol of executors, but it
 * cannot kill: an attempt that is stopped ends at once for the engine, and its call is left behind.
 */
export class InProcessExecutor implements Executor {
  readonly capacity: number;
  readonly #clock: Clock;
  readonly #body: AttemptBody;
  readonly #running = new Map<AttemptId, Running>();
  readonly #seen = new Set<AttemptId>();
  #onReport: (report: AttemptReport) => void = () => {};
  #changed: () => void = () => {};

  constructor(clock: Clock, capacity: number, body: AttemptBody) {
    this.#clock = clock;
    this.capacity = capacity;
    this.#body = body;
  }

  async start(onReport: (report: AttemptReport) => void): Promise<void> {
    this.#onReport = onReport;
  }

  async stop(): Promise<void> {
    for (const attempt of [...this.#running.keys()]) {
      const error = errorInfo("PROCESS_DIED", "the executor was stopped");
      this.#end(attempt, { state: "lost", error, spendsCrashBudget: false });
    }
  }

  startAttempt(order: AttemptOrder): void {
    if (this.#seen.has(order.attempt)) return;
    this.#seen.add(order.attempt);
    const running: Running = { order, abort: new AbortController(), reason: undefined };
    this.#running.set(order.attempt, running);
    const { attempt, epoch } = order;
    this.#onReport({ kind: "started", attempt, epoch, atMs: this.#clock.now(), pid: process.pid });
    this.#body(order, running.abort.signal, (report) => {
      if (this.#running.has(attempt)) this.#onReport(report);
    }).then(
      (outcome) => this.#end(attempt, outcome),
      (error: unknown) =>
        this.#end(attempt, {
          state: "failed",
          error: errorInfo("INTERNAL", String(error)),
          retryable: false,
          retryAfterMs: null,
        }),
    );
  }

  cancelAttempt(attempt: AttemptId, reason: StopReason): void {
    const running = this.#running.get(attempt);
    if (running === undefined) return;
    running.abort.abort();
    if (reason === "cancelled") this.#end(attempt, { state: "cancelled" });
    else this.#end(attempt, { state: "timed_out", error: errorInfo("TIMEOUT", "the attempt took too long") });
  }

  acknowledge(): void {}

  alive(): readonly AttemptId[] {
    return [...this.#running.keys()];
  }

  /** Resolves when an attempt has ended since the call. */
  whenOneEnds(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }

  #end(attempt: AttemptId, outcome: AttemptOutcome): void {
    const running = this.#running.get(attempt);
    if (running === undefined) return;
    this.#running.delete(attempt);
    this.#onReport({ kind: "ended", attempt, epoch: running.order.epoch, atMs: this.#clock.now(), outcome });
    this.#changed();
  }
}
