import type { AttemptId, Command, CommandId, Epoch, RunId, VersionId } from "@millrace/core";
import type { ActiveRun, ActiveTask, Listen } from "./active-run.ts";
import { Admission } from "./admission/admission.ts";
import type { CoveredTick, Covering } from "./backfills/covering.ts";
import { PartitionBook } from "./backfills/partition-book.ts";
import type { Batch } from "./batch.ts";
import { poolResource } from "./claims.ts";
import { CommandHandlers } from "./command-handlers.ts";
import { CompiledVersions } from "./compiled-versions.ts";
import { Inputs } from "./inputs.ts";
import { LimitBook } from "./limit-book.ts";
import type { LoadedFlow } from "./loaded-flow.ts";
import { OutputMemory } from "./output-memory.ts";
import { backOffMs, isStoreAway } from "./patience.ts";
import type { EngineOptions, EnginePorts } from "./ports.ts";
import { RunGate } from "./run-gate.ts";
import { TriggerBook, type TriggerName } from "./triggers/trigger-book.ts";
import { Readings } from "./upkeep/readings.ts";

/** A step of the loop: changes memory, and says in `world.batch` what to write. */
export type Step = () => void;

/**
 * Everything the leader holds in memory, bounded by active work. The services (functions beside this file) change it,
 * always from inside a turn of the loop.
 */
export class World {
  readonly ports: EnginePorts;
  readonly epoch: Epoch;
  readonly crashBudget: number;
  /** Failures of the store in a row after which the engine gives up. */
  readonly patience: number;
  readonly runs = new Map<RunId, ActiveRun>();
  /** Live attempts: the fence. A report about any other is answered and dropped. */
  readonly attempts = new Map<AttemptId, ActiveTask>();
  readonly admission: Admission;
  readonly limits: LimitBook;
  readonly gate: RunGate;
  readonly outputs = new OutputMemory();
  readonly inputs = new Inputs(this.outputs);
  /** Commands being worked on, so that none is begun twice. */
  readonly commands = new Set<CommandId>();
  /** Runs in memory by their idempotency key: two requests in one turn make one run. */
  readonly keys = new Map<string, RunId>();
  /** Deferred tasks by the run they wait for. */
  readonly waitingFor = new Map<RunId, ActiveTask>();
  /** Looks into the past that are under way. */
  readonly readings = new Readings();
  /** What services answer that the engine is put together with. */
  readonly handlers = new CommandHandlers();
  /** Schedules and triggers. */
  readonly triggers = new TriggerBook((row) => this.batch.trigger(row));
  /** Told, inside the turn, of each schedule and trigger that was looked at anew: begun, changed, paused, resumed, gone. */
  readonly onTriggerTouched: ((name: TriggerName) => void)[] = [];
  /** Told, inside the turn, of each run that is in memory from now on: new, or read from the store. */
  readonly onRunOpened: ((run: ActiveRun) => void)[] = [];
  /** Told, inside the turn, of each run that has just ended. */
  readonly onRunEnded: ((run: ActiveRun) => void)[] = [];
  /**
   * Memory of services that a commit may have had a part in which failed: each is read again, outside the loop and before
   * its next turn. The book of triggers is read before them.
   */
  readonly onTriggersLost: (() => Promise<void>)[] = [];
  /** Partitions of flows, with the keys that the store has. */
  readonly partitions: PartitionBook;
  readonly listen: Listen;
  readonly #versions: CompiledVersions;
  readonly #enqueue: (step: Step) => void;
  readonly #giveUp: (error: unknown) => void;
  #batch: Batch | undefined;
  /** Things being waited for outside of the loop. */
  outstanding = 0;
  lastAttempt = 0;
  /** The engine has ended, or given up: nothing is tried again. */
  isOver = false;
  /** Being stopped: nothing new starts. */
  draining = false;
  /** Makes the run that a deferred task waits for. Set once, by the engine: it stands above those who call it. */
  requestChild: (task: ActiveTask, command: Command & { readonly kind: "request_run" }) => void = () => {
    throw new Error("the engine has not been put together");
  };
  /** The active backfill that covers what a tick stands for. Set once, by the service of backfills. */
  findCovering: (tick: CoveredTick) => Covering | undefined = () => undefined;
  /** Stops a run whose waiting task is over. Set once, like the one above. */
  abandonChild: (child: RunId) => void = () => {};

