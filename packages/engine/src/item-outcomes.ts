import {
  type EncodedText,
  encode,
  FAILED,
  type Frame,
  listText,
  recordText,
  SKIPPED,
  SUCCESS,
  type TaskRunRow,
  UPSTREAM_FAILED,
} from "@millrace/core";
import type { ActiveRun } from "./active-run.ts";
import type { World } from "./world.ts";

/** How each item of a map ended, for those who read on after failures. `returned` gives what an item returned. */
export async function itemOutcomes(
  world: World,
  { run, items }: { readonly run: ActiveRun; readonly items: Frame },
  returned: (item: number) => Promise<EncodedText>,
): Promise<EncodedText> {
  const errors = items.failedItems === 0 ? undefined : await errorsByItem(world, run, items);
  const texts: EncodedText[] = [];
  for (let item = 0; item < items.count; item += 1) {
    const state = stateOfItem(items, item);
    if (state === "success") texts.push(recordText({ state: encode(state), value: await returned(item) }));
    else if (state === "failed") {
      const error = errors?.get(items.pathOfItem(item))?.error;
      const { name = "Error", message = "an upstream of this item failed" } = error ?? {};
      texts.push(encode({ state, error: { name, message } }));
    } else texts.push(encode({ state }));
  }
  return listText(texts);
}

function stateOfItem(items: Frame, item: number): "success" | "failed" | "skipped" | "cancelled" {
  let skipped = 0;
  let leaves = 0;
  for (const local of items.scope.top) {
    if (items.scope.leaf[local] === 0) continue;
    leaves += 1;
    const state = items.state[item * items.width + local];
    if (state === FAILED || state === UPSTREAM_FAILED) return "failed";
    if (state === SKIPPED) skipped += 1;
    else if (state !== SUCCESS) return "cancelled";
  }
  return leaves > 0 && skipped === leaves ? "skipped" : "success";
}

/** The first failed task run of each item. */
async function errorsByItem(world: World, run: ActiveRun, items: Frame): Promise<ReadonlyMap<string, TaskRunRow>> {
  const errors = new Map<string, TaskRunRow>();
  const nodes = new Set(items.scope.nodes);
  for (const row of await world.ports.store.history.listTaskRuns(run.id)) {
    if (row.hook !== "" || row.state !== "failed" || !nodes.has(row.node) || errors.has(row.item)) continue;
    errors.set(row.item, row);
  }
  return errors;
}
