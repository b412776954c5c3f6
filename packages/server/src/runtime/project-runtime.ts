import { randomUUID } from "node:crypto";
import {
  type AttemptId,
  type AttemptPlace,
  type BackfillId,
  type Command,
  type CommandAnswer,
  type CommandId,
  type Epoch,
  type EventRow,
  type ItemPath,
  isMillraceError,
  type Leadership,
  MillraceError,
  type RunId,
  type RunRow,
  type ServerRow,
  type Store,
  type StoredCommand,
  type VaultKind,
  type VersionId,
  type VersionManifest,
  type WorkerLabels,
} from "@millrace/core";
import type { ForecastTick } from "@millrace/core/time";
import {
  type EngineOptions,
  type EnginePorts,
  explainStored,
  planStored,
  poolsStored,
  type Repeat,
  type RepeatPlan,
  type RetryPlan,
  type RunningAttempt,
  retryStored,
} from "@millrace/engine";
import type { LogStore, SensorHosts } from "@millrace/executors";
import type { RemoteWorkers } from "@millrace/executors/remote";
import type { AlertDesk } from "../alerts/alert-desk.ts";
import { AlertService } from "../alerts/alert-service.ts";
import { Candidate } from "../leadership/candidate.ts";
import { isThere } from "../leadership/liveness.ts";
import type { Patience } from "../leadership/patience.ts";
import { Presence } from "../leadership/presence.ts";
import { StandingExecutor } from "../leadership/standing-executor.ts";
import type { TermParts } from "../leadership/term.ts";
import type { Troubles } from "../leadership/troubles.ts";
import type { Project } from "../project/project.ts";
import type { AttemptTokens } from "../security/attempt-tokens.ts";
import { recordOfCommand } from "../security/audit/command-record.ts";
import { commandOrigin, ProjectAudit } from "../security/audit/project-audit.ts";
import type { BuildResult } from "../versions/build-result.ts";
import type { Diagnostic } from "../versions/diagnostic.ts";
import type { MakeRemote } from "../workers/make-remote.ts";
import { seenExecutor } from "../workers/seen-executor.ts";
import { BuildNews } from "./build-news.ts";
import type { HostedDefinitions } from "./definitions.ts";
import { EventFeed } from "./event-feed.ts";
import { Failure } from "./failure.ts";
import { readOutput } from "./read-output.ts";
import type {
  CustomTicks,
  PoolOverview,
  Runtime,
  RuntimeNews,
  ServerOverview,
  SubmitOptions,
  WhyWaiting,
} from "./runtime.ts";
import { type TriedTrigger, type TriggerTry, tryTrigger } from "./try-trigger.ts";

/** All that a runtime is made of. */
export interface RuntimeParts {
  readonly project: Project;
  /** As the database gives it: what an engine works with, which must know of every failure. */
  readonly store: Store;
  readonly patience: Patience;
  readonly troubles: Troubles;
  readonly logs: LogStore;
  readonly definitions: HostedDefinitions;
  readonly sensors: SensorHosts;
  readonly build: BuildResult | null;
  readonly rebuild: () => Promise<BuildResult>;
  readonly actor: string;
  readonly role: "auto" | "reader";
  readonly kind: ServerRow["kind"];
  readonly pools: EngineOptions["pools"];
  readonly upkeep: NonNullable<EngineOptions["upkeep"]>;
  /** @param isTrusted whether the attempts here are still this process's own. */
  readonly makeExecutor: (isTrusted: () => boolean) => EnginePorts["executor"];
  /** Without what only a leader has. */
  readonly ports: Omit<EnginePorts, "leadership" | "executor">;
  /** What this process is, for tasks that ask for labels; null for one that runs whatever they ask for. */
  readonly labels: WorkerLabels | null;
  /** Makes what workers elsewhere connect to, for one term of leading. Null where none may. */
  readonly makeRemote: MakeRemote | null;
  readonly onNews: (news: RuntimeNews) => void;
  /** The value of a secret or a variable. */
  readonly attemptTokens: AttemptTokens;
  readonly readVault: (kind: VaultKind, name: string) => Promise<string>;
  /** When each was read last, by its kind and name: `secret shop-token`. */
  readonly vaultReads: ReadonlyMap<string, number>;
}

