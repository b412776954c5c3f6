import { type FlowSpec, type FormerState, ROOT_ITEM, type RunId, type RunRow, type TaskRunRow } from "@millrace/core";
import type { LoadedFlow } from "../loaded-flow.ts";
import type { World } from "../world.ts";

/** A task run of a former run. */
export interface FormerRow {
  /** With its node as the flow has it now. */
  readonly row: TaskRunRow;
  /** Where its output lies. */
  readonly from: RunId;
  readonly nodeBefore: number;
}

/** A former run in terms of the flow as it is now: nodes are matched by their ids. */
export interface FormerRun {
  readonly run: RunRow;
  /** The flow as that run had it. */
  readonly before: LoadedFlow;
  /** By node of the new flow: its row at the top. */
  readonly top: ReadonlyMap<number, FormerRow>;
  /** By map at the top: all that its items have, those of maps within them too. */
  readonly inItems: ReadonlyMap<number, readonly FormerRow[]>;
  /** By node of the new flow: its index in the former. */
  readonly nodeBefore: ReadonlyMap<number, number>;
}

/** Reads a former run; what its items had too, where it took a map over from a run before it. */
export async function readFormer(world: World, flow: LoadedFlow, id: RunId): Promise<FormerRun> {
  const { store } = world.ports;
  const own = await readRows(world, flow, id);
  const inItems = new Map(own.inItems);
  for (const [node, { row }] of own.top) {
    if (row.reusedFrom === null || row.itemCount === null || inItems.has(node)) continue;
    if ((await store.history.findRun(row.reusedFrom)) === undefined) continue;
    const source = await readRows(world, flow, row.reusedFrom);
    inItems.set(node, source.inItems.get(node) ?? []);
  }
  return { ...own, inItems };
}

async function readRows(world: World, flow: LoadedFlow, id: RunId): Promise<FormerRun> {
  const { run, taskRuns } = await world.ports.store.loadRun(id);
  const before = await world.flow(run.version, run.flow);
  const nodeNow = matchNodes(before.spec, flow.spec);
  const top = new Map<number, FormerRow>();
  const inItems = new Map<number, FormerRow[]>();
  for (const row of taskRuns) {
    const node = row.hook === "" ? nodeNow.get(row.node) : undefined;
    if (node === undefined) continue;
    const former = { row: { ...row, node }, from: id, nodeBefore: row.node };
    if (row.item === ROOT_ITEM) {
      top.set(node, former);
      continue;
    }
    const map = outermostMap(flow.spec, node);
    const known = inItems.get(map);
    if (known === undefined) inItems.set(map, [former]);
    else known.push(former);
  }
  const nodeBefore = new Map([...nodeNow].map(([old, now]) => [now, old]));
  return { run, before, top, inItems, nodeBefore };
}

function matchNodes(before: FlowSpec, now: FlowSpec): ReadonlyMap<number, number> {
  const idsNow = new Map(now.nodes.map((node, index) => [node.id, index]));
  const matched = new Map<number, number>();
  for (const [index, { id }] of before.nodes.entries()) {
    const node = idsNow.get(id);
    if (node !== undefined) matched.set(index, node);
  }
  return matched;
}

/** The map at the top in whose items a node stands; -1 outside of maps. */
function outermostMap(spec: FlowSpec, node: number): number {
  let outermost = -1;
  for (let map = spec.nodes[node]?.map ?? null; map !== null; map = spec.nodes[map]?.map ?? null) outermost = map;
  return outermost;
}

/** How a node at the top ended. */
export function formerStateOf(flow: LoadedFlow, former: FormerRun, node: number): FormerState {
  const row = former.top.get(node)?.row;
  if (row !== undefined) return row.state;
  const id = flow.spec.nodes[node]?.id ?? "";
  return former.run.selection?.includes(id) === false && former.nodeBefore.has(node) ? "left_out" : undefined;
}
