import { GRID_LETTERS } from "@millrace/contract";
import type { FlowSpec, TaskRunRow, TaskRunState } from "@millrace/core";
import type { Handlers } from "../call.ts";
import { instant, maybeInstant, sliceView } from "../views/values.ts";
import { findFlow } from "./active-flows.ts";
import { specOf } from "./run-reading.ts";

const NOT_BEGUN = ".";
/** The letters from the state that needs somebody most to the one that needs nobody. */
const WORST = Object.keys(GRID_LETTERS) as readonly TaskRunState[];

/** Many runs at a glance. */
export const GRID_READING: Handlers<"getFlowGrid"> = {
  async getFlowGrid({ runtime, params, query }) {
    const { history } = runtime.store;
    const seq = await history.lastEventSeq();
    const { spec } = await findFlow(runtime, params.flow, undefined);
    const tasks = spec.nodes.map(({ id }) => id);
    const rows = await history.listRuns({ flow: spec.name, limit: query.limit });
    const runs = [];
    for (const run of rows) {
      const own = await specOf(runtime, run);
      const cells = cellsOf(tasks, own, await history.listTaskRuns(run.id));
      runs.push({
        id: run.id,
        state: run.state,
        slice: run.slice === null ? null : sliceView(run.slice),
        createdAt: instant(run.createdAtMs),
        startedAt: maybeInstant(run.startedAtMs),
        endedAt: maybeInstant(run.endedAtMs),
        cells,
      });
    }
    return { tasks, runs, seq };
  },
};

/** A run may be of another version, whose tasks stand in another order or are others: they are matched by their ids. */
function cellsOf(tasks: readonly string[], spec: FlowSpec | undefined, rows: readonly TaskRunRow[]): string {
  const worst = new Map<string, TaskRunState>();
  for (const { node, hook, state } of rows) {
    const id = spec?.nodes[node]?.id;
    if (id === undefined || hook !== "") continue;
    const known = worst.get(id);
    if (known === undefined || WORST.indexOf(state) < WORST.indexOf(known)) worst.set(id, state);
  }
  return tasks
    .map((id) => {
      const state = worst.get(id);
      return state === undefined ? NOT_BEGUN : GRID_LETTERS[state];
    })
    .join("");
}
