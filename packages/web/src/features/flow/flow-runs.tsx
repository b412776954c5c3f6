import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { RunsGrid } from "../grid/runs-grid.tsx";
import { RunList } from "../runs/run-list.tsx";
import { StateFilter } from "../runs/state-filter.tsx";

const route = getRouteApi("/flows/$flow");

/** The runs of a flow: as a grid of runs and tasks, and as a list. */
export function FlowRuns({ flow }: { readonly flow: string }) {
  const { state, cell, find, cells } = route.useSearch();
  const navigate = useNavigate({ from: "/flows/$flow" });
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
        <RunList flow={flow} states={state} />
      </div>
    </div>
  );
}
