import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { Loading } from "../../ui/notices.tsx";
import { gridInput } from "../grid/read-grid.ts";
import { RunsGrid } from "../grid/runs-grid.tsx";
import { RunList } from "../runs/run-list.tsx";
import { StateFilter } from "../runs/state-filter.tsx";

const route = getRouteApi("/flows/$flow");

/** The runs of a flow: as a grid of runs and tasks, and as a list. */
export function FlowRuns({ flow }: { readonly flow: string }) {
  const { state, cell, find, cells } = route.useSearch();
  const navigate = useNavigate({ from: "/flows/$flow" });
  const isGridDrawn = useDrawn(!useApi("getFlowGrid", gridInput(flow)).isPending);
  return (
    <div className="flex flex-col gap-4">
      <RunsGrid
        flow={flow}
        search={{ cell, find, cells }}
        onSearch={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
      />
      <div>
        <div className="mb-3">
          <StateFilter
            chosen={state ?? []}
            onChoose={(next) =>
              void navigate({ search: (old) => ({ ...old, state: next.length === 0 ? undefined : next }) })
            }
          />
        </div>
        {isGridDrawn ? (
          <RunList flow={flow} states={state} />
        ) : (
          <div className="rounded-lg border border-line bg-surface">
            <Loading rows={8} />
          </div>
        )}
      </div>
    </div>
  );
}

/** Whether what is there has been drawn: fifty rows further down take as long as the grid, and it does not wait for them. */
function useDrawn(isThere: boolean): boolean {
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    if (!isThere) return;
    // A canvas is drawn in the first of two frames.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => setDrawn(true));
    });
    return () => cancelAnimationFrame(frame);
  }, [isThere]);
  return isDrawn;
}
