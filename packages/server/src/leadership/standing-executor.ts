import { hostname } from "node:os";
import type {
  AttemptId,
  AttemptOrder,
  AttemptPlace,
  AttemptReport,
  Executor,
  ReportAnswer,
  ResourcePolicy,
  RunId,
  StopReason,
} from "@millrace/core";

/** What is started in this process's own children is at this process. */
const HERE: AttemptPlace = { worker: null, host: hostname(), pid: process.pid };

/**
 * The executor of a server, for as long as the server lives. It outlasts each term of leading: who leads listens to it,
 * and after him whoever sees to the attempts that he left.
 */
export class StandingExecutor implements Executor {
  readonly #make: () => Executor;
  #inner: Executor | undefined;
  #stopping: Promise<void> = Promise.resolve();
  #onReport: (report: AttemptReport) => void = () => undefined;
  readonly #kept: AttemptReport[] = [];
  readonly #runs = new Map<AttemptId, RunId>();

  /** @param make makes an executor; the next one after each `stop`. */
  constructor(make: () => Executor) {
    this.#make = make;
  }

  get capacity(): number {
    return this.#running().capacity;
  }

  get resources(): ResourcePolicy | undefined {
    return this.#running().resources;
  }

  /** Begins, or hands over to another listener. Ends that nobody has acknowledged are told again. */
  async start(onReport: (report: AttemptReport) => void): Promise<void> {
    this.#onReport = onReport;
    for (const report of this.#kept.splice(0)) onReport(report);
    // Nothing new starts beside what is being ended.
    await this.#stopping;
    await this.#running().start((report) => this.#onReport(report));
  }

  /** Keeps what is said for the next listener: the one there was hears nothing more. */
  keepReports(): void {
    this.#onReport = (report) => this.#kept.push(report);
  }

  /** Ends every attempt and every process. The next start is a new beginning. */
  stop(): Promise<void> {
    const inner = this.#inner;
    this.#inner = undefined;
    this.#runs.clear();
    this.#kept.length = 0;
    if (inner !== undefined) this.#stopping = this.#stopping.then(() => inner.stop());
    return this.#stopping;
  }

  startAttempt(order: AttemptOrder): void {
    this.#runs.set(order.attempt, order.run);
    this.#inner?.startAttempt(order);
  }

  cancelAttempt(attempt: AttemptId, reason: StopReason): void {
    this.#inner?.cancelAttempt(attempt, reason);
  }

  acknowledge(attempt: AttemptId, answer: ReportAnswer): void {
    this.#inner?.acknowledge(attempt, answer);
    // One that is gone may still run, until it is dead.
    if (answer === "recorded" || !this.alive().includes(attempt)) this.#runs.delete(attempt);
  }

  alive(): readonly AttemptId[] {
    return this.#inner?.alive() ?? [];
  }

  placeOf(attempt: AttemptId): AttemptPlace | undefined {
    return this.#runs.has(attempt) ? HERE : undefined;
  }

  /** The run of an attempt that lives here. */
  runOf(attempt: AttemptId): RunId | undefined {
    return this.#runs.get(attempt);
  }

  #running(): Executor {
    this.#inner ??= this.#make();
    return this.#inner;
  }
}
