import { didYouMean, type ItemPath, MillraceError, taskRunLabel } from "@millrace/core";
import type { FlowShape } from "../run-view/flow-shape.ts";

/**
 * Whether a task run is meant by a name that people type: a task (`load`), a group (`audit`), all items of a map
 * (`process`), or one item (`process[3]`).
 */
export function matchesTask(
  spec: FlowShape,
  at: { readonly node: number; readonly item: string },
  name: string,
): boolean {
  const id = spec.nodes[at.node]?.id;
  if (id === undefined) return name === spec.name;
  const label = taskRunLabel(id, at.item as ItemPath);
  return [id, label, withoutIndexes(id)].some((known) => known === name || known.startsWith(`${name}/`));
}

/** Refuses a name that no task of the flow can have. */
export function checkTaskName(spec: FlowShape, name: string): void {
  const wanted = withoutIndexes(name);
  const ids = spec.nodes.map(({ id }) => withoutIndexes(id));
  if (wanted === spec.name || ids.some((id) => id === wanted || id.startsWith(`${wanted}/`))) return;
  throw new MillraceError("UNKNOWN_TASK", `Flow "${spec.name}" has no task "${name}".`, {
    hint: didYouMean(wanted, [...new Set(ids)], "tasks"),
  });
}

function withoutIndexes(id: string): string {
  return id.replace(/\[\d*\]/g, "");
}
