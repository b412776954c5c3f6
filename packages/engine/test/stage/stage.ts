import {
  type AttemptOrder,
  answeredRun,
  type BackfillId,
  type Changes,
  type Command,
  type CommandAnswer,
  type CommandId,
  type EventRow,
  type Executor,
  encode,
  type FlowSpec,
  type Leadership,
  type MarkState,
  type MillraceError,
  type PoolConfig,
  type RerunSelection,
  type ResourcePolicy,
  type RunClass,
  type RunId,
  type RunSelection,
  type Sensors,
  type VersionId,
  type Window,
} from "@millrace/core";
import { Engine, type Repeat, type RetryPlan, type UpkeepOptions, type WaitReason } from "@millrace/engine";
import { InProcessExecutor, openTemporaryStore, type TemporaryStore, VirtualClock } from "@millrace/testing";
import { onTestFinished } from "vitest";
import { bodyOf, type Play } from "./calls.ts";
import { type DefinitionFunctions, PlainDefinitions, versionId } from "./plain-definitions.ts";
import { type RunView, readRunView } from "./run-view.ts";
import { type CommitHook, watchedStore } from "./watched-store.ts";

export interface StageSetup {
  readonly flows: readonly FlowSpec[];
  /** By the task's id; `id on success` for hooks. A task without one gives its own label. */
  readonly plays?: Readonly<Record<string, Play>>;
  readonly pools?: Readonly<Record<string, number | PoolConfig>>;
  /** Of the machine. Defaults to more than anybody asks for. */
  readonly resources?: ResourcePolicy;
  readonly capacity?: number;
  readonly crashBudget?: number;
  readonly patience?: number;
  readonly functions?: DefinitionFunctions;
  readonly commits?: CommitHook;
  readonly upkeep?: UpkeepOptions;
  /** Whether the engine acts for schedules and triggers. Defaults to no. */
  readonly schedules?: boolean;
  readonly sensors?: Sensors;
  /** What the engine gets as its executor. Defaults to the one that calls plays. */
  readonly wrapExecutor?: (executor: InProcessExecutor) => Executor;
}

export interface RequestOptions {
  readonly params?: unknown;
  readonly window?: Window;
  readonly selection?: RunSelection;
  readonly version?: VersionId;
  readonly idempotencyKey?: string;
  readonly class?: RunClass;
}

/** A store on real files, an engine on it, and workers that the test plays; time passes when the stage says so. */
export class Stage {
  readonly clock = new VirtualClock();
  readonly place: TemporaryStore;
  readonly definitions: PlainDefinitions;
  /** Labels of the attempts that were started, in order. */
  readonly started: string[] = [];
  /** What was published, in order. */
  readonly events: EventRow[] = [];
  readonly fatal: MillraceError[] = [];
  /** When the store began to fail, and when it worked again. */
  readonly troubles: string[] = [];
  executor!: InProcessExecutor;
  engine!: Engine;
  commits = 0;
  /** A commit was refused, and the engine waits before it goes on. */
  paused = false;
  /** A commit hook has stopped the engine in the middle of a commit; nothing of it will ever go on. */
  frozen = false;
  readonly #setup: StageSetup;
  readonly #specs = new Map<string, FlowSpec>();
  #leadership: Leadership | undefined;
  #commands = 0;
  /** Servers that came and went. */
  #life = 0;
  #chance = 1;
  #closed = false;

  constructor(place: TemporaryStore, setup: StageSetup) {
    this.place = place;
    this.#setup = setup;
    this.definitions = new PlainDefinitions(setup.functions ?? {});
  }

  /** Makes a version of these flows the active one. */
  async activate(version: number, flows: readonly FlowSpec[], codeHash = `code ${version}`): Promise<void> {
    const { store } = this.place;
    const id = versionId(version);
    const manifest = this.definitions.add(id, flows, codeHash);
    for (const flow of flows) this.#specs.set(`${id}/${flow.name}`, flow);
    await store.saveVersion({ id, createdAtMs: this.clock.now(), manifest, dependencies: {}, files: [] });
    await store.activateVersion(id, this.clock.now());
  }

