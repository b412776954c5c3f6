import {
  type AttemptId,
  type AttemptOrder,
  type AttemptOutcome,
  type AttemptReport,
  type Clock,
  type Executor,
  errorInfo,
  type ReportAnswer,
} from "@millrace/core";

export interface HeldAttempt {
  readonly order: AttemptOrder;
  stopping: boolean;
}

/** Holds every attempt until it is told how it ends. */
export class HeldExecutor implements Executor {
  readonly capacity: number;
  readonly #clock: Clock;
  readonly running = new Map<AttemptId, HeldAttempt>();
  /** Orders that nobody has looked at yet. */
  started: AttemptOrder[] = [];
  readonly answers = new Map<AttemptId, ReportAnswer>();
  #onReport: (report: AttemptReport) => void = () => {};

  constructor(capacity: number, clock: Clock) {
    this.capacity = capacity;
    this.#clock = clock;
  }

  async start(onReport: (report: AttemptReport) => void): Promise<void> {
    this.#onReport = onReport;
  }

  async stop(): Promise<void> {
    for (const { order } of this.running.values()) {
      const error = errorInfo("PROCESS_DIED", "the executor was stopped");
      this.end(order, this.#clock.now(), { state: "lost", error, spendsCrashBudget: false });
    }
  }

  startAttempt(order: AttemptOrder): void {
    this.running.set(order.attempt, { order, stopping: false });
    this.started.push(order);
  }

  cancelAttempt(attempt: AttemptId): void {
    const held = this.running.get(attempt);
    if (held !== undefined) held.stopping = true;
  }

  acknowledge(attempt: AttemptId, answer: ReportAnswer): void {
    this.answers.set(attempt, answer);
  }

  alive(): readonly AttemptId[] {
    return [...this.running.keys()];
  }

  /** Reports an end: of an attempt that runs, or again of one that has ended. */
  end({ run, attempt, epoch }: AttemptOrder, atMs: number, outcome: AttemptOutcome): void {
    this.running.delete(attempt);
    this.answers.delete(attempt);
    this.#onReport({ kind: "ended", run, attempt, epoch, atMs, outcome });
  }
}
