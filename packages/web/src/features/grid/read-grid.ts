/** How many runs a grid shows. */
const RUNS = 100;

/** What is asked for a flow's grid, by the page and ahead of it. */
export function gridInput(flow: string) {
  return { params: { flow }, query: { limit: RUNS } };
}

/** What is asked for a task of a run: itself and its items, as many as are told. */
export function taskInput(run: string, task: string) {
  return { params: { run }, query: { task, limit: 200 } };
}
