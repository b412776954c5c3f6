import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { ActionButton } from "../../actions/action-button.tsx";
import { useActions } from "../../actions/registry.ts";
import type { Attempt, Run, TaskDetails } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { OfFlow } from "../../app/flow-zone.tsx";
import { Page } from "../../app/page.tsx";
import { useVisited } from "../../app/visited.ts";
import { Icon } from "../../ui/icon.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { StateBadge, StateMark } from "../../ui/state-badge.tsx";
import { taskState } from "../../ui/states.ts";
import { Tabs } from "../../ui/tabs.tsx";
import { Duration } from "../../ui/time.tsx";
import { TaskCodeLink } from "../code/code-link.tsx";
import type { LogSearch } from "../log/log-search-params.ts";
import { LogView } from "../log/log-view.tsx";
import { UNTOLD } from "../run/task-rows.ts";
import { useTaskActs } from "../run/use-task-acts.tsx";
import { useWhy } from "../run/use-why.ts";
import { shortId } from "../runs/run-table.tsx";
import { AttemptsTab } from "./attempts-tab.tsx";
import { DataTab } from "./data-tab.tsx";
import { FailurePanel } from "./failure-panel.tsx";
import { TaskRunFacts } from "./task-run-facts.tsx";

const route = getRouteApi("/runs/$run/tasks/$task");

/** One task of one run: its log first, why it failed above it, and what else is known of it beside. */
export function TaskRunPage() {
  const { run: id, task } = route.useParams();
  const { tab } = route.useSearch();
  const run = useApi("getRun", { params: { run: id } });
  const details = useApi("getTask", { params: { run: run.data?.id ?? id }, query: { task } });
  useVisited("task", details.data && run.data && `${task} of ${run.data.flow} ${shortId(run.data.id)}`);
  return (
    <OfFlow flow={run.data?.flow}>
      <Page
        title={run.data === undefined ? task : `${task} of ${run.data.flow} ${shortId(run.data.id)}`}
        state={details.data?.taskRun == null ? undefined : taskState(details.data.taskRun)}
        trail={<Trail id={run.data?.id ?? id} flow={run.data?.flow} />}
        heading={
          <>
            <Heading run={run.data} task={task} details={details.data} />
            {run.data === undefined ? null : <TaskCodeLink run={run.data} task={task} />}
          </>
        }
        isWhole
        isUnderThumb
        actions={run.data === undefined ? null : <Actions run={run.data} task={task} />}
        tabs={
          <Tabs
            label="Parts of the task"
            current={tab ?? "log"}
            tabs={[
              { name: "log", text: "Log" },
              { name: "data", text: "Inputs and output" },
              { name: "attempts", text: "Attempts", count: details.data?.attempts.length },
            ]}
          />
        }
      >
        <Answered of={run}>
          <Answered of={details}>
            {run.data === undefined || details.data === undefined ? null : (
              <Known run={run.data} details={details.data} />
            )}
          </Answered>
        </Answered>
      </Page>
    </OfFlow>
  );
}

function Trail({ id, flow }: { readonly id: string; readonly flow: string | undefined }) {
  return (
    <>
      <Link to="/runs" className="hover:text-ink max-sm:hidden">
        Runs
      </Link>
      <Icon name="chevron" size={12} className="max-sm:hidden" />
      <Link to="/runs/$run" params={{ run: id }} className="truncate hover:text-ink">
        {flow ?? "Run"} <span className="font-mono text-2xs">{shortId(id)}</span>
      </Link>
      <Icon name="chevron" size={12} />
    </>
  );
}

function Heading({
  run,
  task,
  details,
}: {
  readonly run: Run | undefined;
  readonly task: string;
  readonly details: TaskDetails | undefined;
}) {
  const waiting = useWhy(run).find((each) => each.task === task);
  const row = details?.taskRun ?? undefined;
  const isKnown = run !== undefined && details !== undefined;
  return (
    <>
      <h1 className="truncate">{task}</h1>
      {row === undefined && isKnown ? <StateBadge state={UNTOLD[waiting?.state ?? ""] ?? "none"} soft /> : null}
      {row === undefined ? null : (
        <>
          <StateBadge state={taskState(row)} soft />
          <span className="text-ink-2">
            <Duration from={row.startedAt} to={row.endedAt} />
          </span>
        </>
      )}
    </>
  );
}

function Actions({ run, task }: { readonly run: Run; readonly task: string }) {
  const { of, dialog } = useTaskActs(run);
  const { rerun, mark, clear } = of([task]);
  const actions = [{ ...rerun, short: "Rerun from here", keys: "e" }, mark];
  useActions([...actions, clear]);
  return (
    <>
      {actions.map((action) => (
        <ActionButton key={action.id} action={action} />
      ))}
      {dialog}
    </>
  );
}

function Known({ run, details }: { readonly run: Run; readonly details: TaskDetails }) {
  const { attempt: asked, tab, ...search } = route.useSearch();
  const { attempts } = details;
  const row = details.taskRun ?? undefined;
  // Hooks are looked at when one asks for them.
  const shown =
    attempts.find(({ id }) => id === asked) ?? attempts.findLast(({ hook }) => hook === "") ?? attempts.at(-1);
  const error = shown?.error ?? row?.error ?? null;
  return (
    <div className="flex min-h-0 flex-1 gap-4 max-lg:flex-col">
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        {error === null ? null : <FailurePanel error={error} />}
        {tab === "data" ? <DataTab run={run} row={row} details={details} /> : null}
        {tab === "attempts" ? <AttemptsTab attempts={attempts} /> : null}
        {tab === undefined ? (
          <>
            {attempts.length > 1 ? <AttemptLinks attempts={attempts} shown={shown?.id} /> : null}
            <Log run={run} shown={shown} hasBegun={row !== undefined} search={search} />
          </>
        ) : null}
      </div>
      <TaskRunFacts run={run} details={details} />
    </div>
  );
}

function AttemptLinks({
  attempts,
  shown,
}: {
  readonly attempts: readonly Attempt[];
  readonly shown: number | undefined;
}) {
  return (
    <nav aria-label="Attempts" className="mb-2 flex shrink-0 gap-1 overflow-x-auto">
      {attempts.map(({ id, number, state, hook, startedAt, endedAt }) => (
        <Link
          key={id}
          to="."
          search={({ wrap, times, level }) => ({ wrap, times, level, attempt: id })}
          aria-current={id === shown ? "page" : undefined}
          className={`flex h-7 items-center gap-1.5 rounded-md border px-2 whitespace-nowrap ${id === shown ? "border-accent bg-accent-soft" : "border-line bg-surface text-ink-2 hover:bg-sunken"}`}
        >
          <StateMark state={state} />
          {hook === "" ? `Attempt ${number}` : `Hook ${hook}`}
          <span className="text-ink-2">
            <Duration from={startedAt} to={endedAt} />
          </span>
        </Link>
      ))}
    </nav>
  );
}

interface LogProps {
  readonly run: Run;
  readonly shown: Attempt | undefined;
  readonly hasBegun: boolean;
  readonly search: LogSearch;
}

function Log({ run, shown, hasBegun, search }: LogProps) {
  const navigate = useNavigate({ from: "/runs/$run/tasks/$task" });
  const change = useCallback(
    (next: LogSearch) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true }),
    [navigate],
  );
  if (shown !== undefined) return <LogView run={run.id} attempt={shown} search={search} onChange={change} />;
  return (
    <div className="rounded-lg border border-line bg-surface">
      <Empty icon="hourglass" title={hasBegun ? "It has not been tried" : "It has not begun"}>
        Its log will be here.
      </Empty>
    </div>
  );
}