  constructor(
    ports: EnginePorts,
    options: EngineOptions,
    wiring: {
      readonly listen: Listen;
      readonly enqueue: (step: Step) => void;
      /** The store fails again and again. */
      readonly giveUp: (error: unknown) => void;
    },
  ) {
    this.ports = ports;
    this.partitions = new PartitionBook(ports.store);
    this.epoch = ports.leadership.epoch;
    this.crashBudget = options.crashBudget ?? 3;
    this.patience = options.patience ?? 5;
    this.limits = new LimitBook(options.pools, ports.executor);
    const alarm = (atMs: number, ring: () => void): (() => void) => ports.clock.at(atMs, () => this.enqueue(ring));
    this.admission = new Admission({
      limitOf: (claim) => this.limits.limitOf(claim),
      impliedBy: (claim) => this.limits.impliedBy(claim),
      fullAtMs: (rate) => this.limits.fullAtMs(rate),
      alarm,
    });
    this.gate = new RunGate(alarm);
    this.#versions = new CompiledVersions(ports.definitions, () => this.runs.values().map(({ flow }) => flow.version));
    this.listen = wiring.listen;
    this.#enqueue = wiring.enqueue;
    this.#giveUp = wiring.giveUp;
  }

  /** Attempts that were given a worker here and have not ended. */
  get busy(): number {
    return this.admission.workers.used;
  }

  /** What the turn that is running will write. Outside of a turn nothing may change. */
  get batch(): Batch {
    if (this.#batch === undefined) throw new Error("the engine's memory was about to change outside of a turn");
    return this.#batch;
  }

  beginTurn(batch: Batch): void {
    this.#batch = batch;
  }

  endTurn(): void {
    this.#batch = undefined;
  }

  /** Takes the sizes of pools from the store: what was set in memory may not have been written. */
  async rereadPools(): Promise<void> {
    await this.limits.loadPools(this.ports.store.limits);
    const nowMs = this.ports.clock.now();
    for (const pool of this.limits.pools) {
      this.admission.resize(poolResource(pool), this.limits.poolOf(pool).slots, nowMs);
    }
  }

  /** Takes from the executor how much room there is now. What it has no room for any more keeps what it has. */
  remeasure(): void {
    const { admission, limits } = this;
    for (const { kind, name, label } of Array.from(admission.resources())) {
      if (kind !== "cpu" && kind !== "memory" && kind !== "labels") continue;
      const limit = limits.limitOf({ kind, resource: name, label, units: 0, limit: null, rate: null });
      admission.resize(name, limit, this.nowMs);
    }
  }

  /** Takes schedules, triggers and what depends on them from the store, as they were before a commit that failed. */
  async rereadTriggers(): Promise<void> {
    await this.triggers.load(this.ports.store.triggers);
    for (const reread of this.onTriggersLost) await reread();
  }

  /** The instant of the turn that is running, else of now. */
  get nowMs(): number {
    return this.#batch?.atMs ?? this.ports.clock.now();
  }

  /** Nothing is called back any more by what waits for tokens or shares. */
  stopAlarms(): void {
    this.admission.stop();
    this.gate.stop();
  }

  /** A step for the next turn of the loop. */
  enqueue(step: Step): void {
    this.#enqueue(step);
  }

  /**
   * Does something outside the loop, then goes on inside it. A rejection goes to `failed`, inside the loop too. The work
   * begins when the turn that asks for it is written: what it reads from the store includes what that turn decided. When
   * it is the store that failed, the work is done again, for as long as the engine has patience.
   */
  later<Value>(work: () => Promise<Value>, then: (value: Value) => void, failed: (error: unknown) => void): void {
    this.outstanding += 1;
    const go = (step: Step): void => {
      this.outstanding -= 1;
      this.#enqueue(step);
    };
    const begin = (failures: number): void => {
      work().then(
        (value) => go(() => then(value)),
        (error: unknown) => {
          if (!isStoreAway(error)) go(() => failed(error));
          else if (failures + 1 >= this.patience) this.#giveUp(error);
          else this.after(backOffMs(failures + 1), () => begin(failures + 1));
        },
      );
    };
    if (this.#batch === undefined) begin(0);
    else this.#batch.afterwards.push(() => begin(0));
  }

  after(ms: number, callback: () => void): void {
    this.ports.clock.after(ms, () => {
      if (!this.isOver) callback();
    });
  }

  /** A flow of a version. Throws `UNKNOWN_VERSION` or `UNKNOWN_FLOW`. */
  flow(version: VersionId, name: string): Promise<LoadedFlow> {
    return this.#versions.flow(version, name);
  }
}
