import type { Frame } from "@millrace/core";
import type { ActiveTask } from "./active-run.ts";
import { codeOf, noteFailure } from "./plans/apply-plan.ts";

/**
 * A map that expands in a rerun takes over the items, and the parts of items, that stand in it from the start. Their rows
 * were written when the rerun was made; when the list has another length now, they mean nothing and are repeated.
 */
export function restoreReusedItems(map: ActiveTask, items: Frame): void {
  const { run } = map;
  const reused = run.reusedItems.get(map.node);
  if (reused === undefined || map.item !== "" || (reused.count ?? items.count) !== items.count) return;
  const { localOf } = run.flow.compiled;
  for (const row of reused.rows) {
    const index = Number(row.item);
    if (index >= items.count) continue;
    noteFailure(run, row);
    run.progress.restore(items, index * items.width + (localOf[row.node] as number), codeOf(row.state));
  }
}
