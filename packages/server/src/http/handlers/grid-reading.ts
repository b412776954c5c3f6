import type { NewestRuns } from "@millrace/core";
import type { Handlers } from "../call.ts";
import { instant, maybeInstant, sliceView } from "../views/values.ts";
import { findFlow } from "./active-flows.ts";
import { GridCells } from "./grid-cells.ts";

/** So many of a flow's newest runs are named, and so many say how it does. */
const NAMED = 12;
const SUMMED = 30;

/** Many runs at a glance. */
export const GRID_READING: Handlers<"getFlowGrid" | "listFlowRuns"> = {
  async listFlowRuns({ runtime }) {
    const { history } = runtime.store;
    const seq = await history.lastEventSeq();
    const flows = await history.listNewestRuns(SUMMED);
    return { items: flows.map(flowRunsView), next: null, seq };
  },

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

function flowRunsView({ flow, runs }: NewestRuns) {
  const named = runs.slice(0, NAMED).map(({ id, state, createdAtMs, startedAtMs, endedAtMs }) => ({
    id,
    state,
    createdAt: instant(createdAtMs),
    startedAt: maybeInstant(startedAtMs),
    endedAt: maybeInstant(endedAtMs),
  }));
  const succeeded = runs.filter(({ state }) => state === "success");
  const judged = runs.filter(({ state }) => state === "success" || state === "failed").length;
  const took = succeeded
    .filter(({ isPart }) => !isPart)
    .map(({ createdAtMs, startedAtMs, endedAtMs }) => (endedAtMs ?? createdAtMs) - (startedAtMs ?? createdAtMs))
    .toSorted((one, other) => one - other);
  return {
    flow,
    runs: named,
    succeeded: judged === 0 ? null : succeeded.length / judged,
    medianMs: took[Math.floor(took.length / 2)] ?? null,
  };
}
