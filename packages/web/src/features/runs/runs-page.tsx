import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useApi } from "../../api/use-api.ts";
import { Page } from "../../app/page.tsx";
import { RunList } from "./run-list.tsx";
import { StateFilter } from "./state-filter.tsx";

const route = getRouteApi("/runs");

/** All runs, the newest first. */
export function RunsPage() {
  const { state, flow } = route.useSearch();
  const navigate = useNavigate({ from: "/runs" });
  const flows = useApi("listFlows").data?.items ?? [];
  return (
    <Page title={flow === undefined ? "Runs" : `Runs of ${flow}`}>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <StateFilter
          chosen={state ?? []}
          onChoose={(next) =>
            void navigate({ search: (old) => ({ ...old, state: next.length === 0 ? undefined : next }) })
          }
        />
        <label className="flex items-center gap-2 text-ink-2">
          <span className="sr-only">Flow</span>
          <select
            value={flow ?? ""}
            onChange={({ target }) =>
              void navigate({ search: (old) => ({ ...old, flow: target.value === "" ? undefined : target.value }) })
            }
            className="h-7 rounded-md border border-line-strong bg-raised px-2 text-ink max-sm:h-11"
          >
            <option value="">All flows</option>
            {flows.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <RunList flow={flow} states={state} />
    </Page>
  );
}
