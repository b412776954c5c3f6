import {
  type AttemptOrder,
  type AttemptOutcome,
  type Command,
  type CommandId,
  type ErrorCode,
  encode,
  errorInfo,
  type LoadedRun,
  MillraceError,
  type RunId,
  type Store,
  taskRunLabel,
} from "@millrace/core";
import { Engine } from "@millrace/engine";
import { SimulatedDefinitions, versionId } from "../simulation/definitions.ts";
import { CAPACITY, CRASH_BUDGET, FLOWS, POOLS, specOf } from "./flows.ts";
import { HeldExecutor } from "./held-executor.ts";
import { ModelClock } from "./model-clock.ts";
import type { Answer } from "./reference.ts";
import { DEFERRAL_MS, type Ending } from "./reference-run.ts";

const BEGIN_MS = Date.UTC(2026, 0, 1);
const VERSION = versionId(1);
const SPECS = new Map(FLOWS.map((flow) => [flow.name, specOf(flow)]));

/** A store that nothing is in. */
export interface EmptyStore {
  readonly store: Store;
  close(): Promise<void>;
}

/** The real engine on a store, with a clock and workers that do nothing by themselves. */
export class Stand {
  readonly clock = new ModelClock(BEGIN_MS);
  readonly #store: Store;
  readonly #definitions = new SimulatedDefinitions();
  #leadership: Awaited<ReturnType<Store["lead"]>>;
  #engine!: Engine;
  executor!: HeldExecutor;
  fatal: MillraceError | undefined;
  #commands = 0;
  #chance = 1;

  constructor(store: Store) {
    this.#store = store;
  }

  static async open(store: Store): Promise<Stand> {
    const stand = new Stand(store);
    const manifest = stand.#definitions.add(VERSION, [...SPECS.values()]);
    await store.saveVersion({ id: VERSION, createdAtMs: BEGIN_MS, manifest, dependencies: {}, files: [] });
    await store.activateVersion(VERSION, BEGIN_MS);
    await stand.#lead(new HeldExecutor(CAPACITY, stand.clock));
    return stand;
  }

  async #lead(executor: HeldExecutor): Promise<void> {
    this.#leadership = await this.#store.lead("model");
    if (this.#leadership === undefined) throw new Error("somebody else leads");
    this.executor = executor;
    const engine = new Engine(
      {
        clock: this.clock,
        chance: () => this.#draw(),
        soon: setImmediate,
        store: this.#store,
        leadership: this.#leadership,
        executor,
        definitions: this.#definitions,
        artifacts: NO_ARTIFACTS,
      },
      {
        pools: POOLS,
        crashBudget: CRASH_BUDGET,
        watchdogMs: null,
        onFatal: (error) => {
          // A leader that was replaced may only find out, and die of it.
          if (engine === this.#engine) this.fatal = error;
        },
      },
    );
    this.#engine = engine;
    await engine.start();
    await this.quiet();
    // What was due before it led is due now.
    await this.goTo(this.clock.now());
  }

  /** The same numbers in every sequence. */
  #draw(): number {
    this.#chance = (Math.imul(this.#chance, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#chance / 2 ** 32;
  }

  async submit(command: Command): Promise<Answer> {
    this.#commands += 1;
    const id = `command ${this.#commands}` as CommandId;
    const answer = await this.#engine.submit({ id, actor: "model", createdAtMs: this.clock.now(), command });
    await this.quiet();
    if (!answer.ok) return { refused: answer.error.code as ErrorCode };
    return { run: (answer as { readonly run: RunId }).run };
  }

  /** Everything that can happen without time passing has happened. */
  async quiet(): Promise<void> {
    await this.#engine.whenQuiet();
    if (this.fatal !== undefined) throw this.fatal;
  }

  async goTo(atMs: number): Promise<void> {
    this.clock.goTo(atMs);
    await this.quiet();
  }

  async end(order: AttemptOrder, ending: Ending): Promise<void> {
    this.executor.end(order, this.clock.now(), outcomeOf(ending, this.clock.now()));
    await this.quiet();
  }

  /** Another leader takes over. `stops`: the one before ends in an orderly way. The others do not know that they are over. */
  async changeLeader(how: "survives" | "gone" | "stops"): Promise<void> {
    if (how === "stops") await this.#engine.stop();
    await this.#leadership?.release();
    await this.#lead(how === "survives" ? this.executor : new HeldExecutor(CAPACITY, this.clock));
  }

  get load(): Engine["load"] {
    return this.#engine.load;
  }

  async runIds(): Promise<readonly RunId[]> {
    const rows = await this.#store.history.listRuns({ limit: 1_000 });
    return rows.map(({ id }) => id);
  }

  /** What the store has of a run. */
  read(run: string): Promise<LoadedRun> {
    return this.#store.loadRun(run as RunId);
  }
}

/** A task run as the model names it. */
export function labelOf(flow: string, row: LoadedRun["taskRuns"][number] | LoadedRun["liveAttempts"][number]): string {
  const label = taskRunLabel(SPECS.get(flow)?.nodes[row.node]?.id ?? "", row.item);
  return row.hook === "" ? label : `${label} on ${row.hook}`;
}

function outcomeOf(ending: Ending, atMs: number): AttemptOutcome {
  const error = errorInfo("PROCESS_DIED", ending);
  switch (ending) {
    case "success":
      return { state: "success", output: { kind: "inline", text: encode(ending) } };
    case "failed":
    case "hopeless":
      return { state: "failed", error, retryable: ending === "failed", retryAfterMs: null };
    case "crashed":
    case "lost":
      return { state: "lost", error, spendsCrashBudget: ending === "crashed" };
    case "cancelled":
      return { state: "cancelled" };
    case "timed_out":
      return { state: "timed_out", error };
    case "deferred":
      return {
        state: "yielded",
        carry: encode(null),
        until: { kind: "time", resumeAtMs: atMs + DEFERRAL_MS },
      };
  }
}

const refuse = (): never => {
  throw new MillraceError("INTERNAL", "no value of the model is large");
};

const NO_ARTIFACTS = { write: refuse, writeList: refuse, readAt: refuse, listLength: refuse };
