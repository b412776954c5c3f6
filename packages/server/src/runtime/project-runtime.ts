import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import {
  type Command,
  type CommandAnswer,
  type CommandId,
  type Epoch,
  type EventRow,
  type ItemPath,
  type Leadership,
  MillraceError,
  type RunId,
  type RunRow,
  type Store,
  type StoredCommand,
  type VersionId,
  type VersionManifest,
} from "@millrace/core";
import { Engine, type EngineOptions, type EnginePorts, explainStored } from "@millrace/engine";
import { type LogStore, sweepDeadExecutors } from "@millrace/executors";
import type { Project } from "../project/project.ts";
import type { BuildResult } from "../versions/build-result.ts";
import type { HostedDefinitions } from "./definitions.ts";
import { EventFeed } from "./event-feed.ts";
import { readOutput } from "./read-output.ts";
import type { Runtime, SubmitOptions, WhyWaiting } from "./runtime.ts";

/** All that a runtime is made of. */
export interface RuntimeParts {
  readonly project: Project;
  readonly store: Store;
  readonly logs: LogStore;
  readonly definitions: HostedDefinitions;
  readonly build: BuildResult | null;
  readonly actor: string;
  readonly role: "auto" | "reader";
  readonly pools: EngineOptions["pools"];
  /** Without what only a leader has. */
  readonly ports: Omit<EnginePorts, "leadership">;
}

/** What is unfinished: runs, and commands without an answer. */
interface Inherited {
  readonly runs: readonly RunId[];
  readonly commands: readonly CommandId[];
}

/** How often a guest tries to lead, in milliseconds: the lock says nothing when it becomes free. */
const TRY_TO_LEAD_MS = 250;
/** How often to look for an answer that nothing else announces: one that changed nothing, given by this process. */
const LOOK_FOR_ANSWER_MS = 250;
/** Events after which a run may have settled. */
const LAST_EVENTS = new Set<EventRow["type"]>(["run.finished", "hook.finished"]);

/** For looking only: nothing is written with it. */
const NO_LEADERSHIP: Leadership = {
  epoch: 0 as Epoch,
  isTrusted: () => false,
  lost: new Promise(() => undefined),
  release: async () => undefined,
};

export class ProjectRuntime implements Runtime {
  readonly #parts: RuntimeParts;
  readonly #feed: EventFeed;
  #role: Runtime["role"];
  #leadership: Leadership | undefined;
  #engine: Engine | undefined;
  /** What there was before this process did anything. */
  #inherited: Inherited | undefined;
  #retry: NodeJS.Timeout | undefined;
  #leading: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  /** Rejects once, when the engine of this process cannot go on. */
  readonly #failed = Promise.withResolvers<never>();

  constructor(parts: RuntimeParts) {
    this.#parts = parts;
    this.#feed = new EventFeed(parts.store);
    this.#role = parts.role === "reader" ? "reader" : "guest";
    // Those who wait hear of it; when nobody does, it is no unhandled failure.
    this.#failed.promise.catch(() => undefined);
  }

  get project(): Project {
    return this.#parts.project;
  }

  get role(): Runtime["role"] {
    return this.#role;
  }

  get store(): Store {
    return this.#parts.store;
  }

  get logs(): LogStore {
    return this.#parts.logs;
  }

  get build(): BuildResult | null {
    return this.#parts.build;
  }

  flows(version: VersionId): Promise<VersionManifest> {
    return this.#parts.definitions.flows(version);
  }

