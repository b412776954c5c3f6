import { type Frame, type ItemPath, ROOT_ITEM, type TaskRunRow } from "@millrace/core";
import type { ActiveRun } from "./active-run.ts";

type Times = Pick<TaskRunRow, "startedAtMs" | "endedAtMs">;

/**
 * When task runs became ready of which nothing is written: they waited for their first attempt. It was when the last of
 * what they waited for ended, or the region around them began, whichever came later. Upstreams that ended after a
 * trigger rule had decided make that a little later than it was, never later than now.
 */
export function readyTimesOf(run: ActiveRun, rows: readonly TaskRunRow[]): (frame: Frame, slot: number) => number {
  const times = new Map<string, Times>();
  for (const { node, item, hook, startedAtMs, endedAtMs } of rows) {
    if (hook === "") times.set(keyOf(node, item), { startedAtMs, endedAtMs });
  }
  return (frame, slot) => {
    const { scope, parent } = frame;
    const local = slot % frame.width;
    const item = frame.pathAt(slot);
    let readyAtMs = run.startedAtMs ?? 0;
    const notBefore = (atMs: number | null | undefined): void => {
      readyAtMs = Math.max(readyAtMs, atMs ?? 0);
    };
    for (const upstream of scope.upstream[local] as Int32Array) {
      notBefore(times.get(keyOf(scope.nodes[upstream] as number, item))?.endedAtMs);
    }
    const branch = scope.branchOf[local] as number;
    if (branch !== -1) notBefore(times.get(keyOf(scope.nodes[branch] as number, item))?.startedAtMs);
    if (parent !== undefined) {
      const map = keyOf(parent.frame.nodeAt(parent.slot), parent.frame.pathAt(parent.slot));
      notBefore(times.get(map)?.startedAtMs);
    }
    return readyAtMs;
  };
}

function keyOf(node: number, item: ItemPath): string {
  return item === ROOT_ITEM ? String(node) : `${node}/${item}`;
}
