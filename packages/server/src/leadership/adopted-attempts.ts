import {
  type AttemptId,
  type AttemptReport,
  type AttemptRow,
  type Epoch,
  errorInfo,
  type KnownServer,
  type ServerId,
  type Store,
} from "@millrace/core";
import { lookAtProcess, sweepExecutorsOf } from "@millrace/executors";
import { keepsAttempts } from "./liveness.ts";

/** How often the servers that hold adopted attempts are looked at, in milliseconds. */
const LOOK_MS = 1_000;
/** A server that was silent for so long is forgotten: whoever else lives has seen that it is gone. */
const FORGET_MS = 10 * 60 * 1_000;

export interface AdoptedAttemptsOptions {
  readonly store: Store;
  readonly projectDir: string;
  /** This server. */
  readonly self: ServerId;
  /** The epoch in which this server leads now. */
  readonly epoch: Epoch;
  /** Told how many attempts go on with other servers, when there are some. */
  readonly onAdopted: (attempts: number) => void;
}

/**
 * Attempts that other servers run, as their new leader sees them. What they say comes as commands of the store, which
 * the engine applies itself; here is only known who holds which, and that it still lives.
 */
export class AdoptedAttempts {
  readonly #options: AdoptedAttemptsOptions;
  readonly #adopted = new Map<AttemptId, AttemptRow>();
  /** Others that live. */
  #servers: readonly KnownServer[] = [];
  /** Attempts whose outcome is in the store and not applied yet. */
  #reported: ReadonlySet<AttemptId> = new Set();
  /** Adopted, and nobody was told. */
  #uncounted = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #onReport: (report: AttemptReport) => void = () => undefined;

  constructor(options: AdoptedAttemptsOptions) {
    this.#options = options;
  }

  /** Learns who lives. Before anything is adopted. */
  async look(): Promise<void> {
    const { store, self } = this.#options;
    // In this order: an outcome is in the store before its server stops to hold the attempt.
    const others = (await store.servers.list()).filter(({ id }) => id !== self);
    const commands = await store.pendingCommands(Number.MAX_SAFE_INTEGER);
    this.#servers = others.filter(keepsAttempts);
    this.#reported = new Set(
      commands.flatMap(({ command }) =>
        command.kind === "report_attempt" && command.report.kind === "ended" ? [command.report.attempt] : [],
      ),
    );
    await this.#tidy(others.filter((server) => !keepsAttempts(server)));
  }

  start(onReport: (report: AttemptReport) => void): void {
    this.#onReport = onReport;
    this.#timer ??= setInterval(() => this.#watch(), LOOK_MS).unref();
  }

  /** Comes back when nothing is under way any more. Twice is fine. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#onReport = () => undefined;
    this.#adopted.clear();
    await this.#looking;
  }

  /** Takes an attempt over, if somebody has it. */
  adopt(attempt: AttemptRow): boolean {
    if (!this.#isHeld(attempt)) return false;
    this.#adopted.set(attempt.id, attempt);
    // All are adopted in one turn of the engine.
    this.#uncounted += 1;
    if (this.#uncounted === 1) {
      setImmediate(() => {
        this.#options.onAdopted(this.#uncounted);
        this.#uncounted = 0;
      });
    }
    return true;
  }

  forget(attempt: AttemptId): void {
    this.#adopted.delete(attempt);
  }

  has(attempt: AttemptId): boolean {
    return this.#adopted.has(attempt);
  }

  ids(): Iterable<AttemptId> {
    return this.#adopted.keys();
  }

  #isHeld({ id, epoch }: AttemptRow): boolean {
    if (this.#reported.has(id)) return true;
    return this.#servers.some(({ held, epochs }) => (held === null ? epochs.includes(epoch) : held.includes(id)));
  }

  #watch(): void {
    if (this.#adopted.size === 0 || this.#looking !== undefined) return;
    this.#looking = this.#lookForLost()
      // A database that is away says nothing about the others. The next look will.
      .catch(() => undefined)
      .finally(() => {
        this.#looking = undefined;
      });
  }

  async #lookForLost(): Promise<void> {
    await this.look();
    const error = errorInfo("PROCESS_DIED", "the server that ran this attempt has gone");
    const outcome = { state: "lost", error, spendsCrashBudget: false } as const;
    for (const attempt of this.#adopted.values()) {
      if (this.#isHeld(attempt)) continue;
      const { id, run } = attempt;
      this.#onReport({ kind: "ended", run, attempt: id, epoch: this.#options.epoch, atMs: Date.now(), outcome });
    }
  }

  /** Of servers that lost their attempts, what they may have left on this machine, and in time their rows. */
  async #tidy(gone: readonly KnownServer[]): Promise<void> {
    const { store, projectDir } = this.#options;
    for (const server of gone) {
      const seen = lookAtProcess(server.process);
      if (seen === "dead" || (seen === "unknown" && server.silentMs > FORGET_MS)) await store.servers.remove(server.id);
      else if (server.held === null ? server.role === "leading" : server.held.length > 0)
        await sweepExecutorsOf(projectDir, server.process);
    }
  }
}
