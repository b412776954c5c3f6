import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import {
  answeredRun,
  type Changes,
  type Clock,
  type CommandId,
  type Definitions,
  decode,
  type EventRow,
  type Executor,
  encode,
  type RunClass,
  type RunId,
  type Store,
  type VersionManifest,
} from "@millrace/core";
import { Engine } from "@millrace/engine";
import { createFileLogStore, createProcessExecutor, FileArtifacts } from "@millrace/executors";
import { buildVersion, openProject } from "@millrace/server";
import { openStore, parseDatabaseUrl } from "@millrace/store";

/** Tasks that claim it wait for as long as the bench runs. */
const CLOSED_POOL = { closed: 0 };

/** What was written and sent so far. */
export interface Counts {
  commits: number;
  rows: number;
  messages: number;
}

export interface Finished {
  readonly run: RunId;
  /** From the request to the durable end of the run, and from the request to the answer that it is made. */
  readonly ms: number;
  readonly answerMs: number;
  /** From the request to the first `task.started` that is durable. */
  readonly firstStartMs: number;
}

/** The product's own store, engine and process pool, put together with counters around them. */
export class EngineUnderTest {
  readonly counts: Counts = { commits: 0, rows: 0, messages: 0 };
  readonly store: Store;
  readonly dir: string;
  readonly #engine: Engine;
  readonly #release: () => Promise<void>;
  #listeners: ((events: readonly EventRow[]) => void)[] = [];

  private constructor(parts: {
    store: Store;
    dir: string;
    engine: (self: EngineUnderTest) => Engine;
    release: () => Promise<void>;
  }) {
    this.store = parts.store;
    this.dir = parts.dir;
    this.#release = parts.release;
    this.#engine = parts.engine(this);
  }

  /** Opens the project in `dir` with eight warm workers, on its own SQLite file or on a PostgreSQL at an address. */
  static async open(dir: string, workers = 8, databaseUrl?: string): Promise<EngineUnderTest> {
    const project = openProject(dir);
    const url = databaseUrl ?? `sqlite:${join(dir, ".millrace/millrace.db")}`;
    const store = await openStore(parseDatabaseUrl(url));
    const build = await buildVersion(project, { store });
    if (build.version === null || build.diagnostics.some((found) => found.severity === "error")) {
      throw new Error(`the bench's flow does not build: ${JSON.stringify(build.diagnostics)}`);
    }
    const version = build.version;
    const stored = await store.findVersion(version);
    const manifest = stored?.manifest as VersionManifest;
    const leadership = await store.lead("bench");
    if (leadership === undefined) throw new Error("the bench's store has a leader already");
    const executor = createProcessExecutor({
      projectDir: dir,
      logs: createFileLogStore({ dir: join(dir, ".millrace/logs") }),
      artifactsDir: join(dir, ".millrace/artifacts"),
      workers,
      resolveVersion: async () => ({
        dir: join(dir, ".millrace/versions", version),
        configEntry: null,
        entryOf: (flow) => manifest.flows.find(({ spec }) => spec.name === flow)?.entry ?? "",
      }),
    });
    const under = new EngineUnderTest({
      store,
      dir,
      release: async () => {
        await leadership.release();
        await store.close();
      },
      engine: (self) =>
        new Engine(
          {
            clock: SYSTEM_CLOCK,
            chance: Math.random,
            soon: setImmediate,
            store: counting(store, self.counts),
            leadership,
            executor: countingMessages(executor, self.counts),
            definitions: definitionsOf(manifest),
            artifacts: new FileArtifacts(join(dir, ".millrace/artifacts")),
          },
          {
            pools: CLOSED_POOL,
            onCommitted: (events) => {
              for (const listener of self.#listeners) listener(events);
            },
            onFatal: (error) => {
              throw error;
            },
          },
        ),
    });
    await under.#engine.start();
    return under;
  }

  /** Runs a flow to its durable end. */
  async run(flow: string, runClass: RunClass = "live"): Promise<Finished> {
    const begun = performance.now();
    const ended = Promise.withResolvers<void>();
    let firstStartMs = Number.NaN;
    let run: RunId | undefined;
    const over = new Set<RunId>();
    const listener = (events: readonly EventRow[]): void => {
      for (const event of events) {
        if (event.type === "task.started" && Number.isNaN(firstStartMs)) firstStartMs = performance.now() - begun;
        if (event.type === "run.finished") over.add(event.run);
      }
      if (run !== undefined && over.has(run)) ended.resolve();
    };
    this.#listeners.push(listener);
    const answer = await this.#engine.submit({
      id: randomUUID() as CommandId,
      actor: "bench",
      createdAtMs: Date.now(),
      command: {
        kind: "request_run",
        flow,
        params: encode({}),
        window: null,
        version: null,
        selection: null,
        idempotencyKey: null,
        class: runClass,
      },
    });
    const answerMs = performance.now() - begun;
    run = answeredRun(answer);
    if (over.has(run)) ended.resolve();
    await ended.promise;
    const ms = performance.now() - begun;
    this.#listeners = this.#listeners.filter((other) => other !== listener);
    const row = await this.store.history.findRun(run);
    if (row?.state !== "success") throw new Error(`${flow} ended as ${row?.state}`);
    return { run, ms, answerMs, firstStartMs };
  }

  /** Task runs that are ready and wait for room. */
  get waiting(): number {
    return this.#engine.load.waiting;
  }

  /** Calls back with every committed event. Returns what ends it. */
  onEvents(listener: (events: readonly EventRow[]) => void): () => void {
    this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** What each node of a run gave, by node. */
  async outputs(run: RunId, nodes: number): Promise<readonly unknown[]> {
    const values: unknown[] = [];
    for (let node = 0; node < nodes; node += 1) {
      const value = await this.store.findOutput(run, node, "" as EventRow["item"]);
      values.push(value?.kind === "inline" ? decode(value.text) : undefined);
    }
    return values;
  }

  async close(): Promise<void> {
    await this.#engine.stop();
    await this.#release();
  }
}

const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  at: (instantMs, callback) => SYSTEM_CLOCK.after(Math.max(0, instantMs - Date.now()), callback),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** The bench's flows have no functions to ask but their handlers. */
function definitionsOf(manifest: VersionManifest): Definitions {
  return {
    flows: async () => manifest,
    parseParams: async (_version, _flow, params) => ({ params, concurrencyKey: null }),
    cacheKey: async () => "",
    eventParams: async ({ payloads }) => payloads.at(-1) ?? encode({}),
    nextTick: async () => null,
  };
}

/** Every property of the store as it is; commits are counted on their way. */
function counting(store: Store, counts: Counts): Store {
  return new Proxy(store, {
    get(target, property) {
      if (property === "commit") {
        return (epoch: Parameters<Store["commit"]>[0], changes: Changes) => {
          counts.commits += 1;
          for (const rows of Object.values(changes) as readonly (readonly unknown[])[]) counts.rows += rows.length;
          return target.commit(epoch, changes);
        };
      }
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

function countingMessages(executor: Executor, counts: Counts): Executor {
  return {
    capacity: executor.capacity,
    start: (onReport) =>
      executor.start((report) => {
        counts.messages += 1;
        onReport(report);
      }),
    stop: () => executor.stop(),
    startAttempt: (order) => {
      counts.messages += 1;
      executor.startAttempt(order);
    },
    cancelAttempt: (attempt, reason) => executor.cancelAttempt(attempt, reason),
    acknowledge: (attempt, answer) => executor.acknowledge(attempt, answer),
    alive: () => executor.alive(),
  };
}
