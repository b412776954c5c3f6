import { GRID_LETTERS } from "@millrace/contract";
import { useMemo } from "react";
import { useApi } from "../../api/use-api.ts";
import type { State } from "../../ui/states.ts";
import { plainTask } from "./versions.ts";

const STATES = new Map(
  Object.entries(GRID_LETTERS).map(([state, letter]): [string, State] => [letter, state as State]),
);

/** How the tasks of a flow went in its newest run, by their ids without items; none where it never ran. */
export function useTaskStates(flow: string): ReadonlyMap<string, State> {
  const grid = useApi("getFlowGrid", { params: { flow }, query: { limit: 1 } }).data;
  return useMemo(() => {
    const cells = grid?.runs[0]?.cells ?? "";
    return new Map(
      (grid?.tasks ?? []).flatMap((task, place): [string, State][] => {
        const state = STATES.get(cells.charAt(place));
        return state === undefined ? [] : [[plainTask(task), state]];
      }),
    );
  }, [grid]);
}
