import { type TaskRunRow, taskRunLabel } from "@millrace/core";
import type { FlowShape } from "../run-view/flow-shape.ts";

/** A task run as people write it, `airport[3]/load`; a hook with what it watches. */
export function taskLabel(spec: FlowShape, { node, item, hook }: Pick<TaskRunRow, "node" | "item" | "hook">): string {
  const id = spec.nodes[node]?.id;
  const label = id === undefined ? spec.name : taskRunLabel(id, item);
  return hook === "" ? label : `${label} on ${hook.split(":")[0]}`;
}
