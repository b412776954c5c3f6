import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useApi } from "../../api/use-api.ts";
import { Page } from "../../app/page.tsx";
import { usePreferences } from "../../app/preferences.ts";
import { Icon } from "../../ui/icon.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { useIsNarrow } from "../../ui/use-is-narrow.ts";
import { BuildErrors } from "../code/build-errors.tsx";
import { FLOW_STATES, type FlowRow, type FlowsSearch, flowRows, isIn, shownRows } from "./flow-rows.ts";
import { FlowTable } from "./flow-table.tsx";

const route = getRouteApi("/flows");
const STATE_TEXTS = { failed: "Failed last", running: "Running", paused: "Paused" } as const;

/** All flows, with how their last runs went and when the next one comes. */
export function FlowsPage() {
  const search = route.useSearch();
  const answer = useApi("listFlows");
  const flows = answer.data?.items;
  const triggers = useApi("listTriggers").data?.items;
  const runs = useApi("listFlowRuns").data?.items;
  const rows = useMemo(
    () => flowRows({ flows: flows ?? [], triggers: triggers ?? [], runs: runs ?? [] }),
    [flows, triggers, runs],
  );
  const isNarrow = useIsNarrow();
  const isFlat = usePreferences().density === "compact" && !isNarrow;
  const shown = useMemo(() => shownRows(rows, search), [rows, search]);
  return (
    <Page title="Flows">
      <BuildErrors />
      <Filter rows={rows} search={search} />
      <div className="min-w-0 rounded-lg border border-line bg-surface">
        <Answered of={answer} rows={8}>
          {shown.length > 0 ? (
            // Rows of another height are another table.
            <FlowTable key={String(isFlat)} rows={shown} search={search} isFlat={isFlat} />
          ) : (
            <NoFlows isFiltered={rows.length > 0} />
          )}
        </Answered>
      </div>
    </Page>
  );
}

function Filter({ rows, search }: { readonly rows: readonly FlowRow[]; readonly search: FlowsSearch }) {
  const { q = "", tag, show } = search;
  const navigate = useNavigate({ from: "/flows" });
  const tags = [...new Set(rows.flatMap(({ flow }) => flow.tags))].toSorted();
  const states = FLOW_STATES.map((state) => ({ state, count: rows.filter((row) => isIn(state, row)).length }));
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <label className="flex h-7 w-60 items-center gap-2 rounded-md border border-line-strong bg-raised px-2 focus-within:outline-2 focus-within:outline-accent max-sm:h-11 max-sm:w-full">
        <Icon name="search" size={14} className="text-ink-3" />
        <span className="sr-only">Search flows</span>
        <input
          value={q}
          placeholder="Search flows"
          onChange={({ target }) =>
            void navigate({ search: (old) => ({ ...old, q: target.value || undefined }), replace: true })
          }
          className="min-w-0 flex-1 bg-transparent outline-none placeholder:text-ink-3"
        />
      </label>
      {/* On a phone one line, which scrolls. */}
      <div className="contents max-sm:flex max-sm:w-full max-sm:gap-2 max-sm:overflow-x-auto">
        {states.map(({ state, count }) =>
          count === 0 && state !== show ? null : (
            <Chip
              key={state}
              text={`${STATE_TEXTS[state]} ${count}`}
              isOn={state === show}
              onPress={(isOn) => void navigate({ search: (old) => ({ ...old, show: isOn ? state : undefined }) })}
            />
          ),
        )}
        {tags.length === 0 ? null : <span aria-hidden="true" className="h-4 w-px bg-line max-sm:hidden" />}
        {tags.map((each) => (
          <Chip
            key={each}
            text={each}
            isOn={each === tag}
            onPress={(isOn) => void navigate({ search: (old) => ({ ...old, tag: isOn ? each : undefined }) })}
          />
        ))}
      </div>
    </div>
  );
}

function Chip({
  text,
  isOn,
  onPress,
}: {
  readonly text: string;
  readonly isOn: boolean;
  readonly onPress: (isOn: boolean) => void;
}) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={() => onPress(!isOn)}
      className={`h-7 shrink-0 rounded-full border px-2.5 whitespace-nowrap max-sm:h-11 ${isOn ? "border-accent bg-accent-soft text-ink" : "border-line bg-surface text-ink-2 hover:bg-sunken"}`}
    >
      {text}
    </button>
  );
}

function NoFlows({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <Empty icon="search" title="No flow is like that" />;
  return (
    <Empty icon="flows" title="No flows yet">
      Write one in <code className="font-mono">flows/</code>, or let <code className="font-mono">millrace init</code>{" "}
      make a project with one. Flows with errors are named by <code className="font-mono">millrace check</code>.
    </Empty>
  );
}
