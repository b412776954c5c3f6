import { type Frame, planRepeat, SKIPPED, SUCCESS, type TaskRunRow, type TaskRunState } from "@millrace/core";
import type { ActiveTask } from "./active-task.ts";

/**
 * A map that expands in a rerun takes over the items, and the parts of items, that succeeded before. Their rows were
 * written when the rerun was made; when the list has another length now, they mean nothing and are repeated.
 */
export function restoreReusedItems(map: ActiveTask, items: Frame): void {
  const reused = map.run.reusedItems.get(map.node);
  if (reused === undefined || map.item !== "" || (reused.count ?? items.count) !== items.count) return;
  for (const [item, rows] of byItem(reused.rows)) {
    if (item >= items.count) continue;
    const former: (TaskRunState | undefined)[] = Array.from(items.scope.nodes, (node) => rows.get(node)?.state);
    for (const [local, plan] of planRepeat(items.scope, former, { kind: "failed" }).entries()) {
      if (plan !== "reuse") continue;
      const state = former[local] === "skipped" ? SKIPPED : SUCCESS;
      map.run.progress.restore(items, item * items.width + local, state);
    }
  }
}

function byItem(rows: readonly TaskRunRow[]): ReadonlyMap<number, ReadonlyMap<number, TaskRunRow>> {
  const items = new Map<number, Map<number, TaskRunRow>>();
  for (const row of rows) {
    const index = Number(row.item);
    const nodes = items.get(index) ?? new Map<number, TaskRunRow>();
    items.set(index, nodes.set(row.node, row));
  }
  return items;
}
