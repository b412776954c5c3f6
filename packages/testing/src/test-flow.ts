import { join } from "node:path";
import {
  type CommandId,
  type EncodedText,
  type ErrorInfo,
  type EventRow,
  encode,
  MillraceError,
  type ReportRow,
  ROOT_ITEM,
  type RunRow,
  type TaskRunRow,
  taskRunLabel,
} from "@millrace/core";
import { Engine } from "@millrace/engine";
import { BlockingArtifactReader, InputDecoder } from "@millrace/executors";
import type { Flow, FlowDefinition, FlowParams } from "@millrace/sdk";
import { handlerCaller, type LoggedLine, type Mock } from "./call-handler.ts";
import { FlowDefinitions, TEST_VERSION } from "./flow-definitions.ts";
import { InProcessExecutor } from "./in-process-executor.ts";
import { openTemporaryStore, type TemporaryStore } from "./temporary-store.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** How a task of a tested run ended. */
export interface TestedTask {
  readonly state: TaskRunRow["state"];
  readonly output: unknown;
  readonly error: ErrorInfo | null;
  /** Tries, the successful one included. 0 when it never ran. */
  readonly tries: number;
}

/** What a tested run came to. */
export interface TestedRun {
  readonly state: RunRow["state"];
  /** What the flow's build function returned, filled. */
  readonly output: unknown;
  /** By label: `load`, `process[3]`, `airport[3]/load`. */
  readonly tasks: ReadonlyMap<string, TestedTask>;
  readonly logs: readonly LoggedLine[];
  readonly reports: readonly ReportRow["data"][];
  readonly events: readonly EventRow[];
  /** How much time passed on the virtual clock, in milliseconds. */
  readonly elapsedMs: number;
  /** The task of this label; throws when there is none. */
  task(label: string): TestedTask;
}

interface Setup {
  readonly params: unknown;
  readonly window: { readonly startMs: number; readonly endMs: number } | null;
  readonly mocks: ReadonlyMap<string, Mock>;
  readonly others: readonly FlowDefinition[];
  readonly connections: Readonly<Record<string, unknown>>;
  readonly pools: Readonly<Record<string, number>>;
  readonly projectDir: string;
  readonly startMs: number | undefined;
}

/** A flow about to be run in this process, on a clock of its own. Each `with…` gives a new one. */
export class FlowTest<AnyFlow extends FlowDefinition> {
  readonly #flow: AnyFlow;
  readonly #setup: Setup;

  constructor(flow: AnyFlow, setup: Setup) {
    this.#flow = flow;
    this.#setup = setup;
  }

  /** The run's parameters. Defaults to none. */
  withParams(params: FlowParams<AnyFlow>): FlowTest<AnyFlow> {
    return this.#with({ params });
  }

  /** The data interval that the run covers. Defaults to an empty one at the start of the clock. */
  withWindow(start: Date, end: Date): FlowTest<AnyFlow> {
    return this.#with({ window: { startMs: start.getTime(), endMs: end.getTime() } });
  }

  /** Where the virtual clock begins. Defaults to 2026-01-01T00:00:00Z. */
  startingAt(instant: Date): FlowTest<AnyFlow> {
    return this.#with({ startMs: instant.getTime() });
  }

  /** Other flows that this one runs by `flowRun`. */
  withFlows(...flows: readonly FlowDefinition[]): FlowTest<AnyFlow> {
    return this.#with({ others: [...this.#setup.others, ...flows] });
  }

  /** Connections that tasks ask for by name. */
  withConnections(connections: Readonly<Record<string, unknown>>): FlowTest<AnyFlow> {
    return this.#with({ connections });
  }

  /** Slots by pool. Defaults to one slot for each pool. */
  withPools(pools: Readonly<Record<string, number>>): FlowTest<AnyFlow> {
    return this.#with({ pools });
  }

  /** The folder that relative paths are resolved against. Defaults to the working folder. */
  inProject(dir: string): FlowTest<AnyFlow> {
    return this.#with({ projectDir: dir });
  }

  /**
   * Replaces what a task does: by a value that it gives, or by a function of its input. To make it fail, throw.
   *
   * @param task the task's id in the flow; of a mapped task with or without `[]`.
   */
  mock(task: string, result: unknown): FlowTest<AnyFlow> {
    const ids = this.#flow.spec.nodes.map((node) => node.id);
    if (!ids.includes(task) && !ids.includes(`${task}[]`)) {
      throw new MillraceError("UNKNOWN_TASK", `flow ${this.#flow.spec.name} has no task called ${task}`, {
        hint: `There are ${ids.join(", ")}.`,
      });
    }
    const mock: Mock = typeof result === "function" ? (result as Mock) : () => result;
    return this.#with({ mocks: new Map([...this.#setup.mocks, [task, mock]]) });
  }