  readOutput(run: RunId, node: number, item: ItemPath): Promise<{ readonly value: unknown } | undefined> {
    return readOutput(this.#parts, { run, node, item });
  }

  /** Leads if nobody does; else waits for its turn beside the one who leads. */
  async start(): Promise<void> {
    if (this.#role === "reader") return;
    await this.#tryToLead();
  }

  async #tryToLead(): Promise<void> {
    if (this.#stopping !== undefined) return;
    this.#leadership = await this.#parts.store.lead(`${hostname()}:${process.pid}`);
    if (this.#leadership === undefined) {
      this.#retry = setTimeout(() => {
        this.#leading = this.#tryToLead().catch((error: unknown) => this.#fail(error));
      }, TRY_TO_LEAD_MS);
      return;
    }
    const { project, ports, pools } = this.#parts;
    // What the leader before left running must not go on beside what is started now.
    await sweepDeadExecutors(project.dir);
    await this.#feed.unfollow();
    this.#inherited ??= await this.#readUnfinished();
    const engine = new Engine(
      { ...ports, leadership: this.#leadership },
      { pools, onCommitted: (events) => this.#feed.emit(events), onFatal: (error) => this.#fail(error) },
    );
    await engine.start();
    this.#engine = engine;
    this.#role = "leader";
  }

  #fail(error: unknown): void {
    this.#failed.reject(error);
  }

  async submit(command: Command, options: SubmitOptions = {}): Promise<CommandAnswer> {
    const { id = randomUUID() as CommandId, signal } = options;
    signal?.throwIfAborted();
    const stored: StoredCommand = { id, actor: this.#parts.actor, createdAtMs: Date.now(), command };
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(signal?.reason);
    signal?.addEventListener("abort", abort);
    try {
      const answered = this.#engine === undefined ? this.#leave(stored) : this.#engine.submit(stored);
      return await Promise.race([answered, aborted.promise, this.#failed.promise]);
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Leaves a command in the store for whoever leads, or will. */
  async #leave(command: StoredCommand): Promise<CommandAnswer> {
    // Who listens for events must not miss those that the command makes.
    await this.#feed.begun;
    return await this.#whenAnswered(command.id, () => this.#parts.store.insertCommand(command));
  }

  /** The answer to a command that is in the store, or that `begin` puts there. */
  async #whenAnswered(id: CommandId, begin?: () => Promise<void>): Promise<CommandAnswer> {
    const { store } = this.#parts;
    const answered = Promise.withResolvers<CommandAnswer>();
    const look = () => {
      store.findAnswer(id).then((answer) => {
        if (answer !== undefined) answered.resolve(answer);
      }, answered.reject);
    };
    // Answers of this process's own engine make events; those of another change the store.
    const timer = setInterval(look, LOOK_FOR_ANSWER_MS);
    const ends = [store.watch(look), this.#feed.on(look), () => clearInterval(timer)];
    try {
      await begin?.();
      look();
      return await answered.promise;
    } finally {
      for (const end of ends) end();
    }
  }

  async inheritedRuns(): Promise<readonly RunId[]> {
    const { runs, commands } = this.#inherited ?? (await this.#readUnfinished());
    const answered = Promise.all(commands.map((id) => this.#whenAnswered(id)));
    const answers = await Promise.race([answered, this.#failed.promise]);
    return [...new Set([...runs, ...answers.flatMap((answer) => (answer.ok ? [answer.run] : []))])];
  }

  async #readUnfinished(): Promise<Inherited> {
    const { store } = this.#parts;
    const commands = await store.pendingCommands(Number.MAX_SAFE_INTEGER);
    return { runs: await store.unfinishedRuns(), commands: commands.map(({ id }) => id) };
  }

  onEvents(listener: (events: readonly EventRow[]) => void): () => void {
    this.#followIfGuest();
    return this.#feed.on(listener);
  }

  #followIfGuest(): void {
    if (this.#engine === undefined) this.#feed.follow().catch((error: unknown) => this.#fail(error));
  }

  async whenSettled(run: RunId): Promise<RunRow> {
    const settled = Promise.withResolvers<RunRow>();
    const look = () => void this.#findRun(run).then((row) => row.settled && settled.resolve(row), settled.reject);
    this.#followIfGuest();
    const end = this.#feed.on((events) => {
      if (events.some((event) => event.run === run && LAST_EVENTS.has(event.type))) look();
    });
    try {
      await this.#feed.begun;
      look();
      return await Promise.race([settled.promise, this.#failed.promise]);
    } finally {
      end();
    }
  }

  async #findRun(id: RunId): Promise<RunRow> {
    const row = await this.#parts.store.history.findRun(id);
    if (row !== undefined) return row;
    throw new MillraceError("UNKNOWN_RUN", `There is no run ${id}.`, { hint: "`millrace runs` lists them." });
  }

  async why(run: RunId): Promise<readonly WhyWaiting[]> {
    if (this.#engine !== undefined) return this.#engine.why(run);
    const { ports, pools } = this.#parts;
    return await explainStored({ ...ports, leadership: NO_LEADERSHIP }, pools, run);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#retry);
    await this.#leading;
    await this.#engine?.stop();
    await this.#feed.stop();
    await this.#parts.definitions.stop();
    await this.#leadership?.release();
    await this.#parts.store.close();
  }
}
