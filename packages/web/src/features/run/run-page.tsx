import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo } from "react";
import { ActionButton } from "../../actions/action-button.tsx";
import { useActions } from "../../actions/registry.ts";
import type { Run, TaskRun } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { useWholeList } from "../../api/whole-list.ts";
import { OfFlow } from "../../app/flow-zone.tsx";
import { Page } from "../../app/page.tsx";
import { useVisited } from "../../app/visited.ts";
import { whenIdle } from "../../app/when-idle.ts";
import { Icon } from "../../ui/icon.tsx";
import { Answered, Loading } from "../../ui/notices.tsx";
import { usePicks } from "../../ui/pick.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { runState } from "../../ui/states.ts";
import { Tabs } from "../../ui/tabs.tsx";
import { Duration, Instant } from "../../ui/time.tsx";
import { CodeLink } from "../code/code-link.tsx";
import { shortId } from "../runs/run-table.tsx";
import { coverText, paramsText, triggerText } from "../runs/run-text.ts";
import { CancelledBy } from "./cancelled-by.tsx";
import { FailureNote } from "./failure-note.tsx";
import { RunDetails } from "./run-details.tsx";
import { RunEvents } from "./run-events.tsx";
import { RunGraph } from "./run-graph.tsx";
import { namesMeant } from "./task-names.ts";
import { canPick, taskRows } from "./task-rows.ts";
import { useRunActions } from "./use-run-actions.tsx";
import { useWhy } from "./use-why.ts";
import { writtenCounts } from "./written-tasks.ts";

const route = getRouteApi("/runs/$run");

/** The graph is what is seen first: the other views come after it, before anybody asks for them. */
const tables = () => import("./task-table.tsx");
const timelines = () => import("./timeline.tsx");
const TaskTable = lazy(async () => ({ default: (await tables()).TaskTable }));
const Timeline = lazy(async () => ({ default: (await timelines()).Timeline }));

async function warm(): Promise<void> {
  await whenIdle();
  await Promise.all([tables(), timelines()]);
}

/** One run: what it is doing, or what became of it. */
export function RunPage() {
  const { run: id } = route.useParams();
  const answer = useApi("getRun", { params: { run: id } });
  const run = answer.data;
  if (run === undefined) {
    return (
      <Page title={`Run ${shortId(id)}`} trail={<Trail flow={undefined} />}>
        <Answered of={answer}>{null}</Answered>
      </Page>
    );
  }
  return (
    <OfFlow flow={run.flow}>
      <Known run={run} />
    </OfFlow>
  );
}

