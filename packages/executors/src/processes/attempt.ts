import type { AttemptOrder, AttemptOutcome, StopReason } from "@millrace/core";
import { AttemptLog } from "../logs/attempt-log.ts";
import type { LogStore } from "../logs/log-store.ts";
import type { SecretMask } from "../logs/secret-mask.ts";
import type { VersionPlace } from "./executor-options.ts";
import type { Worker } from "./worker.ts";

/** One attempt, from when it was asked for until its outcome is reported. */
export class Attempt {
  readonly order: AttemptOrder;
  /** Null while the version is being looked up. */
  place: VersionPlace | null = null;
  worker: Worker<Attempt> | null = null;
  /** When it was handed to its worker; queue time is not run time. Milliseconds since the epoch. */
  startedAtMs = 0;
  deadlineAtMs = Number.POSITIVE_INFINITY;
  /** Set once it is being stopped, with the time of the hard end. */
  stopping: { readonly reason: StopReason; readonly killAtMs: number } | null = null;
  /** How it ends whatever its worker says: decided here, before the worker was killed. */
  verdict: AttemptOutcome | null = null;
  isStartReported = false;
  isEnded = false;
  #log: AttemptLog | null = null;
  /** Asked before anything is written: see `ProcessExecutorOptions.isTrusted`. */
  readonly #isTrusted: () => boolean;
  #isGivenUp = false;

  constructor(order: AttemptOrder, isTrusted: () => boolean) {
    this.order = order;
    this.#isTrusted = isTrusted;
  }

  /** Others count it as ended: its log gets no more lines, whatever it still says. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#log?.discard();
  }

  /** The log, made when the first thing is said. */
  log(logs: LogStore, mask: SecretMask): AttemptLog {
    const { run, attempt } = this.order;
    this.#log ??= new AttemptLog(() => logs.writer({ run, attempt }), mask);
    this.#checkTrust();
    return this.#log;
  }

  flushLog(): void {
    this.#checkTrust();
    this.#log?.flush();
  }

  #checkTrust(): void {
    if (this.#isGivenUp || !this.#isTrusted()) this.giveUp();
  }

  closeLog(done: () => void): void {
    this.#checkTrust();
    if (this.#log === null) done();
    else this.#log.close(done);
  }
}
