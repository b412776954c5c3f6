import type { EventError, FinalTaskRunState, RunRow, RunState, TaskRunRow } from "@millrace/core";
import type { FlowShape } from "./flow-shape.ts";
import type { RunEvent } from "./run-event.ts";

/** How one node of a flow stands in a run: counts over its task runs, of which there are many inside a map. */
export interface NodeView {
  /** Task runs, as far as they are known: a map's body grows when the map has its list. */
  total: number;
  readonly ended: Record<FinalTaskRunState, number>;
  cached: number;
  reused: number;
  firstStartedAtMs: number | null;
  lastEndedAtMs: number | null;
  /** Of a map: items of all its expansions, once it has its list. */
  items: number | null;
  /** Of a branch outside maps: the arm taken. */
  arm: string | null;
  lastError: EventError | null;
}

/** A task run that has begun and not ended. */
export interface ActiveTask {
  readonly node: number;
  readonly item: string;
  state: "running" | "retry_wait" | "deferred";
  /** The try, from 1. */
  number: number;
  startedAtMs: number;
  /** In `retry_wait` and `deferred`. */
  resumeAtMs: number | null;
  attempt: number | null;
}

/** A run as it can be shown: made from a snapshot of the store, kept by events. Ended task runs cost a counter each. */
export interface RunView {
  readonly run: string;
  readonly flow: string;
  readonly spec: FlowShape;
  state: RunState;
  cancelling: boolean;
  readonly createdAtMs: number;
  startedAtMs: number | null;
  endedAtMs: number | null;
  error: EventError | null;
  /** By node. Null: not part of this run. */
  readonly nodes: readonly (NodeView | null)[];
  /** By map: the nodes that stand directly in its body. */
  readonly bodies: ReadonlyMap<number, readonly number[]>;
  /** By `node/item`. */
  readonly active: Map<string, ActiveTask>;
  /** What the snapshot has counted already: events of it that were still on their way are dropped. */
  readonly snapshot: { readonly ended: ReadonlySet<string>; readonly expanded: ReadonlySet<string> };
}

/** The states that a node can be shown in: those of its task runs, taken together. */
export type NodeState = "waiting" | "running" | "retry_wait" | "deferred" | FinalTaskRunState;

function spotKey(node: number, item: string): string {
  return `${node}/${item}`;
}

function emptyNode(total: number): NodeView {
  return {
    total,
    ended: { success: 0, failed: 0, skipped: 0, upstream_failed: 0, cancelled: 0 },
    cached: 0,
    reused: 0,
    firstStartedAtMs: null,
    lastEndedAtMs: null,
    items: null,
    arm: null,
    lastError: null,
  };
}

/** A run as the store has it now. Later events go through `applyEvent`; one that is known already changes nothing. */
export function makeRunView(spec: FlowShape, run: RunRow, taskRuns: readonly TaskRunRow[]): RunView {
  const selected = run.selection === null ? null : new Set(run.selection);
  const view: RunView = {
    run: run.id,
    flow: run.flow,
    spec,
    state: run.state,
    cancelling: run.cancelRequested,
    createdAtMs: run.createdAtMs,
    startedAtMs: run.startedAtMs,
    endedAtMs: run.endedAtMs,
    error: run.error,
    nodes: spec.nodes.map((node, index) =>
      isSelected(spec, index, selected) || selected === null ? emptyNode(node.map === null ? 1 : 0) : null,
    ),
    bodies: bodiesOf(spec),
    active: new Map(),
    snapshot: {
      ended: spotsOf(taskRuns, ({ state }) => FINAL.has(state)),
      expanded: spotsOf(taskRuns, ({ itemCount }) => itemCount !== null),
    },
  };
  // Maps first: their items make room for those of the body.
  for (const row of taskRuns) if (row.hook === "" && row.itemCount !== null) addItems(view, row.node, row.itemCount);
  for (const row of taskRuns) if (row.hook === "" && row.node >= 0) applyRow(view, row);
  return view;
}

function bodiesOf(spec: FlowShape): Map<number, number[]> {
  const bodies = new Map<number, number[]>();
  for (const [index, { map }] of spec.nodes.entries()) {
    if (map === null) continue;
    const body = bodies.get(map);
    if (body === undefined) bodies.set(map, [index]);
    else body.push(index);
  }
  return bodies;
}

function spotsOf(taskRuns: readonly TaskRunRow[], wanted: (row: TaskRunRow) => boolean): ReadonlySet<string> {
  return new Set(taskRuns.flatMap((row) => (row.hook === "" && wanted(row) ? [spotKey(row.node, row.item)] : [])));
}

const FINAL: ReadonlySet<string> = new Set<FinalTaskRunState>([
  "success",
  "failed",
  "skipped",
  "upstream_failed",
  "cancelled",
]);

/** Whether the node, or a map or branch around it, is in the selection. */
function isSelected(spec: FlowShape, index: number, selected: ReadonlySet<string> | null): boolean {
  for (let at: number | null = index; at !== null; ) {
    const node: FlowShape["nodes"][number] | undefined = spec.nodes[at];
    if (node === undefined) return false;
    if (selected?.has(node.id) === true) return true;
    at = node.arm?.branch ?? node.map;
  }
  return false;
}

function applyRow(view: RunView, row: TaskRunRow): void {
  const node = nodeOf(view, row.node);
  noteStart(node, row.startedAtMs);
  switch (row.state) {
    case "success":
    case "failed":
    case "skipped":
    case "upstream_failed":
    case "cancelled":
      countEnd(node, { ...row, state: row.state, atMs: row.endedAtMs ?? 0, error: row.error });
      return;
    case "running":
    case "retry_wait":
    case "deferred":
      view.active.set(spotKey(row.node, row.item), {
        node: row.node,
        item: row.item,
        state: row.state,
        number: row.tries + 1,
        startedAtMs: row.startedAtMs ?? 0,
        resumeAtMs: row.resumeAtMs,
        attempt: null,
      });
      return;
    case "pending":
    case "ready":
    case "queued":
    case "awaiting_input":
      return;
  }
}

