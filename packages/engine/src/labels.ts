import { taskRunLabel } from "@millrace/core";
import type { ActiveRun, ActiveTask } from "./active-run.ts";

/** A task run or hook as people write it: `airport[3]/load`, `load on failure`. */
export function labelOf(run: ActiveRun, task: ActiveTask): string {
  const label = task.node === -1 ? run.flow.spec.name : taskRunLabel(task.spec.id, task.item);
  return task.hook === "" ? label : `${label} on ${task.hook}`;
}
