import { Link } from "@tanstack/react-router";
import { useApi } from "../../api/use-api.ts";
import { Page } from "../../app/page.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { BuildErrors } from "../code/build-errors.tsx";
import { RunTable } from "../runs/run-table.tsx";
import { Attention } from "./attention.tsx";

/** What needs somebody, what runs, and what comes next. */
export function HomePage() {
  const active = useApi("listRuns", { query: { state: ["running", "queued"], limit: 20 } });
  const recent = useApi("listRuns", { query: { limit: 12 } });
  const project = useApi("getProject").data;
  return (
    <Page
      title="Overview"
      actions={
        project === undefined ? undefined : (
          <span className="text-ink-2">
            {project.flows === 1 ? "1 flow" : `${project.flows} flows`}
            {project.leader === null ? " · nobody leads: what is asked waits" : ""}
          </span>
        )
      }
    >
      <BuildErrors />
      <div className="grid gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <Attention />
          <Panel title="Running now" aside={<More states={["running", "queued"]} />}>
            <Answered of={active} rows={2}>
              {active.data?.items.length === 0 ? (
                <p className="px-3 py-5 text-ink-2">Nothing runs at the moment.</p>
              ) : (
                <RunTable runs={active.data?.items ?? []} label="Running now" />
              )}
            </Answered>
          </Panel>
          <Panel title="Latest runs" aside={<More />}>
            <Answered of={recent} rows={6}>
              {recent.data?.items.length === 0 ? (
                <Empty icon="runs" title="No runs yet">
                  Open a flow and run it, or type <code className="font-mono">millrace run &lt;flow&gt;</code>.
                </Empty>
              ) : (
                <RunTable runs={recent.data?.items ?? []} label="Latest runs" />
              )}
            </Answered>
          </Panel>
        </div>
        <Coming />
      </div>
    </Page>
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
    .slice(0, 12);
  return (
    <Panel title="Next" className="self-start">
      <Answered of={answer}>
        {coming.length === 0 ? (
          <p className="px-3 py-5 text-ink-2">No schedule has a tick to come.</p>
        ) : (
          <ul>
            {coming.map(({ flow, name, text, nextTick }) => (
              <li
                key={`${flow} ${name}`}
                className="flex items-center justify-between gap-3 border-b border-line px-3 py-1.5 last:border-b-0"
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
