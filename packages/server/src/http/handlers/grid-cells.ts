import { GRID_LETTERS } from "@millrace/contract";
import type { FlowSpec, NodesByState, RunId, RunRow, TaskRunState } from "@millrace/core";
import type { Runtime } from "../../runtime/runtime.ts";
import { specOf } from "./run-reading.ts";

const NOT_BEGUN = ".";
/** Runs of a flow whose cells are remembered. */
const KEPT_RUNS = 1_000;

/**
 * By flow, the cells of runs that are over: nothing of such a run changes any more, and whoever watches a grid asks for it
 * again with every run that goes on. Of another version the flow is another one, and is begun anew.
 */
const SETTLED = new WeakMap<FlowSpec, Map<RunId, string>>();

/** The letters of runs, one for each task of a flow. */
export class GridCells {
  readonly #places: ReadonlyMap<string, number>;
  readonly #settled: Map<RunId, string>;

  constructor(spec: FlowSpec) {
    this.#places = new Map(spec.nodes.map(({ id }, place) => [id, place]));
    this.#settled = SETTLED.get(spec) ?? new Map();
    SETTLED.set(spec, this.#settled);
  }

  /** In the order of the runs. */
  async of(runtime: Pick<Runtime, "store" | "flows">, runs: readonly RunRow[]): Promise<readonly string[]> {
    const asked = runs.filter(({ id }) => !this.#settled.has(id));
    const states = asked.length === 0 ? [] : await runtime.store.history.listNodeStates(asked.map(({ id }) => id));
    const fresh = new Map<RunId, string>();
    for (const [place, run] of asked.entries()) {
      const cells = this.#cellsOf(await specOf(runtime, run), states[place] ?? {});
      fresh.set(run.id, cells);
    }
    const found = runs.map(({ id }) => fresh.get(id) ?? this.#settled.get(id) ?? "");
    // What was settled when its row was read was so when its tasks were read, which was later.
    for (const { id, settled } of asked) if (settled) this.#settled.set(id, fresh.get(id) ?? "");
    for (const oldest of this.#settled.keys()) {
      if (this.#settled.size <= KEPT_RUNS) break;
      this.#settled.delete(oldest);
    }
    return found;
  }

  /** A run may be of another version, whose tasks stand in another order or are others: they are matched by their ids. */
  #cellsOf(spec: FlowSpec | undefined, nodes: NodesByState): string {
    const cells = Array.from(this.#places, () => NOT_BEGUN as string);
    for (const [state, of] of Object.entries(nodes)) {
      for (const node of of) {
        const place = this.#places.get(spec?.nodes[node]?.id ?? "");
        if (place !== undefined) cells[place] = GRID_LETTERS[state as TaskRunState];
      }
    }
    return cells.join("");
  }
}
