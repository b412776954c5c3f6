import { join } from "node:path";
import {
  answeredRun,
  type CommandId,
  didYouMean,
  type EncodedText,
  type ErrorInfo,
  type EventRow,
  encode,
  MillraceError,
  type ReportRow,
  ROOT_ITEM,
  type RunRow,
  type RunSlice,
  type TaskRunRow,
  taskRunLabel,
} from "@millrace/core";
import { Engine } from "@millrace/engine";
import { BlockingArtifactReader, InputDecoder } from "@millrace/executors";
import type { Flow, FlowDefinition, FlowOutput, FlowParams, TaskContext } from "@millrace/sdk";
import { handlerCaller, type LoggedLine, mockKey } from "./call-handler.ts";
import { FlowDefinitions, TEST_VERSION } from "./flow-definitions.ts";
import { InProcessExecutor } from "./in-process-executor.ts";
import { type Mock, type MockedTask, mockedNodes } from "./mock.ts";
import { openTemporaryStore, type TemporaryStore } from "./temporary-store.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { installVirtualDate } from "./virtual-date.ts";

/** How a task of a tested run ended. */
export interface TestedTask<Output = unknown> {
  readonly state: TaskRunRow["state"];
  /** What it gave; undefined when it gave nothing. */
  readonly output: Output;
  readonly error: ErrorInfo | null;
  /** Tries, the successful one included. 0 when it never ran, or was cached. */
  readonly tries: number;
}

/** What a tested run came to. */
export interface TestedRun<Output = unknown> {
  readonly state: RunRow["state"];
  /** What the flow's build function returned, filled; undefined when the run failed. */
  readonly output: Output | undefined;
  /** Why the run did not succeed: its own error, or that of the first task that failed. */
  readonly error: ErrorInfo | null;
  /** By label: `load`, `process[3]`, `airport[3]/load`. */
  readonly tasks: ReadonlyMap<string, TestedTask>;
  readonly logs: readonly LoggedLine[];
  readonly reports: readonly ReportRow["data"][];
  readonly events: readonly EventRow[];
  /** How much time passed on the virtual clock, in milliseconds. */
  readonly elapsedMs: number;
  /** The task of this label; throws when there is none. Say what it gives: `run.task<Order[]>("extract").output`. */
  task<TaskOutput = unknown>(label: string): TestedTask<TaskOutput>;
}

/** A function in place of a task's own. */
export type Play<In, Out> = (input: In, context: TaskContext) => Out | Promise<Out>;

interface Setup {
  readonly params: unknown;
  readonly window: { readonly startMs: number; readonly endMs: number } | null;
  readonly slice: RunSlice | null;
  readonly mocks: ReadonlyMap<string, Mock>;
  readonly others: readonly FlowDefinition[];
  readonly connections: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
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

  /**
   * What the run covers of its flow's `partitions`: a key, or several; the window is theirs unless `withWindow` says another.
   * Defaults to the newest key whose window has ended.
   */
  withPartition(...keys: readonly [string, ...string[]]): FlowTest<AnyFlow> {
    const slice: RunSlice = keys.length === 1 ? { kind: "key", key: keys[0] } : { kind: "keys", keys };
    return this.#with({ slice });
  }

  /**
   * Where the virtual clock begins. Tasks see it: for them `Date.now()` and `new Date()` show the clock, which stands
   * still while they run. Defaults to now.
   */
  startingAt(instant: Date): FlowTest<AnyFlow> {
    return this.#with({ startMs: instant.getTime() });
  }

  /** Other flows that this one runs by `flowRun`. */
  withFlows(...flows: readonly FlowDefinition[]): FlowTest<AnyFlow> {
    return this.#with({ others: [...this.#setup.others, ...flows] });
  }

  /**
   * Connections that tasks ask for by name: `{ shop: sqlite({ path }) }`, opened as in a worker, or an object that stands
   * in for one. Defaults to none.
   */
  withConnections(connections: Readonly<Record<string, unknown>>): FlowTest<AnyFlow> {
    return this.#with({ connections });
  }

  /** Secrets that tasks ask for by name, and that `secret("…")` stands for. Defaults to none. */
  withSecrets(secrets: Readonly<Record<string, string>>): FlowTest<AnyFlow> {
    return this.#with({ secrets });
  }

  /** Variables that tasks ask for by name. Defaults to none. */
  withVariables(variables: Readonly<Record<string, string>>): FlowTest<AnyFlow> {
    return this.#with({ variables });
  }

  /** Slots by pool. Defaults to one slot for each pool. At most eight attempts run at once. */
  withPools(pools: Readonly<Record<string, number>>): FlowTest<AnyFlow> {
    return this.#with({ pools });
  }

  /**
   * The project's folder: what relative paths of data and of connections are resolved against. Files that tasks name
   * (`.sql`, `.py`) are found beside the flow all the same. Defaults to the working folder.
   */
  inProject(dir: string): FlowTest<AnyFlow> {
    return this.#with({ projectDir: dir });
  }

