/** More are only counted. */
const NAMED = 2;

/** A few tasks by name, more of them by their number. */
export function namesText(tasks: readonly string[]): string {
  return tasks.length > NAMED ? `these ${tasks.length} tasks` : tasks.join(" and ");
}

/** What a node of the graph is called where tasks are named: those in a map's items are meant with the map. */
export function nameOfNode(id: string): string {
  const index = id.indexOf("[]");
  return index === -1 ? id : id.slice(0, index);
}
