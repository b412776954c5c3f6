import { type CompiledScope, type Frame, planRepeat, SKIPPED, SUCCESS, type TaskRunRow } from "@millrace/core";
import type { ActiveTask } from "./active-run.ts";

/**
 * Of the task runs in a map's items that ended well, those that a rerun takes over: what follows a failure within an
 * item is repeated with it.
 */
export function rowsToReuse<Row extends { readonly row: TaskRunRow }>(
  body: CompiledScope,
  rows: readonly Row[],
): readonly Row[] {
  return byItem(rows).flatMap((item) => {
    const former = Array.from(body.nodes, (node) => item.get(node)?.row.state);
    return planRepeat(body, former, { kind: "failed" }).flatMap((plan, local) => {
      const reused = item.get(body.nodes[local] as number);
      return plan === "reuse" && reused !== undefined ? [reused] : [];
    });
  });
}

/**
 * A map that expands in a rerun takes over the items, and the parts of items, that succeeded before. Their rows were
 * written when the rerun was made; when the list has another length now, they mean nothing and are repeated.
 */
export function restoreReusedItems(map: ActiveTask, items: Frame): void {
  const reused = map.run.reusedItems.get(map.node);
  if (reused === undefined || map.item !== "" || (reused.count ?? items.count) !== items.count) return;
  const { localOf } = map.run.flow.compiled;
  for (const { node, item, state } of reused.rows) {
    const index = Number(item);
    if (index >= items.count) continue;
    const slot = index * items.width + (localOf[node] as number);
    map.run.progress.restore(items, slot, state === "skipped" ? SKIPPED : SUCCESS);
  }
}

function byItem<Row extends { readonly row: TaskRunRow }>(rows: readonly Row[]): readonly ReadonlyMap<number, Row>[] {
  const items = new Map<string, Map<number, Row>>();
  for (const one of rows) {
    const { item, node } = one.row;
    const nodes = items.get(item) ?? new Map<number, Row>();
    items.set(item, nodes.set(node, one));
  }
  return [...items.values()];
}
