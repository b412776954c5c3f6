import {
  type FlowSpec,
  type ItemPath,
  type NodeSpec,
  ROOT_ITEM,
  type RunRow,
  type TaskRunRow,
  type TaskRunState,
  type TaskTimeRow,
  type VersionId,
  visitRefs,
} from "@millrace/core";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Handlers } from "../call.ts";
import { upstreamOf } from "../views/flow-views.ts";
import { attemptView, taskRunView } from "../views/run-views.ts";
import { inputsOf } from "../views/task-inputs.ts";
import { itemSeen, labelSeen, placeOfTask, type TaskPlace } from "../views/task-place.ts";
import { instant, maybeInstant } from "../views/values.ts";
import { findRun, specOf } from "./run-reading.ts";

/** Neighbours beyond these are seen in the graph. */
const MOST_NEIGHBOURS = 40;
/** Versions whose graphs are looked at to find a task that has another number there. */
const MOST_VERSIONS = 8;

type Names = "getTask" | "getTaskTiming";

/** One task of a run. */
export const TASK_READING: Handlers<Names> = {
  async getTask({ runtime, params, query }) {
    const run = await findRun(runtime, params.run);
    const spec = await specOf(runtime, run);
    const place = placeOfTask(spec, run, query.task);
    const { history } = runtime.store;
    const [taskRuns, attempts] = await Promise.all([
      history.listTaskRunsAt(run.id, place.node, place.item),
      history.listAttemptsAt(run.id, place.node, place.item),
    ]);
    const row = taskRuns.find(({ hook }) => hook === "");
    const node = spec?.nodes[place.node];
    const around =
      spec === undefined || node === undefined ? NOTHING_AROUND : await aroundOf(runtime, { run, spec, place });
    return {
      ...place,
      taskRun: row === undefined ? null : taskRunView({ run, spec }, row),
      attempts: attempts.map((each) => attemptView(spec, each, runtime)),
      ...writtenOf(node),
      ...triesOf(node, row),
      ...around,
      inputs: await inputs(runtime, { run, spec, place }),
    };
  },

  async getTaskTiming({ runtime, params, query: { task, limit } }) {
    const run = await findRun(runtime, params.run);
    const { node, item } = placeOfTask(await specOf(runtime, run), run, task);
    const rows = await timesOf(runtime, { run, task, node, item, limit });
    return { task, items: rows.map(timeView) };
  },
};

const NOTHING_AROUND = { upstream: [], downstream: [] };

interface Known {
  readonly run: RunRow;
  readonly spec: FlowSpec;
  readonly place: TaskPlace;
}

function inputs(runtime: Runtime, { run, spec, place }: Omit<Known, "spec"> & { readonly spec: FlowSpec | undefined }) {
  const node = spec?.nodes[place.node];
  if (spec === undefined || node === undefined) return [];
  const template = node.kind === "task" ? node.input : node.kind === "map" ? node.list : node.condition;
  return inputsOf({ store: runtime.store, spec, run, item: place.item }, template);
}

function writtenOf(node: NodeSpec | undefined) {
  const isTask = node?.kind === "task";
  return {
    kind: node?.kind ?? null,
    taskKind: isTask ? node.taskKind : null,
    description: isTask ? node.description : null,
    place: node?.place == null ? null : { file: node.place.file, line: node.place.line },
    details: isTask ? { ...node.details } : {},
    pools: isTask ? node.policies.pools.map(({ pool }) => pool) : [],
  };
}

function triesOf(node: NodeSpec | undefined, row: TaskRunRow | undefined) {
  const limit = node?.kind === "task" ? node.policies.retries.limit : 0;
  const isOver = row?.endedAtMs != null;
  const isWaiting = row?.state === "retry_wait";
  // Tries are counted when they have failed; the retry that is waited for has not begun.
  const left = isOver ? 0 : Math.max(0, limit - (row?.tries ?? 0) + (isWaiting ? 1 : 0));
  return { retries: { limit, left, nextAt: isWaiting ? maybeInstant(row.resumeAtMs) : null } };
}

