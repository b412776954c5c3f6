import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Run } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Page } from "../../app/page.tsx";
import { Answered } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { BuildErrors } from "../code/build-errors.tsx";
import { RunTable } from "../runs/run-table.tsx";
import { Attention } from "./attention.tsx";
import { FirstFlow, FirstRun } from "./first-flow.tsx";
import { Running } from "./running.tsx";
import { Today } from "./today.tsx";

/** So many of the newest runs tell of the last day. */
const DAY_RUNS = 300;

/** What needs somebody, what runs, how the last day went, and what comes next. */
export function HomePage() {
  const recent = useApi("listRuns", { query: { limit: DAY_RUNS } });
  const project = useApi("getProject").data;
  const flows = useApi("listFlows").data?.items;
  const isNew = recent.data?.items.length === 0;
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
        <Answered of={recent} rows={6}>
          <Day runs={recent.data?.items ?? []}>{isNew ? <FirstRun flows={flows ?? []} /> : null}</Day>
        </Answered>
      )}
    </Page>
  );
}

function Day({ runs, children }: { readonly runs: readonly Run[]; readonly children: ReactNode }) {
  const active = useApi("listRuns", { query: { state: ["running", "queued"], limit: 20 } });
  const triggers = useApi("listTriggers");
  const known = { runs, active: active.data?.items ?? [], triggers: triggers.data?.items ?? [] };
  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      <div className="flex min-w-0 flex-col gap-4">
        {children ?? <Attention {...known} />}
        <Today runs={runs} triggers={known.triggers} />
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <Panel title="Running now" aside={<More states={["running", "queued"]} />}>
          <Answered of={active} rows={2}>
            <Running active={known.active} runs={runs} />
          </Answered>
        </Panel>
        <Coming />
      </div>
      {runs.length === 0 ? null : (
        <Panel title="Latest runs" aside={<More />} className="lg:col-span-2">
          <RunTable runs={runs.slice(0, 10)} label="Latest runs" />
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
                className="flex min-h-9 items-center justify-between gap-3 border-b border-line px-3 py-1.5 last:border-b-0"
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
                  <Instant at={nextTick} relative />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Answered>
    </Panel>
  );
}
