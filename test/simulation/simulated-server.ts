import type { Artifacts, AttemptReport, Definitions, Executor, Leadership, MillraceError, Store } from "@millrace/core";
import { Engine } from "@millrace/engine";
import type { CommitWatch } from "../invariants/commit-watch.ts";
import type { Chance } from "./chance.ts";
import { type DatabasePlace, watchedStore } from "./database-place.ts";
import { FleetExecutor } from "./fleet-executor.ts";
import { Link, type LinkSurroundings, linkedStore } from "./link.ts";
import type { Network } from "./network.ts";
import { POOLS } from "./random-flows.ts";
import { SimulatedProcess } from "./simulated-process.ts";
import type { Timeline } from "./timeline.ts";
import type { ValueWatch } from "./value-watch.ts";

const COMPETE_EVERY_MS = 1_000;
const POLL_EVERY_MS = 1_500;

export interface ServerSurroundings {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly place: DatabasePlace;
  readonly link: LinkSurroundings;
  readonly watch: CommitWatch;
  readonly values: ValueWatch;
  readonly network: Network;
  readonly workers: readonly string[];
  readonly slotsPerWorker: number;
  readonly definitions: Definitions;
  /** Failures of the store in a row after which an engine gives up. */
  readonly patience: number;
  /** Is told of each server that begins to lead, when it knows that it does. */
  readonly onLead?: (server: SimulatedServer) => void;
}

/** A server among others: it competes to lead, runs an engine while it does, and begins anew after each death. */
export class SimulatedServer {
  readonly name: string;
  readonly #around: ServerSurroundings;
  #life = 0;
  #process: SimulatedProcess;
  #raw: Store | undefined;
  #leading: { readonly engine: Engine; readonly executor: FleetExecutor; readonly leadership: Leadership } | undefined;
  skewMs = 0;

  constructor(name: string, around: ServerSurroundings) {
    this.name = name;
    this.#around = around;
    this.#process = new SimulatedProcess(name, around.timeline);
    this.#process.kill();
  }

  get isDead(): boolean {
    return this.#process.isDead;
  }

  get isFrozen(): boolean {
    return this.#process.isFrozen;
  }

  /** The engine, while this server leads as far as it knows. */
  get engine(): Engine | undefined {
    return this.#leading?.engine;
  }

  /** It thinks that nobody else can lead now. */
  get isTrusted(): boolean {
    return !this.#process.isDead && this.#leading?.leadership.isTrusted() === true;
  }

  /** The last instant that its engine waits for, in true time. */
  get lastTimerMs(): number {
    return this.#process.lastTimerMs;
  }

