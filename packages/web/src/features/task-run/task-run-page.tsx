import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useRefusal } from "../../account/use-refusal.ts";
import { ActionButton } from "../../actions/action-button.tsx";
import { type Action, useActions } from "../../actions/registry.ts";
import type { Attempt, Run, TaskRun } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { useWholeList } from "../../api/whole-list.ts";
import { Page } from "../../app/page.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { StateBadge, StateMark } from "../../ui/state-badge.tsx";
import { taskState } from "../../ui/states.ts";
import { Duration } from "../../ui/time.tsx";
import { LogView } from "../log/log-view.tsx";
import { RerunDialog } from "../run/rerun-dialog.tsx";
import { shortId } from "../runs/run-table.tsx";
import { TaskRunFacts } from "./task-run-facts.tsx";

const route = getRouteApi("/runs/$run/tasks/$task");

/** One task of one run: its log first, and beside it why it waits or failed. */
export function TaskRunPage() {
  const { run: id, task } = route.useParams();
  const run = useApi("getRun", { params: { run: id } });
  const taskRuns = useWholeList("listTaskRuns", run.data?.id ?? id);
  const attempts = useWholeList("listAttempts", run.data?.id ?? id);
  const rows = taskRuns.data?.filter((row) => row.task === task) ?? [];
  return (
    <Page
      title={task}
      trail={<Trail id={run.data?.id ?? id} flow={run.data?.flow} />}
      heading={<Heading task={task} row={rows[0]} />}
      isWhole
      actions={run.data === undefined ? null : <Actions run={run.data} row={rows[0]} taskRuns={taskRuns.data ?? []} />}
    >
      <Answered of={run}>
        <Answered of={taskRuns}>
          <Answered of={attempts}>
            {run.data === undefined ? null : (
              <Known
                run={run.data}
                task={task}
                row={rows.find(({ hook }) => hook === "")}
                attempts={attempts.data?.filter((attempt) => attempt.task === task) ?? []}
              />
            )}
          </Answered>
        </Answered>
      </Answered>
    </Page>
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

function Heading({ task, row }: { readonly task: string; readonly row: TaskRun | undefined }) {
  return (
    <>
      <h1 className="truncate">{task}</h1>
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

function Actions({
  run,
  row,
  taskRuns,
}: {
  readonly run: Run;
  readonly row: TaskRun | undefined;
  readonly taskRuns: readonly TaskRun[];
}) {
  const [isOpen, setOpen] = useState(false);
  // The items of a map are run again together with it.
  const task = row?.task;
  const mayNot = useRefusal("run.start", run.flow);
  const again: Action = {
    id: "task.rerun",
    title: "Run again from this task",
    short: "Rerun from here",
    icon: "retry",
    keys: "e",
    refused: mayNot ?? (run.endedAt === null ? "The run is not over yet: cancel it first." : undefined),
    run: () => setOpen(true),
  };
  useActions([again]);
  return (
    <>
      <ActionButton action={again} />
      {isOpen ? <RerunDialog run={run} taskRuns={taskRuns} task={task} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function Known({
  run,
  task,
  row,
  attempts,
}: {
  readonly run: Run;
  readonly task: string;
  readonly row: TaskRun | undefined;
  readonly attempts: readonly Attempt[];
}) {
  const { attempt: asked, ...search } = route.useSearch();
  const navigate = useNavigate({ from: "/runs/$run/tasks/$task" });
  const shown = attempts.find(({ id }) => id === asked) ?? attempts.at(-1);
  return (
    <div className="flex min-h-0 flex-1 gap-4 max-lg:flex-col">
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        {attempts.length > 1 ? (
          <nav aria-label="Attempts" className="mb-2 flex gap-1 overflow-x-auto">
            {attempts.map(({ id, number, state, hook, startedAt, endedAt }) => (
              <Link
                key={id}
                to="."
                search={{ attempt: id }}
                aria-current={id === shown?.id ? "page" : undefined}
                className={`flex h-7 items-center gap-1.5 rounded-md border px-2 whitespace-nowrap ${id === shown?.id ? "border-accent bg-accent-soft" : "border-line bg-surface text-ink-2 hover:bg-sunken"}`}
              >
                <StateMark state={state} />
                {hook === "" ? `Attempt ${number}` : `Hook ${hook}`}
                <span className="text-ink-2">
                  <Duration from={startedAt} to={endedAt} />
                </span>
              </Link>
            ))}
          </nav>
        ) : null}
        {shown === undefined ? (
          <div className="rounded-lg border border-line bg-surface">
            <Empty icon="hourglass" title={row === undefined ? "It has not begun" : "It has not been tried"}>
              Its log will be here.
            </Empty>
          </div>
        ) : (
          <LogView
            run={run.id}
            attempt={shown}
            search={search}
            onChange={(next) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true })}
          />
        )}
      </div>
      <TaskRunFacts
        run={run}
        task={task}
        row={row}
        tries={attempts.length}
        error={shown?.error ?? row?.error ?? null}
      />
    </div>
  );
}
