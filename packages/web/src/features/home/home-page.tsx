import { Link } from "@tanstack/react-router";
import type { FlowSummary, Run } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { OfFlow } from "../../app/flow-zone.tsx";
import { Page } from "../../app/page.tsx";
import { Answered } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { BuildErrors } from "../code/build-errors.tsx";
import { RunTable } from "../runs/run-table.tsx";
import { Attention } from "./attention.tsx";
import { MOST_ROWS } from "./day.ts";
import { FirstFlow, FirstRun } from "./first-flow.tsx";
import { typicalTimes } from "./needs.ts";
import { Running } from "./running.tsx";
import { Today } from "./today.tsx";

/** What needs somebody, what runs, how the last day went, and what comes next. */
export function HomePage() {
  const latest = useApi("listRuns", { query: { limit: 10 } });
  const project = useApi("getProject").data;
  const flows = useApi("listFlows").data?.items;
  return (
    <Page
      title="Overview"
      actions={
        project === undefined ? undefined : (
          <span className="text-ink-2">{project.flows === 1 ? "1 flow" : `${project.flows} flows`}</span>
        )
      }
    >
      <BuildErrors />
      {flows?.length === 0 ? (
        <FirstFlow />
      ) : (
        <Answered of={latest} rows={6}>
          <Day latest={latest.data?.items ?? []} flows={flows ?? []} />
        </Answered>
      )}
    </Page>
  );
}

const NO_RUNS = { success: 0, failed: 0, cancelled: 0, active: 0 } as const;

function Day({ latest, flows }: { readonly latest: readonly Run[]; readonly flows: readonly FlowSummary[] }) {
  const active = useApi("listRuns", { query: { state: ["running", "queued"], limit: 20 } });
  const newest = useApi("listFlowRuns");
  const counts = useApi("countRuns", { query: { limit: MOST_ROWS } });
  const triggers = useApi("listTriggers").data?.items ?? [];
  const runsOfFlows = newest.data?.items ?? [];
  const known = { flows: runsOfFlows, active: active.data?.items ?? [], triggers };
  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      <div className="flex min-w-0 flex-col gap-4">
        {latest.length === 0 ? (
          <FirstRun flows={flows} />
        ) : (
          <Answered of={newest} rows={2}>
            <Attention {...known} day={counts.data?.total ?? NO_RUNS} />
          </Answered>
        )}
        <Answered of={counts} rows={4}>
          {counts.data === undefined ? null : <Today counts={counts.data} triggers={triggers} />}
        </Answered>
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <Panel title="Running now" aside={<More states={["running", "queued"]} />}>
          <Answered of={active} rows={2}>
            <Running active={known.active} typical={typicalTimes(runsOfFlows)} />
          </Answered>
        </Panel>
        <Coming />
      </div>
      {latest.length === 0 ? null : (
        <Panel title="Latest runs" aside={<More />} className="lg:col-span-2">
          <RunTable runs={latest} label="Latest runs" />
        </Panel>
      )}
    </div>
  );
}

function More({ states }: { readonly states?: string[] }) {
  return (
    <Link
      to="/runs"
      search={states === undefined ? {} : { state: states }}
      className="text-accent hover:underline"
      aria-label={states === undefined ? "All runs" : "All runs that are not over"}
    >
      All
    </Link>
  );
}

/** The next ticks of all schedules. */
function Coming() {
  const answer = useApi("listTriggers");
  const coming = (answer.data?.items ?? [])
    .filter(({ nextTick }) => nextTick !== null)
    .toSorted((a, b) => String(a.nextTick).localeCompare(String(b.nextTick)))
    .slice(0, 6);
  return (
    <Panel title="Next">
      <Answered of={answer}>
        {coming.length === 0 ? (
          <p className="px-3 py-5 text-ink-2">No schedule has a tick to come.</p>
        ) : (
          <ul>
            {coming.map(({ flow, name, text, nextTick }) => (
              <li
                key={`${flow} ${name}`}
                className="flex min-h-row items-center justify-between gap-3 border-b border-line px-3 py-cell last:border-b-0"
              >
                <div className="min-w-0">
                  <Link
                    to="/flows/$flow"
                    params={{ flow }}
                    search={{ tab: "schedules" }}
                    className="block truncate font-medium hover:text-accent"
                  >
                    {flow}
                  </Link>
                  <p className="truncate text-2xs text-ink-2">{text}</p>
                </div>
                <span className="shrink-0 text-ink-2">
                  <OfFlow flow={flow}>
                    <Instant at={nextTick} relative />
                  </OfFlow>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Answered>
    </Panel>
  );
}