  /** Starts an engine; with `executor`, one that was there before and kept its attempts. */
  async startEngine(executor?: InProcessExecutor): Promise<void> {
    const { store, artifacts } = this.place;
    const leadership = await store.lead("stage");
    if (leadership === undefined) throw new Error("somebody else leads");
    this.#leadership = leadership;
    const life = this.#life;
    const body = bodyOf(this.#setup.plays ?? {}, (order) => this.idOf(order), artifacts);
    this.executor =
      executor ??
      new InProcessExecutor(
        this.clock,
        { capacity: this.#setup.capacity ?? 8, resources: this.#setup.resources },
        (order, control) => {
          this.started.push(order.label);
          return body(order, control);
        },
      );
    const ports = {
      clock: this.clock,
      chance: () => this.#draw(),
      soon: setImmediate,
      store: watchedStore(store, {
        commit: (changes, really) => (life === this.#life ? this.#commit(changes, really) : NEVER),
        read: () => this.#read(),
      }),
      leadership,
      executor: this.#setup.wrapExecutor?.(this.executor) ?? this.executor,
      definitions: this.definitions,
      artifacts,
      ...(this.#setup.sensors === undefined ? {} : { sensors: this.#setup.sensors }),
    };
    const { crashBudget, patience, upkeep, schedules, pools = {} } = this.#setup;
    this.engine = new Engine(ports, {
      pools,
      watchdogMs: null,
      ...(crashBudget === undefined ? {} : { crashBudget }),
      ...(patience === undefined ? {} : { patience }),
      ...(upkeep === undefined ? {} : { upkeep }),
      ...(schedules === undefined ? {} : { schedules }),
      onTrouble: (error) => this.troubles.push(error?.code ?? "works"),
      onCommitted: (events) => this.events.push(...events),
      // What has crashed says nothing any more.
      onFatal: (error) => {
        if (life === this.#life) this.fatal.push(error);
      },
    });
    await this.engine.start();
  }

  /** The same numbers in every test. */
  #draw(): number {
    this.#chance = (Math.imul(this.#chance, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#chance / 2 ** 32;
  }

  async #commit(changes: Changes, really: () => Promise<void>): Promise<void> {
    this.commits += 1;
    this.paused = false;
    try {
      await (this.#setup.commits?.commit(changes, really) ?? really());
    } catch (error) {
      this.paused = true;
      throw error;
    }
  }

  #read(): void {
    try {
      this.#setup.commits?.read?.();
    } catch (error) {
      this.paused = true;
      throw error;
    }
  }

  /** What a play is found by. */
  idOf(order: AttemptOrder): string {
    const spec = this.#specs.get(`${order.version}/${order.flow}`);
    const id = order.node === -1 ? order.flow : (spec?.nodes[order.node]?.id ?? "");
    return order.target.kind === "task" ? id : `${id} on ${order.target.on}`;
  }

  specOf(version: VersionId, flow: string): FlowSpec {
    const spec = this.#specs.get(`${version}/${flow}`);
    if (spec === undefined) throw new Error(`no flow ${flow}`);
    return spec;
  }

  async submit(command: Command, id?: string): Promise<CommandAnswer> {
    this.#commands += 1;
    const stored = {
      id: (id ?? `command ${this.#commands}`) as CommandId,
      actor: "test",
      createdAtMs: this.clock.now(),
      command,
    };
    return this.#during(this.engine.submit(stored));
  }

  /** Asks for a run. Throws what the engine refuses it with. */
  async request(flow: string, options: RequestOptions = {}): Promise<RunId> {
    const { params = {}, window = null, selection = null, version = null, idempotencyKey = null } = options;
    const { class: runClass = "live" } = options;
    return answeredRun(
      await this.submit({
        kind: "request_run",
        flow,
        params: encode(params),
        window,
        version,
        selection,
        idempotencyKey,
        class: runClass,
      }),
    );
  }

  async rerun(run: RunId, selection: RerunSelection, version: VersionId | "same" | null = "same"): Promise<RunId> {
    return answeredRun(await this.submit({ kind: "rerun", run, selection, version }));
  }

  async mark(run: RunId, tasks: readonly string[], say: MarkState | readonly [MarkState, string]): Promise<RunId> {
    const [as, reason] = typeof say === "string" ? [say, null] : say;
    return answeredRun(await this.submit({ kind: "mark", run, tasks, as, reason }));
  }

  /** What a rerun or a mark would do, by what becomes of each task. */
  async plan(command: Repeat): Promise<string> {
    const { tasks } = await this.#during(this.engine.planRepeat(command, "test"));
    const named = Map.groupBy(tasks, ({ does }) => does);
    return [...named].map(([does, of]) => `${does} ${of.map(({ task }) => task).join(" ")}`).join("; ");
  }

  /** What retrying a backfill would do. */
  async planRetry(backfill: BackfillId): Promise<RetryPlan> {
    return await this.#during(this.engine.planRetry({ backfill, actor: "test", most: 10 }));
  }

  async cancel(run: RunId): Promise<void> {
    answeredRun(await this.submit({ kind: "cancel_run", run }));
  }

  /** Requests a run and lets time pass until it is settled. */
  async run(flow: string, options: RequestOptions = {}): Promise<RunView> {
    return this.settled(await this.request(flow, options));
  }

  /** Lets time pass until the run and its hooks are over. */
  async settled(run: RunId): Promise<RunView> {
    for (;;) {
      await this.quiet();
      const view = await this.view(run);
      if (view.row.settled) return view;
      if (!this.clock.advanceToNext()) throw new Error(`${run} stands still: ${JSON.stringify(this.why(run))}`);
    }
  }

  async view(run: RunId): Promise<RunView> {
    return readRunView(this, run);
  }

  /** Why task runs wait, by label. */
  why(run: RunId): Readonly<Record<string, string>> {
    return Object.fromEntries(this.engine.why(run).map(({ label, reason }: WaitReason) => [label, reason]));
  }

  /** Everything that can happen without time passing has happened. */
  async quiet(): Promise<void> {
    for (let seen = -1; ; ) {
      await this.#during(this.engine.whenQuiet());
      await tick();
      if (this.executor.working > 0) continue;
      if (this.commits === seen) return;
      seen = this.commits;
    }
  }

  /** Waits for something of the engine's; when that waits for time because the store failed, time passes. */
  async #during<Value>(work: Promise<Value>): Promise<Value> {
    let isOver = false;
    const watched = work.finally(() => {
      isOver = true;
    });
    watched.catch(() => {});
    while (!isOver) {
      await tick();
      if (this.fatal[0] !== undefined && !isOver) throw this.fatal[0];
      if (this.frozen && !isOver) throw new Frozen();
      if (this.paused) this.clock.advanceToNext();
    }
    return watched;
  }

  /** The server is gone without a word, and with `executor: "gone"` its workers too; another takes over. */
  async crash(executor: "gone" | "survives" = "gone"): Promise<void> {
    this.#life += 1;
    await this.takeOver(executor);
  }

  /** Another takes over while the first still thinks that it leads. */
  async takeOver(executor: "gone" | "survives"): Promise<void> {
    this.frozen = false;
    this.paused = false;
    await this.#leadership?.release();
    await this.startEngine(executor === "survives" ? this.executor : undefined);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#leadership?.release();
    await this.place.remove();
  }
}

const NEVER = new Promise<never>(() => {});

/** Thrown to whoever waits for an engine that was stopped in the middle of a commit. */
export class Frozen extends Error {
  override readonly name = "Frozen";
}

/** A stage that goes away with the test, if it was not closed before. */
export async function openStage(setup: StageSetup): Promise<Stage> {
  const stage = new Stage(await openTemporaryStore(), setup);
  onTestFinished(() => stage.close());
  await stage.activate(1, setup.flows);
  await stage.startEngine();
  return stage;
}

export function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