  /** Runs the flow to its end. Waits and retry delays pass at once. Rejects when the run cannot be made. */
  async run(): Promise<TestedRun> {
    const place = await openTemporaryStore();
    try {
      return await runIn(place, this.#flow, this.#setup);
    } finally {
      await place.remove();
    }
  }

  #with(change: Partial<Setup>): FlowTest<AnyFlow> {
    return new FlowTest(this.#flow, { ...this.#setup, ...change });
  }
}

/**
 * A flow to be tested without processes, without a project and without waiting.
 *
 * @example
 * const run = await testFlow(dailyOrders).withParams({ region: "eu" }).mock("extract", [order]).run();
 * expect(run.task("load").state).toBe("success");
 */
export function testFlow<ParamsIn, Output>(flow: Flow<ParamsIn, Output>): FlowTest<Flow<ParamsIn, Output>> {
  return new FlowTest(flow, {
    params: {},
    window: null,
    mocks: new Map(),
    others: [],
    connections: {},
    pools: {},
    projectDir: process.cwd(),
    startMs: undefined,
  });
}

const CAPACITY = 8;

async function runIn(place: TemporaryStore, flow: FlowDefinition, setup: Setup): Promise<TestedRun> {
  const clock = new VirtualClock(setup.startMs);
  const startMs = clock.now();
  const logs: LoggedLine[] = [];
  const events: EventRow[] = [];
  const definitions = new FlowDefinitions([flow, ...setup.others]);
  const artifactsDir = join(place.dir, "artifacts");
  const body = handlerCaller({ ...setup, definitions, artifactsDir, log: (line) => logs.push(line) });
  const executor = new InProcessExecutor(clock, CAPACITY, body);
  const { store, artifacts } = place;
  const manifest = await definitions.flows();
  await store.saveVersion({ id: TEST_VERSION, createdAtMs: startMs, manifest, dependencies: {}, files: [] });
  await store.activateVersion(TEST_VERSION, startMs);
  const leadership = await store.lead("test");
  if (leadership === undefined) throw new Error("a fresh store has a leader already");
  const failures: MillraceError[] = [];
  const engine = new Engine(
    { clock, chance: seededChance(), soon: setImmediate, store, leadership, executor, definitions, artifacts },
    {
      pools: setup.pools,
      watchdogMs: null,
      onCommitted: (rows) => events.push(...rows),
      onFatal: (error) => failures.push(error),
    },
  );
  await engine.start();
  try {
    const run = await request(engine, flow, setup, startMs);
    for (;;) {
      await engine.whenQuiet();
      if (failures[0] !== undefined) throw failures[0];
      const row = await store.history.findRun(run);
      if (row?.settled === true) {
        const reader = new InputDecoder(new BlockingArtifactReader(artifactsDir));
        return await tested({ place, flow, row, reader }, { logs, events, elapsedMs: clock.now() - startMs });
      }
      if (executor.working > 0) await executor.whenOneEnds();
      else if (!clock.advanceToNext()) throw new Error("the run stands still: nothing runs and nothing is waited for");
    }
  } finally {
    await engine.stop();
    await leadership.release();
  }
}

async function request(engine: Engine, flow: FlowDefinition, setup: Setup, atMs: number): Promise<RunRow["id"]> {
  const answer = await engine.submit({
    id: "test" as CommandId,
    actor: "test",
    createdAtMs: atMs,
    command: {
      kind: "request_run",
      flow: flow.spec.name,
      params: encode(setup.params),
      window: setup.window,
      version: null,
      selection: null,
      idempotencyKey: null,
    },
  });
  if (answer.ok) return answer.run;
  throw new MillraceError((answer.error.code ?? "INTERNAL") as MillraceError["code"], answer.error.message);
}

interface Ended {
  readonly place: TemporaryStore;
  readonly flow: FlowDefinition;
  readonly row: RunRow;
  readonly reader: InputDecoder;
}

async function tested(ended: Ended, seen: Pick<TestedRun, "logs" | "events" | "elapsedMs">): Promise<TestedRun> {
  const { place, flow, row } = ended;
  const tasks = new Map<string, TestedTask>();
  for (const task of await place.store.history.listTaskRuns(row.id)) {
    const spec = flow.spec.nodes[task.node];
    if (task.hook !== "" || spec === undefined) continue;
    tasks.set(taskRunLabel(spec.id, task.item), {
      state: task.state,
      output: await outputOf(ended, task.node, task.item),
      error: task.error,
      tries: task.startedAtMs === null ? 0 : task.tries + (task.state === "success" ? 1 : 0),
    });
  }
  const reports = (await place.store.history.listReports(row.id)).map((report) => report.data);
  return {
    ...seen,
    state: row.state,
    output: await outputOf(ended, -1, ROOT_ITEM),
    tasks,
    reports,
    task(label) {
      const task = tasks.get(label);
      if (task === undefined) throw new Error(`no task run ${label}; there are ${[...tasks.keys()].join(", ")}`);
      return task;
    },
  };
}

async function outputOf({ place, row, reader }: Ended, node: number, item: TaskRunRow["item"]): Promise<unknown> {
  const value = await place.store.findOutput(row.id, node, item);
  if (value === undefined || value.kind === "none") return undefined;
  if (value.kind === "inline") return reader.decode(value.text);
  return reader.decode(`{"$":"Artifact","v":{"id":"${value.artifact}","path":[]}}` as EncodedText);
}

/** Chance that is the same in every test: jitter must not make tests differ. */
function seededChance(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
