import { GRID_LETTERS } from "@millrace/contract";
import type { FlowSpec, NodesByState, TaskRunState } from "@millrace/core";
import type { Handlers } from "../call.ts";
import { instant, maybeInstant, sliceView } from "../views/values.ts";
import { findFlow } from "./active-flows.ts";
import { specOf } from "./run-reading.ts";

const NOT_BEGUN = ".";

/** Many runs at a glance. */
export const GRID_READING: Handlers<"getFlowGrid"> = {
  async getFlowGrid({ runtime, params, query }) {
    const { history } = runtime.store;
    const seq = await history.lastEventSeq();
    const { spec } = await findFlow(runtime, params.flow, undefined);
    const tasks = new Map(spec.nodes.map(({ id }, place) => [id, place]));
    const rows = await history.listRuns({ flow: spec.name, limit: query.limit });
    const states = await history.listNodeStates(rows.map(({ id }) => id));
    const runs = [];
    for (const [place, run] of rows.entries()) {
      const own = await specOf(runtime, run);
      runs.push({
        id: run.id,
        state: run.state,
        slice: run.slice === null ? null : sliceView(run.slice),
        createdAt: instant(run.createdAtMs),
        startedAt: maybeInstant(run.startedAtMs),
        endedAt: maybeInstant(run.endedAtMs),
        cells: cellsOf(tasks, own, states[place] ?? {}),
      });
    }
    return { tasks: [...tasks.keys()], runs, seq };
  },
};

/** A run may be of another version, whose tasks stand in another order or are others: they are matched by their ids. */
function cellsOf(tasks: ReadonlyMap<string, number>, spec: FlowSpec | undefined, nodes: NodesByState): string {
  const cells = new Array<string>(tasks.size).fill(NOT_BEGUN);
  for (const [state, of] of Object.entries(nodes)) {
    for (const node of of) {
      const place = tasks.get(spec?.nodes[node]?.id ?? "");
      if (place !== undefined) cells[place] = GRID_LETTERS[state as TaskRunState];
    }
  }
  return cells.join("");
}