function Known({ run }: { readonly run: Run }) {
  const { tab = "graph", ...address } = route.useSearch();
  const navigate = useNavigate({ from: "/runs/$run" });
  const taskRuns = useWholeList("listTaskRuns", run.id);
  const { rows, shown, picks } = useTaskRows(run, tab === "tasks" ? taskRuns.data : undefined, address.state);
  const meant = tab === "tasks" ? picks.ids : namesMeant(address.task, taskRuns.data ?? []);
  const { actions, buttons, ofTasks, dialog } = useRunActions(run, meant);
  useActions(actions);
  useVisited("run", `${run.flow} ${shortId(run.id)}`);
  const nodes = useApi("getFlow", { params: { flow: run.flow }, query: { version: run.version } }).data?.nodes;
  const count = useMemo(() => {
    if (run.selection === null) return nodes?.filter(({ kind }) => kind === "task").length;
    // A run of chosen tasks has only those.
    return taskRuns.data && writtenCounts(taskRuns.data).tasks;
  }, [run.selection, nodes, taskRuns.data]);
  useEffect(() => {
    // What cannot be loaded now is loaded when it is looked at.
    warm().catch(() => undefined);
  }, []);
  return (
    <Page
      title={`${run.flow} ${shortId(run.id)}`}
      state={runState(run)}
      trail={<Trail flow={run.flow} />}
      heading={<Heading run={run} />}
      isWhole={tab === "graph" || tab === "timeline" || tab === "tasks"}
      isUnderThumb
      actions={buttons.map((action) => <ActionButton key={action.id} action={action} />)}
      tabs={
        <Tabs
          label="Parts of the run"
          keep={["path"]}
          current={tab}
          tabs={[
            { name: "graph", text: "Graph" },
            { name: "timeline", text: "Timeline" },
            { name: "tasks", text: "Tasks", count },
            { name: "events", text: "Events" },
            { name: "details", text: "Details" },
          ]}
        />
      }
    >
      {run.state !== "failed" ? null : <FailureNote run={run} taskRuns={taskRuns.data ?? []} />}
      {tab === "graph" ? (
        <RunGraph
          run={run}
          taskRuns={taskRuns.data}
          address={address}
          onChange={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
          actions={ofTasks}
        />
      ) : null}
      <Answered of={taskRuns}>
        <Suspense fallback={<Loading />}>
          {tab === "timeline" ? <Timeline run={run} taskRuns={taskRuns.data ?? []} /> : null}
          {tab === "tasks" ? <TaskTable run={run} rows={rows} shown={shown} picks={picks} actions={ofTasks} /> : null}
        </Suspense>
      </Answered>
      {tab === "events" ? <RunEvents run={run.id} /> : null}
      {tab === "details" ? <RunDetails run={run} /> : null}
      {dialog}
    </Page>
  );
}

const NO_TASK_RUNS: readonly TaskRun[] = [];

/** The lines of the table of tasks, those that are shown of them, and those that are chosen of these. */
function useTaskRows(run: Run, taskRuns: readonly TaskRun[] = NO_TASK_RUNS, states: readonly string[] | undefined) {
  const why = useWhy(run);
  // A run that has not begun is itself what waits.
  const rows = useMemo(() => taskRows(taskRuns, run.startedAt === null ? [] : why), [taskRuns, why, run.startedAt]);
  const shown = useMemo(
    () => (states === undefined ? rows : rows.filter(({ state }) => states.includes(state))),
    [rows, states],
  );
  const keys = useMemo(() => shown.filter(canPick).map(({ key }) => key), [shown]);
  return { rows, shown, picks: usePicks(keys) };
}

function Trail({ flow }: { readonly flow: string | undefined }) {
  return (
    <>
      <Link to="/runs" className="hover:text-ink">
        Runs
      </Link>
      <Icon name="chevron" size={12} />
      {flow === undefined ? null : (
        <>
          <Link to="/flows/$flow" params={{ flow }} className="truncate hover:text-ink">
            {flow}
          </Link>
          <Icon name="chevron" size={12} />
        </>
      )}
    </>
  );
}

function Heading({ run }: { readonly run: Run }) {
  const cover = coverText(run);
  const params = paramsText(run.params);
  return (
    <>
      <h1 className="truncate">
        {run.flow} <span className="font-mono text-xs font-normal text-ink-3">{shortId(run.id)}</span>
      </h1>
      <StateBadge state={runState(run)} soft />
      <p className="flex w-full flex-wrap gap-x-3 text-ink-2">
        <span>
          <Instant at={run.createdAt} />
        </span>
        <span>{triggerText(run)}</span>
        {run.startedAt === null ? null : (
          <span>
            {run.endedAt === null ? "running for" : "took"} <Duration from={run.startedAt} to={run.endedAt} />
          </span>
        )}
        <CancelledBy run={run} />
        {cover === null ? null : <span className="truncate">covers {cover}</span>}
        {params === "" ? null : (
          <span className="max-w-96 truncate" title={JSON.stringify(run.params, undefined, 2)}>
            with {params}
          </span>
        )}
        <CodeLink run={run} />
        {run.rerunOf === null ? null : (
          <span>
            {run.trigger.kind === "rerun" && run.trigger.mark !== undefined ? "from" : "rerun of"}{" "}
            <Link
              to="/runs/$run"
              params={{ run: run.rerunOf }}
              className="font-mono text-xs text-accent hover:underline"
            >
              {shortId(run.rerunOf)}
            </Link>
          </span>
        )}
      </p>
    </>
  );
}