/** What a task waits for, and what waits for it, each in its state. */
async function aroundOf({ store }: Pick<Runtime, "store">, { run, spec, place }: Known) {
  const { history } = store;
  const own = spec.nodes[place.node] as NodeSpec;
  const upstream = [...before(own)].slice(0, MOST_NEIGHBOURS);
  const after = spec.nodes.flatMap((each, at) => (before(each).has(place.node) ? [at] : []));
  const downstream = after.slice(0, MOST_NEIGHBOURS);
  const itemOf = (node: number): ItemPath => itemSeen(spec, node, place.item) ?? ROOT_ITEM;
  const whole = new Set([...upstream, ...downstream].filter((node) => itemOf(node) === ROOT_ITEM));
  const states = whole.size === 0 ? undefined : await history.listStatesOf(run.id, [...whole]);
  const stateOf = async (node: number): Promise<TaskRunState | null> => {
    // In a map, its own item's; what has many items is in the state that needs somebody most.
    if (whole.has(node)) return states?.get(node) ?? null;
    return (await history.listTaskRunsAt(run.id, node, itemOf(node))).find(({ hook }) => hook === "")?.state ?? null;
  };
  const neighbours = (nodes: readonly number[]) =>
    Promise.all(
      nodes.map(async (node) => ({
        task: labelSeen(spec, node, place.item),
        state: await stateOf(node),
        isAround: own.arm?.branch === node || own.map === node,
      })),
    );
  return { upstream: await neighbours(upstream), downstream: await neighbours(downstream) };
}

/** What a node waits for: those it takes from, the map in whose body it stands, and the branch that may leave it out. */
function before(node: NodeSpec): Set<number> {
  const found = new Set(upstreamOf(node));
  if (node.arm !== null) found.add(node.arm.branch);
  if (node.map !== null && node.kind === "task") {
    visitRefs(node.input, (part) => {
      if (part.kind === "item" || part.kind === "index") found.add(part.map);
    });
  }
  return found;
}

interface TimedTask {
  readonly run: RunRow;
  readonly task: string;
  readonly node: number;
  readonly item: ItemPath;
  readonly limit: number;
}

/** The times of a task. In versions in which it has another number, they are read by that. */
async function timesOf(runtime: Runtime, { run, task, node, item, limit }: TimedTask): Promise<readonly TaskTimeRow[]> {
  const read = (own: number) =>
    runtime.store.history.listTaskTimes({ flow: run.flow, run: run.id, node: own, item, limit });
  const rows = await read(node);
  const versions = [...new Set(rows.map(({ version }) => version))].slice(0, MOST_VERSIONS);
  const nodes = new Map(
    await Promise.all(
      versions.map(async (version) => [version, await nodeIn(runtime, { run, version, task })] as const),
    ),
  );
  const others = new Map<number, readonly TaskTimeRow[]>();
  for (const own of new Set(nodes.values())) {
    if (own !== undefined && own !== node) others.set(own, await read(own));
  }
  return rows.map((row, at) => {
    const own = nodes.get(row.version);
    if (own === node) return row;
    return (own === undefined ? undefined : others.get(own)?.[at]) ?? { ...row, taskRun: null };
  });
}

/** Which number a task has in another version of its flow; undefined where it is not there. */
async function nodeIn(
  runtime: Runtime,
  { run, version, task }: { readonly run: RunRow; readonly version: VersionId; readonly task: string },
): Promise<number | undefined> {
  const spec = await specOf(runtime, { version, flow: run.flow });
  if (spec === undefined) return undefined;
  try {
    return placeOfTask(spec, run, task).node;
  } catch {
    return undefined;
  }
}

function timeView({ run, createdAtMs, taskRun }: TaskTimeRow) {
  const { state = null, tries = 0, readyAtMs = null, startedAtMs = null, endedAtMs = null } = taskRun ?? {};
  const between = (from: number | null, to: number | null) =>
    from === null || to === null ? null : Math.max(0, to - from);
  return {
    run,
    createdAt: instant(createdAtMs),
    state,
    tries,
    waitedMs: between(readyAtMs, startedAtMs),
    tookMs: between(startedAtMs, endedAtMs),
    isReused: taskRun !== null && (taskRun.cached || taskRun.reusedFrom !== null),
  };
}
