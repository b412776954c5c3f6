import type {
  AttemptId,
  AttemptOrder,
  AttemptReport,
  AttemptRow,
  Executor,
  ReportAnswer,
  ResourcePolicy,
  StopReason,
} from "@millrace/core";
import type { AdoptedAttempts } from "./adopted-attempts.ts";

/** What the engine of one term starts attempts with: this server's executor, and the attempts that others still have. */
export class TermExecutor implements Executor {
  readonly #own: Executor;
  readonly #adopted: AdoptedAttempts;

  constructor(own: Executor, adopted: AdoptedAttempts) {
    this.#own = own;
    this.#adopted = adopted;
  }

  get capacity(): number {
    return this.#own.capacity;
  }

  get resources(): ResourcePolicy | undefined {
    return this.#own.resources;
  }

  async start(onReport: (report: AttemptReport) => void): Promise<void> {
    this.#adopted.start(onReport);
    await this.#own.start(onReport);
  }

  async stop(): Promise<void> {
    await this.#adopted.stop();
    await this.#own.stop();
  }

  startAttempt(order: AttemptOrder): void {
    this.#own.startAttempt(order);
  }

  /** Whoever holds an adopted attempt finds in the store that it is to stop: that was written before this is called. */
  cancelAttempt(attempt: AttemptId, reason: StopReason): void {
    this.#own.cancelAttempt(attempt, reason);
  }

  acknowledge(attempt: AttemptId, answer: ReportAnswer): void {
    this.#adopted.forget(attempt);
    this.#own.acknowledge(attempt, answer);
  }

  alive(): readonly AttemptId[] {
    return [...this.#own.alive(), ...this.#adopted.ids()];
  }

  adopt(attempt: AttemptRow): boolean {
    return !this.#own.alive().includes(attempt.id) && this.#adopted.adopt(attempt);
  }
}
