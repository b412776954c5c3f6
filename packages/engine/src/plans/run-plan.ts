import type { NodePlan, RunId, StoredValue, TaskRunRow } from "@millrace/core";
import type { World } from "../world.ts";

/** What a new run leaves out, and what stands in it from the start. Made of data alone: nothing is read or written by it. */
export interface RunPlan {
  /** Ids of the nodes that run; null for the whole flow. */
  readonly selection: readonly string[] | null;
  /** By local number at the top; empty for the whole flow. */
  readonly nodes: readonly NodePlan[];
  readonly taken: readonly TakenRow[];
  /** By map that runs again: what stands of its items. */
  readonly items: ReadonlyMap<number, TakenItems>;
  /** The run that it was made from. */
  readonly base: RunId | null;
}

/** A task run that stands from the start: taken over from a former run, or marked. */
export interface TakenRow {
  readonly row: TaskRunRow;
  /** Whose output comes along. */
  readonly output: { readonly run: RunId; readonly node: number } | null;
}

export interface TakenItems {
  /** How many items the map had. Its list is the same now. */
  readonly count: number;
  /** Items of which something runs again. */
  readonly repeated: number;
  readonly rows: readonly TakenRow[];
}

export const WHOLE_FLOW: RunPlan = { selection: null, nodes: [], taken: [], items: new Map(), base: null };

export type TakenOutputs = ReadonlyMap<TakenRow, StoredValue>;

/** Reads the outputs that come along: of what has many items, all at once. */
export async function readOutputs(world: World, plan: RunPlan): Promise<TakenOutputs> {
  const { store } = world.ports;
  const outputs = new Map<TakenRow, StoredValue>();
  const put = (taken: TakenRow, value: StoredValue | undefined): void => {
    if (value !== undefined) outputs.set(taken, value);
  };
  const bulks = new Map<string, ReadonlyMap<string, StoredValue>>();
  const inItems = [...plan.items.values()].flatMap(({ rows }) => rows);
  for (const taken of [...plan.taken, ...inItems]) {
    const { output, row } = taken;
    if (output === null) continue;
    if (row.item === "") {
      put(taken, await store.findOutput(output.run, output.node, row.item));
      continue;
    }
    const key = `${output.run}/${output.node}`;
    const bulk = bulks.get(key) ?? new Map(await store.findOutputs(output.run, output.node));
    bulks.set(key, bulk);
    put(taken, bulk.get(row.item));
  }
  return outputs;
}
