import { type FlowSpec, type ItemPath, MillraceError, ROOT_ITEM, type RunRow, taskRunLabel } from "@millrace/core";

/** Where a task stands in its run. */
export interface TaskPlace {
  readonly task: string;
  /** -1 for the flow itself, whose hooks are there. */
  readonly node: number;
  readonly item: ItemPath;
}

/** Finds a task by what people call it. @throws `UNKNOWN_TASK`. */
export function placeOfTask(spec: FlowSpec | undefined, run: Pick<RunRow, "flow">, task: string): TaskPlace {
  if (task === run.flow) return { task, node: -1, item: ROOT_ITEM };
  const [, bare] = /^#(\d{1,7})$/.exec(task) ?? [];
  if (spec === undefined && bare !== undefined) return { task, node: Number(bare), item: ROOT_ITEM };
  const indexes: string[] = [];
  const id = task.replace(/\[(\d+)\]/g, (_, index: string) => {
    indexes.push(index);
    return "[]";
  });
  const node = spec?.nodes.findIndex((each) => each.id === id) ?? -1;
  if (node >= 0) return { task, node, item: indexes.join(".") as ItemPath };
  throw new MillraceError("UNKNOWN_TASK", `flow ${run.flow} has no task called ${task}`, {
    hint: "The task runs of the run name them all.",
  });
}

/** The item of a node that is seen from an item: its own, or one around it. Undefined for what is inside a map of its own. */
export function itemSeen(spec: FlowSpec, node: number, from: ItemPath): ItemPath | undefined {
  const depth = depthOf(spec, node);
  const parts = from === "" ? [] : from.split(".");
  return depth > parts.length ? undefined : (parts.slice(0, depth).join(".") as ItemPath);
}

/** In how many maps a node stands. */
export function depthOf(spec: FlowSpec, node: number): number {
  let depth = 0;
  for (let map = spec.nodes[node]?.map ?? null; map !== null; map = spec.nodes[map]?.map ?? null) depth += 1;
  return depth;
}

export function labelSeen(spec: FlowSpec, node: number, from: ItemPath): string {
  const id = spec.nodes[node]?.id ?? `#${node}`;
  const item = itemSeen(spec, node, from);
  return item === undefined ? id : taskRunLabel(id, item);
}