  /** A new process, which knows nothing. */
  async boot(): Promise<void> {
    if (!this.#process.isDead) return;
    await this.crash();
    const { timeline, place, link: around } = this.#around;
    this.#life += 1;
    const process = new SimulatedProcess(`${this.name}.${this.#life}`, timeline);
    this.#process = process;
    this.setSkew(this.skewMs);
    const link = new Link(process, around);
    this.#raw = await place.open(process, link);
    const store = linkedStore(watchedStore(this.#raw, this.#around), link, (onChange) => this.#poll(process, onChange));
    this.#compete(process, store);
  }

  /** Sets the wall clock of its machine. */
  setSkew(ms: number): void {
    this.skewMs = ms;
    this.#process.skewMs = ms;
  }

  freeze(): void {
    this.#process.freeze();
  }

  thaw(): void {
    this.#process.thaw();
  }

  /** Gone without a word. What it had in a database of its own goes with it; a lease elsewhere lasts until it ends. */
  async crash(): Promise<void> {
    this.#process.kill();
    this.#leading?.executor.leave();
    this.#leading = undefined;
    if (this.#around.place.isInside) await this.#closeStore();
  }

  /** Dies in the middle of something, if it is this process that does it; the rest of `crash` is to follow. */
  die(process: SimulatedProcess): boolean {
    if (process !== this.#process) return false;
    process.kill();
    return true;
  }

  async #closeStore(): Promise<void> {
    const raw = this.#raw;
    this.#raw = undefined;
    await raw?.close();
  }

  /** As on SIGTERM. */
  stop(): void {
    const process = this.#process;
    const leading = this.#leading;
    const leave = async (): Promise<void> => {
      await leading?.engine.stop();
      await leading?.leadership.release();
      await process.run(() => this.crash());
    };
    process.run(() => void leave());
  }

  async close(): Promise<void> {
    await this.crash();
    await this.#closeStore();
  }

  #poll(process: SimulatedProcess, onChange: () => void): () => void {
    let isOver = false;
    const look = (): void => {
      if (isOver) return;
      onChange();
      process.steadyClock.after(POLL_EVERY_MS, look);
    };
    process.steadyClock.after(POLL_EVERY_MS, look);
    return () => {
      isOver = true;
    };
  }

  #compete(process: SimulatedProcess, store: Store): void {
    const again = (): void => {
      process.steadyClock.after(COMPETE_EVERY_MS, () => this.#compete(process, store));
    };
    store.lead(process.name).then((leadership) => {
      if (leadership === undefined) again();
      else void this.#lead({ process, store, leadership, again });
    }, again);
  }

  async #lead({ process, store, leadership, again }: Leading): Promise<void> {
    const { network, workers, slotsPerWorker, watch } = this.#around;
    const executor = new FleetExecutor({ process, network, workers, slotsPerWorker, epoch: leadership.epoch });
    let isOver = false;
    const giveUp = (error: MillraceError): void => {
      if (isOver) return;
      isOver = true;
      this.#around.timeline.note(`${process.name} gives up: ${error.code}`);
      if (error.code === "INTERNAL") watch.wrong.push(`an engine met a bug of its own: ${String(error.cause)}`);
      executor.leave();
      if (this.#leading?.leadership === leadership) this.#leading = undefined;
      leadership.release().catch(() => {});
      again();
    };
    const { timeline, chance, definitions, patience } = this.#around;
    const engine = new Engine(
      {
        clock: process.clock,
        chance: () => chance.next(),
        soon: (callback) => void timeline.after(0, `${process.name} turns`, () => process.run(callback)),
        store,
        leadership,
        executor: watchedExecutor({ executor, process, epoch: leadership.epoch }, this.#around),
        definitions,
        artifacts: NO_ARTIFACTS,
      },
      { pools: POOLS, schedules: true, patience, onFatal: giveUp },
    );
    this.#leading = { engine, executor, leadership };
    this.#around.onLead?.(this);
    await engine.start().catch(giveUp);
  }
}

interface Leading {
  readonly process: SimulatedProcess;
  readonly store: Store;
  readonly leadership: Leadership;
  readonly again: () => void;
}

interface Acting {
  readonly executor: FleetExecutor;
  readonly process: SimulatedProcess;
  readonly epoch: Leadership["epoch"];
}

/** The executor, with what the engine makes of its commits told to the watch. A process that is dead does nothing. */
function watchedExecutor({ executor, process, epoch }: Acting, around: ServerSurroundings): Executor {
  const { watch, values } = around;
  const { points } = around.link;
  const effect = (name: string, act: () => void): void => {
    points?.passEffect(`before ${name}`, process);
    if (process.isDead) return;
    if (executor.isOver) watch.wrong.push(`an engine that had given up did this: ${name}`);
    act();
    points?.passEffect(`after ${name}`, process);
  };
  return {
    get capacity() {
      return executor.capacity;
    },
    start: (onReport: (report: AttemptReport) => void) => executor.start(onReport),
    stop: () => executor.stop(),
    startAttempt: (order) =>
      effect("start", () => {
        watch.started(epoch, order);
        values.ordered(order);
        executor.startAttempt(order);
      }),
    cancelAttempt: (attempt, reason) => effect("cancel", () => executor.cancelAttempt(attempt, reason)),
    acknowledge: (attempt, answer) =>
      effect("acknowledge", () => {
        watch.answered(attempt, answer);
        executor.acknowledge(attempt, answer);
      }),
    alive: () => executor.alive(),
  };
}

function refuse(): never {
  throw new Error("no value of a simulation is so large that it needs artifacts");
}

const NO_ARTIFACTS: Artifacts = { listLength: refuse, readAt: refuse, write: refuse, writeList: refuse };
