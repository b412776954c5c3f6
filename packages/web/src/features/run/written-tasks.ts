import type { FlowNode, RepeatPlan, TaskRun } from "../../api/shapes.ts";

type Node = Pick<FlowNode, "id" | "kind" | "map">;

/**
 * Tasks are counted as they are written, everywhere: what a map repeats is one task, however many items there are, and maps
 * and branches themselves are none.
 */
export function writtenCounts(taskRuns: readonly TaskRun[]): { readonly tasks: number; readonly items: number } {
  const own = taskRuns.filter(({ hook, itemCount, arm }) => hook === "" && itemCount === null && arm === null);
  const tasks = new Set(own.map(({ node }) => node));
  return { tasks: tasks.size, items: own.filter(({ item }) => item !== "").length };
}

/** What of a plan runs, is kept and so on, in tasks as they are written. A plan names what a map repeats by the map alone. */
export function plannedCounts(
  { counts, tasks }: Pick<RepeatPlan, "counts" | "tasks">,
  nodes: readonly Node[] | undefined,
) {
  const total = counts.run + counts.reuse + counts.mark + counts.leave_out;
  // Of a large plan not all tasks are told.
  if (nodes === undefined || tasks.length < total) return counts;
  const written = { run: 0, reuse: 0, mark: 0, leave_out: 0 };
  for (const { task, does } of tasks) written[does] += writtenIn(task, nodes);
  return written;
}

function writtenIn(id: string, nodes: readonly Node[]): number {
  const node = nodes.find((each) => each.id === id);
  if (node?.kind === "branch") return 0;
  if (node?.kind !== "map") return 1;
  return nodes.filter(({ map }) => map === id).reduce((sum, inner) => sum + writtenIn(inner.id, nodes), 0);
}