  /**
   * Replaces what a task does: by a value that it gives, or by a function of its input. To make it fail, throw; to make
   * it take for ever, `hangs`. Policies, hooks and conditions of retries stay those of the task.
   *
   * @param task the task, wherever it is placed in the flow, or its id there; of a mapped task with or without `[]`.
   */
  mock<In, Out>(task: MockedTask<In, Out>, result: NoInfer<Out> | Play<NoInfer<In>, NoInfer<Out>>): FlowTest<AnyFlow>;
  mock<In = unknown>(task: string, play: Play<In, unknown>): FlowTest<AnyFlow>;
  mock(task: string, value: unknown): FlowTest<AnyFlow>;
  mock(task: string | { readonly name: string }, result: unknown): FlowTest<AnyFlow> {
    const mock: Mock = typeof result === "function" ? (result as Mock) : () => result;
    const mocks = new Map(this.#setup.mocks);
    for (const node of mockedNodes(this.#flow, task)) mocks.set(mockKey(this.#flow.spec.name, node), mock);
    return this.#with({ mocks });
  }

  /**
   * Runs the flow to its end. Waits, retry delays and timeouts of tasks that only wait pass at once; a task's work takes
   * the time it takes, and its `timeout` counts that.
   *
   * @throws MillraceError `INVALID_PARAMS` and whatever else keeps a run from being made.
   */
  async run(): Promise<TestedRun<FlowOutput<AnyFlow>>> {
    const place = await openTemporaryStore();
    const uninstall = installVirtualDate();
    try {
      return (await runIn(place, this.#flow, this.#setup)) as TestedRun<FlowOutput<AnyFlow>>;
    } finally {
      uninstall();
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
    slice: null,
    mocks: new Map(),
    others: [],
    connections: {},
    secrets: {},
    variables: {},
    pools: {},
    projectDir: process.cwd(),
    startMs: undefined,
  });
}

const CAPACITY = 8;

async function runIn(place: TemporaryStore, flow: FlowDefinition, setup: Setup): Promise<TestedRun> {
  const clock = new VirtualClock(setup.startMs ?? Date.now());
  const startMs = clock.now();
  const logs: LoggedLine[] = [];
  const events: EventRow[] = [];
  const definitions = new FlowDefinitions([flow, ...setup.others]);
  const artifactsDir = join(place.dir, "artifacts");
  const body = handlerCaller({ ...setup, clock, definitions, artifactsDir, log: (line) => logs.push(line) });
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
    const run = await request(engine, flow.spec.name, setup);
    for (;;) {
      const { ended } = executor;
      await engine.whenQuiet();
      if (failures[0] !== undefined) throw failures[0];
      const row = await store.history.findRun(run);
      if (row?.settled === true) {
        const reader = new InputDecoder(new BlockingArtifactReader(artifactsDir));
        return await tested({ place, flow, row, reader }, { logs, events, elapsedMs: clock.now() - startMs });
      }
      // What has ended meanwhile comes first: time passes only when nothing else can happen.
      if (executor.ended > ended) continue;
      if (executor.working > 0) await executor.whenOneEnds();
      else if (!clock.advanceToNext()) throw standsStill(engine.why(run));
    }
  } finally {
    await engine.stop();
    await leadership.release();
  }
}

function standsStill(reasons: ReturnType<Engine["why"]>): Error {
  const lines = reasons.map(({ label, state, reason }) => `\n  ${label} (${state}): ${reason}`);
  const hint = "\nA task that hangs needs a timeout, its own or the flow's, for the test to come to an end.";
  return new Error(`The run stands still: no time that passes would change anything.${lines.join("")}${hint}`);
}

async function request(engine: Engine, flow: string, setup: Setup): Promise<RunRow["id"]> {
  const answer = await engine.submit({
    id: "test" as CommandId,
    actor: "test",
    createdAtMs: Date.now(),
    command: {
      kind: "request_run",
      flow,
      params: encode(setup.params),
      window: setup.window,
      ...(setup.slice === null ? {} : { slice: setup.slice }),
      version: null,
      selection: null,
      idempotencyKey: null,
    },
  });
  return answeredRun(answer);
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
  const rows = await place.store.history.listTaskRuns(row.id);
  for (const task of rows) {
    const spec = flow.spec.nodes[task.node];
    if (task.hook !== "" || spec === undefined) continue;
    tasks.set(taskRunLabel(spec.id, task.item), {
      state: task.state,
      output: await outputOf(ended, task.node, task.item),
      error: errorOf(task),
      tries: task.tries + (task.state === "success" && task.startedAtMs !== null && !task.cached ? 1 : 0),
    });
  }
  const reports = (await place.store.history.listReports(row.id)).map((report) => report.data);
  return {
    ...seen,
    state: row.state,
    output: await outputOf(ended, -1, ROOT_ITEM),
    error: row.error ?? firstError(rows),
    tasks,
    reports,
    task<TaskOutput>(label: string) {
      const task = tasks.get(label);
      if (task !== undefined) return task as TestedTask<TaskOutput>;
      throw new MillraceError("UNKNOWN_TASK", `The run has no task ${label}.`, {
        hint: didYouMean(label, [...tasks.keys()], "tasks"),
      });
    },
  };
}

function firstError(rows: readonly TaskRunRow[]): ErrorInfo | null {
  const failed = rows.filter((row) => row.hook === "" && row.error !== null && row.state === "failed");
  failed.sort((a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0) || b.node - a.node);
  return failed[0] === undefined ? null : errorOf(failed[0]);
}

/** Where a test can do something about an error, its hint says so. */
function errorOf({ error }: TaskRunRow): ErrorInfo | null {
  if (error?.code !== "UNKNOWN_FLOW") return error;
  return { ...error, hint: "Hand the flow in: testFlow(flow).withFlows(other). Or mock the task that runs it." };
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
