import {
  type CompiledScope,
  didYouMean,
  type FormerState,
  type LoadedRun,
  MillraceError,
  type NodePlan,
  planPart,
  planRepeat,
  type RerunSelection,
  ROOT_ITEM,
  type RunId,
  type RunSelection,
  SKIPPED,
  type StoredValue,
  SUCCESS,
  type TaskRunRow,
} from "@millrace/core";
import type { ActiveRun, ReusedItems } from "./active-run.ts";
import type { LoadedFlow } from "./loaded-flow.ts";
import { rowsToReuse } from "./reuse.ts";
import type { World } from "./world.ts";

/** What a new run leaves out, and what it takes over from a former one. */
export interface RunPlan {
  /** Ids of the nodes that run; null for the whole flow. */
  readonly selection: readonly string[] | null;
  /** By local number at the top; empty for the whole flow. */
  readonly nodes: readonly NodePlan[];
  readonly reused: readonly Reused[];
  /** The run that `reused` was read from, where that is not the one that is rerun. */
  readonly base: RunId | null;
  readonly reusedItems: ReadonlyMap<number, { readonly count: number; readonly rows: readonly Reused[] }>;
}

/** A task run of a former run, as it will stand in the new one, and its output. */
interface Reused {
  readonly row: TaskRunRow;
  readonly value: StoredValue | undefined;
}

export const WHOLE_FLOW: RunPlan = { selection: null, nodes: [], reused: [], base: null, reusedItems: new Map() };

/** Applies a plan to a run that is about to be opened, and writes down what it takes over. */
export function excludeAndReuse(world: World, run: ActiveRun, plan: RunPlan): void {
  const { progress } = run;
  const left: number[] = [];
  for (const [local, node] of plan.nodes.entries()) if (node === "leave_out") left.push(local);
  progress.exclude(left);
  const items = new Map<number, ReusedItems>();
  for (const [node, { count, rows }] of plan.reusedItems) {
    items.set(node, { count, rows: rows.map((reused) => takeOver(world, run, reused)) });
  }
  run.reusedItems = items;
  for (const reused of plan.reused) {
    const row = takeOver(world, run, reused);
    if (row.item !== ROOT_ITEM) continue;
    const local = run.flow.compiled.localOf[row.node] as number;
    if (run.flow.compiled.scopeOf[row.node] === 0) {
      progress.restore(progress.root, local, row.state === "skipped" ? SKIPPED : SUCCESS);
    }
  }
}

function takeOver(world: World, run: ActiveRun, { row, value }: Reused): TaskRunRow {
  const own = { ...row, run: run.id };
  world.batch.decided(run, own);
  world.batch.decidedEvent(own);
  if (value !== undefined) world.batch.output({ run: run.id, node: row.node, item: row.item, value });
  return own;
}

/** A first run of a part of a flow; what that part needs is taken from the newest run that has it. */
export async function planFirstRun(world: World, flow: LoadedFlow, selection: RunSelection): Promise<RunPlan> {
  const scope = topOf(flow);
  const nodes = planPart(scope, namedLocals(flow, selection.nodes), selection.kind === "from");
  const needed: number[] = [];
  for (const [local, plan] of nodes.entries()) if (plan === "reuse") needed.push(scope.nodes[local] as number);
  const base = needed.length === 0 ? undefined : await newestRunWith(world, flow, needed);
  const reused: Reused[] = [];
  if (base !== undefined) for (const node of needed) reused.push(await reuse(world, base, node));
  return { selection: runningIds(flow, nodes), nodes, reused, base: base?.run ?? null, reusedItems: new Map() };
}

/** A rerun: what did well before and is not asked for again is taken over. */
export async function planRerunOf(
  world: World,
  { flow, former }: { readonly flow: LoadedFlow; readonly former: LoadedRun },
  selection: RerunSelection,
): Promise<RunPlan> {
  if (selection.kind === "all") return WHOLE_FLOW;
  const base = await baseOf(world, flow, former);
  const scope = topOf(flow);
  const states = Array.from(scope.nodes, (node) => formerState(flow, base, node));
  const nodes = planRepeat(
    scope,
    states,
    selection.kind === "failed"
      ? selection
      : { kind: "tasks", locals: namedLocals(flow, selection.nodes), downstream: selection.downstream },
  );
  const reused: Reused[] = [];
  const reusedItems = new Map<number, { count: number; rows: readonly Reused[] }>();
  for (const [local, plan] of nodes.entries()) {
    const node = scope.nodes[local] as number;
    if (plan === "reuse") reused.push(await reuse(world, base, node));
    else if (plan === "run" && selection.kind === "failed" && isSameList(scope, nodes, local)) {
      const items = await reuseItems(world, base, { flow, node });
      if (items !== undefined) reusedItems.set(node, items);
    }
  }
  return { selection: runningIds(flow, nodes), nodes, reused, base: null, reusedItems };
}

function formerState(flow: LoadedFlow, base: Base, node: number): FormerState {
  const row = base.rows.get(node);
  if (row !== undefined) return row.state;
  const id = flow.spec.nodes[node]?.id ?? "";
  return base.selection?.includes(id) === false && base.nodeBefore.has(node) ? "left_out" : undefined;
}

