import type { FlowCode } from "../../api/shapes.ts";

type Task = FlowCode["tasks"][number];

/** Where a task is read: where it is written, else where it is called. */
export function placeOfTask({ declared, placed }: Task): Task["declared"] {
  return declared ?? placed;
}
