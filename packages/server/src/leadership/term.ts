import type { AttemptId, AttemptReport, Leadership, MillraceError, WorkerLabels } from "@millrace/core";
import { Engine, type EngineOptions, type EnginePorts } from "@millrace/engine";
import { sweepDeadExecutors } from "@millrace/executors";
import type { RemoteWorkers } from "@millrace/executors/remote";
import { AdoptedAttempts } from "./adopted-attempts.ts";
import type { Presence } from "./presence.ts";
import { TermExecutor } from "./term-executor.ts";

export interface TermParts {
  readonly leadership: Leadership;
  readonly presence: Presence;
  readonly projectDir: string;
  /** Without what belongs to one term; `executor` is the server's own. */
  readonly ports: Omit<EnginePorts, "leadership">;
  readonly options: Omit<EngineOptions, "onFatal">;
  /** What this server is, for tasks that ask for labels; null for one that runs whatever they ask for. */
  readonly labels: WorkerLabels | null;
  /** Makes what workers elsewhere connect to. Null where none may. */
  readonly makeRemote: ((leadership: Leadership, isElsewhere: (attempt: AttemptId) => boolean) => RemoteWorkers) | null;
  /** Told how many attempts go on with other servers, when there are some. */
  readonly onAdopted: (attempts: number) => void;
}

/** A commit that does not come back is not waited for longer, in milliseconds: what becomes of it the next leader sees. */
const LAST_COMMIT_MS = 2_000;

/** One time of leading, from the lease to its end: an engine, and what it works with. */
export class Term {
  readonly #parts: TermParts;
  readonly #adopted: AdoptedAttempts;
  readonly #remote: RemoteWorkers | null;
  readonly #engine: Engine;
  readonly #ended = Promise.withResolvers<MillraceError>();

  private constructor(parts: TermParts) {
    const { leadership, presence, projectDir, ports, options, onAdopted, labels } = parts;
    this.#parts = parts;
    this.#adopted = new AdoptedAttempts({
      store: ports.store,
      projectDir,
      self: presence.id,
      epoch: leadership.epoch,
      onAdopted,
    });
    this.#remote = parts.makeRemote?.(leadership, (attempt) => this.#adopted.has(attempt)) ?? null;
    const { executor: own } = ports;
    const executor = new TermExecutor({ own, labels, adopted: this.#adopted, remote: this.#remote });
    this.#engine = new Engine(
      { ...ports, executor, leadership },
      { ...options, onFatal: (error) => this.#ended.resolve(error) },
    );
  }

  /** Takes the work up. When that fails, the leadership is given back. */
  static async begin(parts: TermParts): Promise<Term> {
    const term = new Term(parts);
    try {
      await term.#begin();
      return term;
    } catch (error) {
      await term.retire();
      await parts.leadership.release();
      throw error;
    }
  }

  async #begin(): Promise<void> {
    const { leadership, presence, projectDir, ports } = this.#parts;
    // Attempts of former terms that still run here stay with this server; others find them by their epochs.
    const epochs = ports.executor.alive().length === 0 ? [] : presence.row.epochs;
    await presence.say({ role: "leading", epochs: [...epochs, leadership.epoch], held: null });
    // What a dead leader left running must not go on beside what is started now.
    await Promise.all([sweepDeadExecutors(projectDir), this.#adopted.look()]);
    const workers = await ports.store.servers.listWorkers();
    this.#remote?.expect(workers.map(({ id }) => id));
    await this.#engine.start();
  }

  get engine(): Engine {
    return this.#engine;
  }

  /** Workers elsewhere. Null where none may connect. */
  get remote(): RemoteWorkers | null {
    return this.#remote;
  }

  /** Resolves with the reason when the engine cannot go on. */
  get ended(): Promise<MillraceError> {
    return this.#ended.promise;
  }

  /** Stops acting and leaves alone what runs. Gives what was said by attempts and not applied. The lease stays. */
  async retire(): Promise<readonly AttemptReport[]> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<readonly AttemptReport[]>((resolve) => {
      timer = setTimeout(() => resolve([]), LAST_COMMIT_MS);
    });
    try {
      return await Promise.race([this.#engine.retire(), tooLong]);
    } finally {
      clearTimeout(timer);
      await this.#adopted.stop();
      await this.#remote?.stop();
    }
  }

  /** Stops acting and ends what runs here, at no cost to the tasks. */
  async stop(): Promise<void> {
    await this.#engine.stop();
    await this.#parts.leadership.release();
  }
}
