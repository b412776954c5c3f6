import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ActionButton } from "../../actions/action-button.tsx";
import { useActions } from "../../actions/registry.ts";
import { useApi } from "../../api/use-api.ts";
import { Page } from "../../app/page.tsx";
import { BackfillList } from "./backfill-list.tsx";
import { useBeginAction } from "./use-begin-action.ts";

const route = getRouteApi("/backfills");

/** All backfills, and where one is begun. */
export function BackfillsPage() {
  const { flow } = route.useSearch();
  const navigate = useNavigate({ from: "/backfills" });
  const flows = (useApi("listFlows").data?.items ?? []).filter(canBackfill);
  const begin = useBeginAction(flow);
  useActions([begin]);
  return (
    <Page title="Backfills" actions={<ActionButton action={begin} />}>
      <div className="mb-3">
        <label>
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
      <BackfillList flow={flow} />
    </Page>
  );
}

/** There are windows or keys that a backfill could run. */
export function canBackfill({
  partitioned,
  schedules,
}: {
  readonly partitioned: boolean;
  readonly schedules: readonly unknown[];
}): boolean {
  return partitioned || schedules.length > 0;
}
