import type { Handlers } from "../call.ts";
import { instant, maybeInstant, sliceView } from "../views/values.ts";
import { findFlow } from "./active-flows.ts";
import { GridCells } from "./grid-cells.ts";

/** Many runs at a glance. */
export const GRID_READING: Handlers<"getFlowGrid"> = {
  async getFlowGrid({ runtime, params, query }) {
    const { history } = runtime.store;
    const seq = await history.lastEventSeq();
    const { spec } = await findFlow(runtime, params.flow, undefined);
    const rows = await history.listRuns({ flow: spec.name, limit: query.limit });
    const cells = await new GridCells(spec).of(runtime, rows);
    const runs = rows.map((run, place) => ({
      id: run.id,
      state: run.state,
      slice: run.slice === null ? null : sliceView(run.slice),
      createdAt: instant(run.createdAtMs),
      startedAt: maybeInstant(run.startedAtMs),
      endedAt: maybeInstant(run.endedAtMs),
      cells: cells[place] ?? "",
    }));
    return { tasks: spec.nodes.map(({ id }) => id), runs, seq };
  },
};