/** Nothing upstream of the map is repeated, so its list is the one it had. */
function isSameList(scope: CompiledScope, nodes: readonly NodePlan[], local: number): boolean {
  return (scope.upstream[local] as Int32Array).every((upstream) => nodes[upstream] !== "run");
}

/** A former run in terms of the flow as it is now: nodes are matched by their ids. */
interface Base {
  readonly run: RunId;
  /** Ids of the nodes that it ran; null for all. */
  readonly selection: readonly string[] | null;
  /** By node of the new flow: its row at the top of the former run. */
  readonly rows: ReadonlyMap<number, TaskRunRow>;
  /** By node of the new flow: its index in the former. */
  readonly nodeBefore: ReadonlyMap<number, number>;
  readonly all: readonly TaskRunRow[];
}

async function baseOf(world: World, flow: LoadedFlow, former: LoadedRun): Promise<Base> {
  const before = await world.flow(former.run.version, former.run.flow);
  const idsNow = new Map(flow.spec.nodes.map((node, index) => [node.id, index]));
  const nodeNow = before.spec.nodes.map((node) => idsNow.get(node.id));
  const rows = new Map<number, TaskRunRow>();
  const nodeBefore = new Map<number, number>();
  for (const [index, now] of nodeNow.entries()) if (now !== undefined) nodeBefore.set(now, index);
  for (const row of former.taskRuns) {
    const now = row.hook === "" && row.item === ROOT_ITEM ? nodeNow[row.node] : undefined;
    if (now !== undefined) rows.set(now, row);
  }
  return { run: former.run.id, selection: former.run.selection, rows, nodeBefore, all: former.taskRuns };
}

async function reuse(world: World, base: Base, node: number): Promise<Reused> {
  const row = base.rows.get(node);
  if (row === undefined) throw new Error(`node ${node} cannot be taken over: it has no row`);
  const value = await world.ports.store.findOutput(base.run, row.node, row.item);
  return { row: asReused(row, node, base.run), value };
}

function asReused(row: TaskRunRow, node: number, from: RunId): TaskRunRow {
  return {
    ...row,
    node,
    reusedFrom: row.reusedFrom ?? from,
    tries: 0,
    crashes: 0,
    resumes: 0,
    childRun: null,
    error: null,
  };
}

async function reuseItems(
  world: World,
  base: Base,
  { flow, node }: { readonly flow: LoadedFlow; readonly node: number },
): Promise<{ count: number; rows: readonly Reused[] } | undefined> {
  const count = base.rows.get(node)?.itemCount;
  const body = flow.compiled.scopes[flow.compiled.bodyOf[node] as number];
  if (flow.spec.nodes[node]?.kind !== "map" || typeof count !== "number" || body === undefined) return undefined;
  const rows: Reused[] = [];
  for (const inner of body.nodes) {
    const before = base.nodeBefore.get(inner);
    if (before === undefined) return undefined;
    const values = new Map(await world.ports.store.findOutputs(base.run, before));
    for (const row of base.all) {
      if (row.node !== before || row.hook !== "" || (row.state !== "success" && row.state !== "skipped")) continue;
      rows.push({ row: asReused(row, inner, base.run), value: values.get(row.item) });
    }
  }
  return { count, rows: rowsToReuse(body, rows) };
}

const RUNS_LOOKED_AT = 20;

async function newestRunWith(world: World, flow: LoadedFlow, needed: readonly number[]): Promise<Base> {
  const { store } = world.ports;
  const runs = await store.history.listRuns({
    flow: flow.spec.name,
    states: ["success", "failed"],
    limit: RUNS_LOOKED_AT,
  });
  for (const run of runs) {
    const base = await baseOf(world, flow, await store.loadRun(run.id));
    if (needed.every((node) => base.rows.get(node)?.state === "success")) return base;
  }
  const ids = needed.map((node) => flow.spec.nodes[node]?.id).join(", ");
  throw new MillraceError("USAGE", `this part of ${flow.spec.name} needs what ${ids} gave, and no earlier run has it`, {
    hint: `Run the whole flow once: millrace run ${flow.spec.name}`,
  });
}

/** Local numbers at the top of the tasks and groups of these names. */
function namedLocals(flow: LoadedFlow, names: readonly string[]): readonly number[] {
  const scope = topOf(flow);
  const ids = Array.from(scope.nodes, (node) => flow.spec.nodes[node]?.id ?? "");
  const locals: number[] = [];
  for (const name of names) {
    const found = ids.flatMap((id, local) => (id === name || id.startsWith(`${name}/`) ? [local] : []));
    if (found.length === 0) {
      throw new MillraceError("UNKNOWN_TASK", `flow ${flow.spec.name} has no task called ${name}`, {
        hint: didYouMean(name, ids, "tasks"),
      });
    }
    locals.push(...found);
  }
  return locals;
}

function runningIds(flow: LoadedFlow, nodes: readonly NodePlan[]): readonly string[] {
  const scope = topOf(flow);
  return nodes.flatMap((plan, local) => {
    const id = flow.spec.nodes[scope.nodes[local] as number]?.id;
    return plan === "run" && id !== undefined ? [id] : [];
  });
}

function topOf(flow: LoadedFlow): CompiledScope {
  return flow.compiled.scopes[0] as CompiledScope;
}