/** What is unfinished: runs, and commands without an answer. */
interface Inherited {
  readonly runs: readonly RunId[];
  readonly commands: readonly CommandId[];
}

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
  /** For everything but the engine. */
  readonly #store: Store;
  readonly audit: ProjectAudit;
  readonly #feed: EventFeed;
  readonly #presence: Presence;
  readonly #executor: StandingExecutor;
  readonly #candidate: Candidate | undefined;
  readonly #alerts: AlertService;
  readonly #builds: BuildNews;
  /** What there was before this process did anything. */
  #inherited: Inherited | undefined;
  #stopping: Promise<void> | undefined;
  /** Rejects once, when this process cannot go on. */
  readonly #failed = new Failure();

  constructor(parts: RuntimeParts) {
    this.#parts = parts;
    this.#store = parts.patience.wrap(parts.store);
    this.#builds = new BuildNews(parts.build);
    this.audit = new ProjectAudit(this.#store.audit);
    this.#feed = new EventFeed(this.#store, (error) => this.#fail(error));
    this.#presence = new Presence({
      servers: parts.store.servers,
      kind: parts.kind,
      beatsAlways: parts.project.database.kind !== "sqlite",
      troubles: parts.troubles,
    });
    this.#executor = new StandingExecutor(() => parts.makeExecutor(() => this.#presence.isTrusted()));
    this.#candidate = parts.role === "reader" ? undefined : this.#makeCandidate();
    this.#alerts = this.#makeAlerts();
  }

  /** On a database that several machines use, processes cannot be looked at. */
  get #allBeat(): boolean {
    return this.#parts.project.database.kind !== "sqlite";
  }

  #makeAlerts(): AlertService {
    const { ports, definitions, readVault, onNews } = this.#parts;
    return new AlertService({
      store: this.#store,
      clock: ports.clock,
      chance: ports.chance,
      versions: definitions,
      readVault,
      isLeading: () => this.#candidate?.term !== undefined,
      onNews,
    });
  }

  #makeCandidate(): Candidate {
    const { project, store, patience, troubles, actor, ports, pools, upkeep, onNews } = this.#parts;
    return new Candidate({
      store,
      presence: this.#presence,
      executor: this.#executor,
      patience,
      actor,
      term: {
        projectDir: project.dir,
        ports: { ...ports, executor: this.#executor },
        labels: this.#parts.labels,
        makeRemote: this.#makeRemote(),
        options: {
          pools,
          upkeep,
          schedules: this.#parts.kind === "server",
          onSchedules: (outlook) => onNews({ kind: "scheduling", outlook }),
          onCommitted: (events) => {
            this.#feed.emit(events);
            this.#alerts.take(events, this.#feed.last);
          },
          ...(patience.isEndless ? { patience: Number.POSITIVE_INFINITY } : {}),
          onTrouble: (error) => troubles.note("engine", error),
        },
      },
      onElected: async () => {
        await this.#feed.unfollow();
        this.#inherited ??= await this.#readUnfinished();
        return (await store.unfinishedRuns()).length;
      },
      onTermEnded: async () => {
        await this.#feed.follow();
        troubles.note("engine", null);
      },
      endHelpers: () => this.#endHelpers(),
      onNews,
      onFatal: (error) => this.#fail(error),
    });
  }

  /** Workers are written down in the store that waits for itself: a failure of it must not end a term. */
  #makeRemote(): TermParts["makeRemote"] {
    const { makeRemote, onNews } = this.#parts;
    if (makeRemote === null) return null;
    return (leadership, isElsewhere) =>
      makeRemote({ leadership, isElsewhere, server: this.#presence.id, servers: this.#store.servers, onNews });
  }

  get remoteWorkers(): RemoteWorkers | null {
    return this.#candidate?.term?.remote ?? null;
  }

  get attemptTokens(): AttemptTokens {
    return this.#parts.attemptTokens;
  }

  get project(): Project {
    return this.#parts.project;
  }

  get role(): Runtime["role"] {
    if (this.#candidate === undefined) return "reader";
    return this.#candidate.term === undefined ? "guest" : "leader";
  }

  get store(): Store {
    return this.#store;
  }

  get logs(): LogStore {
    return this.#parts.logs;
  }

  get build(): BuildResult | null {
    return this.#parts.build;
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#builds.diagnostics;
  }

  onBuild(listener: () => void): () => void {
    return this.#builds.on(listener);
  }

  async rebuild(): Promise<BuildResult> {
    const build = await this.#parts.rebuild();
    this.#builds.take(build);
    return build;
  }

  flows(version: VersionId): Promise<VersionManifest> {
    return this.#parts.definitions.flows(version);
  }

  readOutput(run: RunId, node: number, item: ItemPath): Promise<{ readonly value: unknown } | undefined> {
    return readOutput({ project: this.#parts.project, store: this.#store }, { run, node, item });
  }

  vaultReadMs(kind: VaultKind, name: string): number | null {
    return this.#parts.vaultReads.get(`${kind} ${name}`) ?? null;
  }

  async customTicks({ fromMs, count, ...schedule }: CustomTicks): Promise<readonly ForecastTick[]> {
    const found: ForecastTick[] = [];
    let afterMs = fromMs - 1;
    while (found.length < count) {
      const atMs = await this.#parts.definitions.nextTick({ ...schedule, afterMs });
      if (atMs === null) break;
      found.push({ atMs, window: { startMs: atMs, endMs: atMs }, notes: [] });
      afterMs = atMs;
    }
    return found;
  }

  tryTrigger(tried: TriggerTry): Promise<TriedTrigger> {
    const { definitions, sensors } = this.#parts;
    return tryTrigger({ definitions, sensors, store: this.#store }, tried);
  }

  /** Leads if nobody does; else waits for its turn beside the one who leads. */
  async start(): Promise<void> {
    await this.#candidate?.start();
    // Commands end with their runs: servers tell of them.
    if (this.#parts.kind === "server") this.#alerts.start();
  }

  /** Ends what runs here besides attempts. */
  async #endHelpers(): Promise<void> {
    await Promise.all([this.#parts.definitions.stop(), this.#parts.sensors.stop()]);
  }

  #fail(error: unknown): void {
    this.#failed.fail(error);
  }

  async submit(command: Command, options: SubmitOptions = {}): Promise<CommandAnswer> {
    const { id = randomUUID() as CommandId, actor = this.#parts.actor, signal } = options;
    signal?.throwIfAborted();
    const stored: StoredCommand = { id, actor, createdAtMs: Date.now(), command };
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(signal?.reason);
    signal?.addEventListener("abort", abort);
    try {
      const answer = await this.#failed.or(Promise.race([this.#ask(stored), aborted.promise]));
      if (options.isRecordedElsewhere !== true) await this.#record(stored, answer);
      return answer;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  async #record({ id, actor, command }: StoredCommand, answer: CommandAnswer): Promise<void> {
    const said = answer.ok ? recordOfCommand(command, answer) : undefined;
    if (said !== undefined) await this.audit.record({ ...said, actor, from: commandOrigin(), ref: id });
  }

  async #ask(command: StoredCommand): Promise<CommandAnswer> {
    const engine = this.#candidate?.term?.engine;
    if (engine === undefined) return await this.#leave(command);
    try {
      return await engine.submit(command);
    } catch (error) {
      // Whoever leads next answers, and the same command twice is one.
      if (this.#parts.patience.isEndless || isLeadershipLost(error)) return await this.#leave(command);
      throw error;
    }
  }

  /** Leaves a command in the store for whoever leads, or will. */
  async #leave(command: StoredCommand): Promise<CommandAnswer> {
    // Who listens for events must not miss those that the command makes.
    await this.#feed.begun;
    return await this.#whenAnswered(command.id, () => this.#store.insertCommand(command));
  }

  /** The answer to a command that is in the store, or that `begin` puts there. */
  async #whenAnswered(id: CommandId, begin?: () => Promise<void>): Promise<CommandAnswer> {
    const store = this.#store;
    const answered = Promise.withResolvers<CommandAnswer>();
    const look = oneAtATime(() =>
      store.findAnswer(id).then((answer) => {
        if (answer !== undefined) answered.resolve(answer);
      }, answered.reject),
    );
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
    const answers = await this.#failed.or(answered);
    return [
      ...new Set([...runs, ...answers.flatMap((answer) => (answer.ok && answer.run !== null ? [answer.run] : []))]),
    ];
  }

  async #readUnfinished(): Promise<Inherited> {
    const store = this.#store;
    const commands = await store.pendingCommands(Number.MAX_SAFE_INTEGER);
    return { runs: await store.unfinishedRuns(), commands: commands.map(({ id }) => id) };
  }

  onEvents(listener: (events: readonly EventRow[]) => void): () => void {
    this.#followIfGuest();
    return this.#feed.on(listener);
  }

  #followIfGuest(): void {
    if (this.#candidate?.term === undefined) this.#feed.follow().catch((error: unknown) => this.#fail(error));
  }

  async whenSettled(run: RunId): Promise<RunRow> {
    const settled = Promise.withResolvers<RunRow>();
    const look = oneAtATime(() =>
      this.#findRun(run).then((row) => {
        if (row.settled) settled.resolve(row);
      }, settled.reject),
    );
    this.#followIfGuest();
    const end = this.#feed.on((events) => {
      if (events.some((event) => event.run === run && LAST_EVENTS.has(event.type))) look();
    });
    try {
      await this.#feed.begun;
      look();
      return await this.#failed.or(settled.promise);
    } finally {
      end();
    }
  }

  async #findRun(id: RunId): Promise<RunRow> {
    const row = await this.#store.history.findRun(id);
    if (row !== undefined) return row;
    throw new MillraceError("UNKNOWN_RUN", `There is no run ${id}.`, { hint: "`millrace runs` lists them." });
  }

  async why(run: RunId): Promise<readonly WhyWaiting[]> {
    const engine = this.#candidate?.term?.engine;
    if (engine !== undefined) return engine.why(run);
    const { ports, pools } = this.#parts;
    const executor = seenExecutor(this.#executor, await this.#store.servers.listWorkers());
    return await explainStored({ ...ports, executor, leadership: NO_LEADERSHIP }, pools, run);
  }

  running(): readonly RunningAttempt[] | null {
    return this.#candidate?.term?.engine.running() ?? null;
  }

  placeOf(attempt: AttemptId): AttemptPlace | undefined {
    return this.#candidate?.term?.engine.placeOf(attempt);
  }

  async planRepeat(command: Repeat, actor = this.#parts.actor): Promise<RepeatPlan> {
    const engine = this.#candidate?.term?.engine;
    if (engine !== undefined) return engine.planRepeat(command, actor);
    const { ports, pools } = this.#parts;
    const executor = seenExecutor(this.#executor, await this.#store.servers.listWorkers());
    return await planStored({ ...ports, executor, leadership: NO_LEADERSHIP }, pools, { command, actor });
  }

  async planRetry(backfill: BackfillId, most: number, actor = this.#parts.actor): Promise<RetryPlan> {
    const asked = { backfill, actor, most };
    const engine = this.#candidate?.term?.engine;
    if (engine !== undefined) return engine.planRetry(asked);
    const { ports, pools } = this.#parts;
    const executor = seenExecutor(this.#executor, await this.#store.servers.listWorkers());
    return await retryStored({ ...ports, executor, leadership: NO_LEADERSHIP }, pools, asked);
  }

  async pools(waiters: number): Promise<readonly PoolOverview[]> {
    const engine = this.#candidate?.term?.engine;
    if (engine !== undefined) return engine.pools(waiters);
    const { ports, pools } = this.#parts;
    return await poolsStored({ ...ports, executor: this.#executor, leadership: NO_LEADERSHIP }, pools, waiters);
  }

  get alerts(): AlertDesk {
    return this.#alerts.desk;
  }

  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  async servers(): Promise<ServerOverview> {
    const leader = (await this.#store.findLeader()) ?? null;
    const servers = await this.#store.servers.list();
    const workers = await this.#store.servers.listWorkers();
    return {
      leader,
      workers,
      servers: servers.map((server) => ({ ...server, isThere: isThere(server, this.#allBeat) })),
    };
  }

  async handOver(drainMs: number): Promise<void> {
    await this.#candidate?.handOver(drainMs);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#parts.patience.end();
    await this.#alerts.stop();
    await this.#candidate?.stop();
    await this.#feed.stop();
    await this.#endHelpers();
    await this.#parts.store.close();
  }
}

function isLeadershipLost(error: unknown): boolean {
  return isMillraceError(error) && error.code === "LEADERSHIP_LOST";
}

/** Looks that are asked for during a look are one more after it: a store that is slow to answer is not asked in heaps. */
function oneAtATime(look: () => Promise<void>): () => void {
  let isLooking = false;
  let again = false;
  return function begin(): void {
    again = isLooking;
    if (isLooking) return;
    isLooking = true;
    void look().finally(() => {
      isLooking = false;
      if (again) begin();
    });
  };
}
