import {
  type AttemptId,
  type AttemptOutcome,
  type AttemptReport,
  type CommandId,
  errorInfo,
  isFinalAttemptState,
  type Store,
} from "@millrace/core";
import { SILENT_MS } from "./liveness.ts";
import type { Presence } from "./presence.ts";
import type { StandingExecutor } from "./standing-executor.ts";

/** How often to look in the store what is wanted of the attempts, when nothing calls earlier; in milliseconds. */
const LOOK_MS = 1_000;
/** Two looks are at least so far apart, in milliseconds. */
const BETWEEN_LOOKS_MS = 50;
/** Others start the attempts again when this server was silent for long; before that, they are ended here. */
const END_AFTER_SILENCE_MS = 0.7 * SILENT_MS;

export interface HeldAttemptsOptions {
  readonly store: Store;
  readonly executor: StandingExecutor;
  readonly presence: Presence;
  /** Who says what the attempts say. */
  readonly actor: string;
  /** What is left cannot be kept: the store was out of reach for too long. */
  readonly onTooLate: () => Promise<void>;
}

/**
 * Attempts of a server that does not lead any more. They run on: what they say goes into the store as commands for
 * whoever leads, and what their rows say is done to them here. The rows need no answer of their own: a row that is
 * `stopping` asks for the end of its attempt, and a final one answers its last report.
 */
export class HeldAttempts {
  readonly #options: HeldAttemptsOptions;
  readonly #outbox: AttemptReport[] = [];
  #sending: Promise<void> | undefined;
  /** How they ended, once that is in the store. */
  readonly #told = new Map<AttemptId, AttemptOutcome["state"]>();
  readonly #cancelled = new Set<AttemptId>();
  /** The next leader counts them as lost or ended: nobody wants to hear of them. */
  readonly #gone = new Set<AttemptId>();
  #isOverdue = false;
  #dataReports = 0;
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #stopWatching: (() => void) | undefined;
  #state: "new" | "running" | "stopped" = "new";
  readonly #ended = Promise.withResolvers<void>();

  constructor(options: HeldAttemptsOptions) {
    this.#options = options;
  }

  /** @param unapplied what was said before and not heard by an engine. */
  async start(unapplied: readonly AttemptReport[]): Promise<void> {
    const { executor, store } = this.#options;
    this.#state = "running";
    for (const report of unapplied) this.#take(report);
    await executor.start((report) => this.#take(report));
    this.#stopWatching = store.watch(() => this.#lookSoon());
    this.#timer = setInterval(() => this.#tick(), LOOK_MS).unref();
    this.#lookSoon();
    this.#endWhenDone();
  }

  /** The attempts that are still to end, or to be told of. */
  get left(): readonly AttemptId[] {
    return this.#options.executor.alive().filter((attempt) => !this.#told.has(attempt) && !this.#gone.has(attempt));
  }

  /** Resolves when every attempt has ended and its outcome is in the store. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Asks all to end. They are tried again by the next leader, at no cost to their tasks. */
  cancelAll(): void {
    this.#isOverdue = true;
    for (const attempt of this.left) this.#options.executor.cancelAttempt(attempt, "cancelled");
  }

  /** Sees to them no longer. What is not sent is lost, unless an engine of this server hears it again. */
  async stop(): Promise<void> {
    this.#state = "stopped";
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#stopWatching?.();
    this.#ended.resolve();
    await Promise.allSettled([this.#looking, this.#sending]);
  }

  #take(report: AttemptReport): void {
    if (this.#state !== "running" || report.kind === "started") return;
    if (report.kind === "ended" && this.#gone.has(report.attempt)) {
      this.#options.executor.acknowledge(report.attempt, "gone");
      this.#endWhenDone();
      return;
    }
    if (report.kind === "ended" && this.#isInOutbox(report.attempt)) return;
    this.#outbox.push(report.kind === "ended" ? { ...report, outcome: this.#outcomeOf(report.outcome) } : report);
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
  }

  #isInOutbox(attempt: AttemptId): boolean {
    return this.#told.has(attempt) || this.#outbox.some((one) => one.kind === "ended" && one.attempt === attempt);
  }

  /** One that was ended here, because this server could wait no longer, was not cancelled by anybody. */
  #outcomeOf(outcome: AttemptOutcome): AttemptOutcome {
    if (!this.#isOverdue || outcome.state !== "cancelled") return outcome;
    const error = errorInfo("PROCESS_DIED", "the server that ran this attempt was stopped");
    return { state: "lost", error, spendsCrashBudget: false };
  }

  /** In their order: what an attempt said of its data comes before its end. */
  async #send(): Promise<void> {
    const { store, presence, actor } = this.#options;
    for (let report = this.#outbox[0]; report !== undefined; report = this.#outbox[0]) {
      const id = this.#commandIdOf(report);
      const command = { kind: "report_attempt", report } as const;
      while (this.#state === "running") {
        try {
          await store.insertCommand({ id, actor, createdAtMs: Date.now(), command });
          break;
        } catch {
          // The database is away. There is nothing better to do than to try again.
          await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        }
      }
      // It was thrown away meanwhile, with all others.
      if (this.#state !== "running" || this.#outbox.shift() === undefined) return;
      if (report.kind !== "ended") continue;
      this.#told.set(report.attempt, report.outcome.state);
      presence.say({ held: this.left }).catch(() => undefined);
      this.#endWhenDone();
    }
  }

  #commandIdOf(report: AttemptReport): CommandId {
    if (report.kind === "ended") return `attempt:${report.attempt}` as CommandId;
    this.#dataReports += 1;
    return `attempt:${report.attempt}/${this.#options.presence.id}/${this.#dataReports}` as CommandId;
  }

  #tick(): void {
    if (this.#options.presence.silentMs > END_AFTER_SILENCE_MS && this.left.length > 0) {
      // Whatever they say now comes too late.
      for (const attempt of this.left) this.#gone.add(attempt);
      this.#outbox.length = 0;
      void this.#options.onTooLate().finally(() => this.#endWhenDone());
      return;
    }
    this.#lookSoon();
  }

  #lookSoon(): void {
    if (this.#soon !== undefined || this.#state !== "running") return;
    this.#soon = setTimeout(() => {
      this.#looking = this.#look()
        // The database is away; the next tick looks again.
        .catch(() => undefined)
        .finally(() => {
          this.#soon = undefined;
          this.#looking = undefined;
        });
    }, BETWEEN_LOOKS_MS);
  }

  /** Does what the rows say. */
  async #look(): Promise<void> {
    const { executor, store } = this.#options;
    for (const attempt of executor.alive()) {
      const run = executor.runOf(attempt);
      if (run === undefined || this.#gone.has(attempt)) continue;
      const row = await store.findAttempt(run, attempt);
      if (this.#state !== "running") return;
      if (row === undefined || isFinalAttemptState(row.state)) this.#answer(attempt, row?.state);
      else if (row.state === "stopping" && !this.#cancelled.has(attempt)) {
        this.#cancelled.add(attempt);
        executor.cancelAttempt(attempt, "cancelled");
      }
    }
    this.#endWhenDone();
  }

  #answer(attempt: AttemptId, state: string | undefined): void {
    const isRecorded = this.#told.get(attempt) === state;
    if (!isRecorded) this.#gone.add(attempt);
    this.#options.executor.acknowledge(attempt, isRecorded ? "recorded" : "gone");
  }

  #endWhenDone(): void {
    if (this.#outbox.length === 0 && this.left.length === 0) this.#ended.resolve();
  }
}
