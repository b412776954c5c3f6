import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useRefusal } from "../../account/use-refusal.ts";
import { ActionButton } from "../../actions/action-button.tsx";
import { type Action, useActions } from "../../actions/registry.ts";
import type { Flow } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { OfFlow } from "../../app/flow-zone.tsx";
import { Page } from "../../app/page.tsx";
import { useVisited } from "../../app/visited.ts";
import { Icon } from "../../ui/icon.tsx";
import { missingText } from "../../ui/missing.ts";
import { Answered, Loading } from "../../ui/notices.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { FlowBackfills } from "../backfills/flow-backfills.tsx";
import { BuildErrors } from "../code/build-errors.tsx";
import { GraphView } from "../graph/graph-view.tsx";
import { usePauseAction } from "../schedules/pause-action.tsx";
import { PausedMark } from "../schedules/paused-mark.tsx";
import { FlowDetails } from "./flow-details.tsx";
import { FlowPartitions } from "./flow-partitions.tsx";
import { FlowRuns } from "./flow-runs.tsx";
import { FlowSchedules } from "./flow-schedules.tsx";

const route = getRouteApi("/flows/$flow");

const CalendarTab = lazy(async () => ({ default: (await import("../calendar/calendar-tab.tsx")).CalendarTab }));
const CodeTab = lazy(async () => ({ default: (await import("../code/code-tab.tsx")).CodeTab }));

/** One flow: how its runs went, what it is made of, and when it runs. */
export function FlowPage() {
  const { flow: name } = route.useParams();
  const { tab = "runs", ...address } = route.useSearch();
  const navigate = useNavigate({ from: "/flows/$flow" });
  const answer = useApi("getFlow", { params: { flow: name } });
  const flow = answer.data;
  const isMissing = flow === undefined && missingText(answer.error) !== undefined;
  const refused = useRefusal("run.start", name) ?? (isMissing ? `There is no flow ${name} to run.` : undefined);
  const run: Action = {
    id: "flow.run",
    title: `Run ${name}`,
    short: "Run",
    icon: "play",
    kind: "primary",
    keys: "r",
    refused,
    run: () => void navigate({ search: (old) => ({ ...old, launch: name }) }),
  };
  const pause = usePauseAction(name);
  const actions = pause === undefined ? [run] : [run, pause];
  useActions(actions);
  useVisited("flow", flow?.name);
  return (
    <OfFlow flow={name}>
      <Page
        title={name}
        trail={<Trail />}
        heading={flow === undefined ? undefined : <Heading flow={flow} />}
        isUnderThumb
        actions={
          isMissing ? undefined : actions.toReversed().map((each) => <ActionButton key={each.id} action={each} />)
        }
        isWhole={tab === "graph" || (tab === "code" && address.against === undefined)}
        tabs={isMissing ? undefined : <Tabs label="Parts of the flow" current={tab} tabs={tabsOf(flow)} />}
      >
        <BuildErrors flow={name} />
        {/* Runs do not wait for what the flow is made of. */}
        {tab === "runs" && answer.error === null ? (
          <FlowRuns flow={name} />
        ) : (
          <Answered of={answer}>
            {tab === "graph" && flow !== undefined ? (
              <div className="min-h-0 flex-1">
                <GraphView
                  nodes={flow.nodes}
                  address={address}
                  onChange={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
                />
              </div>
            ) : null}
            <Suspense fallback={<Loading />}>
              {tab === "calendar" ? <CalendarTab flow={name} /> : null}
              {tab === "code" ? <CodeTab flow={name} /> : null}
            </Suspense>
            {tab === "schedules" ? <FlowSchedules flow={name} /> : null}
            {tab === "backfills" ? <FlowBackfills flow={name} /> : null}
            {tab === "details" && flow !== undefined ? <FlowDetails flow={flow} /> : null}
          </Answered>
        )}
      </Page>
    </OfFlow>
  );
}

function Trail() {
  return (
    <>
      <Link to="/flows" className="hover:text-ink">
        Flows
      </Link>
      <Icon name="chevron" size={12} />
    </>
  );
}

function tabsOf(flow: Flow | undefined) {
  return [
    { name: "runs", text: "Runs" },
    { name: "calendar", text: "Calendar" },
    { name: "graph", text: "Graph", count: flow?.tasks },
    { name: "code", text: "Code" },
    { name: "schedules", text: "Schedules", count: flow && flow.schedules.length + flow.triggers.length },
    { name: "backfills", text: "Backfills" },
    { name: "details", text: "Details" },
  ] as const;
}

function Heading({ flow }: { readonly flow: Flow }) {
  const { name, description, tags, partitioned } = flow;
  return (
    <>
      <h1 className="truncate">{name}</h1>
      {tags.map((tag) => (
        <Link
          key={tag}
          to="/flows"
          search={{ tag }}
          className="rounded-sm bg-sunken px-1.5 text-2xs text-ink-2 hover:text-ink"
        >
          {tag}
        </Link>
      ))}
      <PausedMark flow={name} />
      {partitioned ? (
        <span className="inline-flex items-center gap-1.5 text-2xs text-ink-2">
          <Icon name="grid" size={12} className="text-ink-3" />
          <FlowPartitions flow={flow} />
        </span>
      ) : null}
      {description === null ? null : <p className="w-full truncate text-ink-2">{description}</p>}
    </>
  );
}