/** Takes an event in. Gives false when it changed nothing that is shown. */
export function applyEvent(view: RunView, event: RunEvent): boolean {
  if (event.run !== view.run || isKnown(view, event)) return false;
  switch (event.kind) {
    case "run.queued":
    case "data.reported":
    case "hook.working":
    case "hook.finished":
      return false;
    case "run.started":
      view.state = "running";
      view.startedAtMs ??= event.atMs;
      return true;
    case "run.cancelling":
      view.cancelling = true;
      return true;
    case "run.finished":
      view.state = event.state;
      view.endedAtMs = event.atMs;
      view.error = event.error;
      return true;
    case "task.started":
      noteStart(nodeOf(view, event.node), event.atMs);
      activate(view, event, { state: "running", number: event.number, resumeAtMs: null, attempt: event.attempt });
      return true;
    case "task.retrying":
      activate(view, event, { state: "retry_wait", number: event.number, resumeAtMs: event.resumeAtMs });
      nodeOf(view, event.node).lastError = event.error;
      return true;
    case "task.deferred":
      activate(view, event, { state: "deferred", resumeAtMs: event.resumeAtMs });
      return true;
    case "task.resumed":
      activate(view, event, { state: "running", resumeAtMs: null });
      return true;
    case "task.expanded":
      addItems(view, event.node, event.items);
      return true;
    case "task.finished": {
      view.active.delete(spotKey(event.node, event.item));
      const node = nodeOf(view, event.node);
      if (event.ms > 0) noteStart(node, event.atMs - event.ms);
      countEnd(node, event);
      return true;
    }
  }
}

function isKnown({ snapshot }: RunView, event: RunEvent): boolean {
  if (!("node" in event)) return false;
  const key = spotKey(event.node, event.item);
  return snapshot.ended.has(key) || (event.kind === "task.expanded" && snapshot.expanded.has(key));
}

type Change = { atMs: number; node: number; item: string };

function activate(view: RunView, { atMs, node, item }: Change, change: Partial<ActiveTask>): void {
  const key = spotKey(node, item);
  const known = view.active.get(key) ?? {
    node,
    item,
    state: "running",
    number: 1,
    startedAtMs: atMs,
    resumeAtMs: null,
    attempt: null,
  };
  view.active.set(key, { ...known, ...change });
}

/** A node that the run was thought not to have appears when something happens to it: the store is right. */
function nodeOf(view: RunView, index: number): NodeView {
  const known = view.nodes[index];
  if (known !== null && known !== undefined) return known;
  const made = emptyNode(view.spec.nodes[index]?.map === null ? 1 : 0);
  (view.nodes as (NodeView | null)[])[index] = made;
  return made;
}

function noteStart(node: NodeView, atMs: number | null): void {
  if (atMs !== null && (node.firstStartedAtMs === null || atMs < node.firstStartedAtMs)) node.firstStartedAtMs = atMs;
}

function addItems(view: RunView, map: number, items: number): void {
  const node = nodeOf(view, map);
  node.items = (node.items ?? 0) + items;
  for (const index of view.bodies.get(map) ?? []) nodeOf(view, index).total += items;
}

interface End {
  readonly state: FinalTaskRunState;
  readonly atMs: number;
  readonly cached: boolean;
  readonly reusedFrom: string | null;
  readonly arm: string | null;
  readonly error: EventError | null;
}

function countEnd(node: NodeView, end: End): void {
  node.ended[end.state] += 1;
  if (end.cached) node.cached += 1;
  if (end.reusedFrom !== null) node.reused += 1;
  if (end.arm !== null) node.arm = end.arm;
  if (end.error !== null && end.state === "failed") node.lastError = end.error;
  node.lastEndedAtMs = Math.max(node.lastEndedAtMs ?? 0, end.atMs);
}

export function endedCount(node: NodeView): number {
  const { success, failed, skipped, upstream_failed: upstream, cancelled } = node.ended;
  return success + failed + skipped + upstream + cancelled;
}

/** The one state that stands for all task runs of a node: what is going on, else the worst that came out. */
export function nodeState(node: NodeView, active: readonly ActiveTask[]): NodeState {
  for (const state of ["running", "retry_wait", "deferred"] as const) {
    if (active.some((task) => task.state === state)) return state;
  }
  if (endedCount(node) < node.total || node.total === 0) return endedCount(node) > 0 ? "running" : "waiting";
  for (const state of ["failed", "upstream_failed", "cancelled"] as const) if (node.ended[state] > 0) return state;
  return node.ended.success > 0 ? "success" : "skipped";
}

/** How many task runs of tasks (not of maps and branches) ended in each way, for the line at the end. */
export function totals(view: RunView): Record<FinalTaskRunState | "cached" | "reused", number> {
  const sum = { success: 0, failed: 0, skipped: 0, upstream_failed: 0, cancelled: 0, cached: 0, reused: 0 };
  for (const [index, node] of view.nodes.entries()) {
    if (node === null) continue;
    if (view.spec.nodes[index]?.kind !== "task") {
      // A map or branch that failed by itself (its list was none) and not because of what is inside it.
      if (node.lastError !== null) sum.failed += node.ended.failed;
      continue;
    }
    sum.cached += node.cached;
    sum.reused += node.reused;
    for (const [state, count] of Object.entries(node.ended)) sum[state as FinalTaskRunState] += count;
  }
  return sum;
}
