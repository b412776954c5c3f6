import type { TaskRun } from "../../api/shapes.ts";

/** More are only counted. */
const NAMED = 2;

/** A few tasks by name, more of them by their number. */
export function namesText(tasks: readonly string[]): string {
  return tasks.length > NAMED ? `these ${tasks.length} tasks` : tasks.join(" and ");
}

/** What a node of the graph is called where tasks are named: those in a map's items are meant with the map. */
function nameOfNode(id: string): string {
  const index = id.indexOf("[]");
  return index === -1 ? id : id.slice(0, index);
}

/** The tasks that are meant with what is selected in a graph: one, or all of a group, by their runs. */
export function namesMeant(
  selected: string | undefined,
  taskRuns: readonly Pick<TaskRun, "task">[],
): readonly string[] {
  if (selected === undefined) return [];
  // A branch that is opened and closed goes by its name and a question mark.
  if (selected.endsWith("?")) return [selected.slice(0, -1)];
  if (!selected.endsWith("/")) return [nameOfNode(selected)];
  const inside = taskRuns.filter(({ task }) => task.startsWith(selected));
  return [...new Set(inside.map(({ task }) => task.replace(/\[.*$/, "")))];
}
