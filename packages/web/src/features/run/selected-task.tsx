import { Link } from "@tanstack/react-router";
import { ActionButton } from "../../actions/action-button.tsx";
import type { Action } from "../../actions/registry.ts";
import type { Run, TaskRun } from "../../api/shapes.ts";
import { buttonClass, IconButton } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { type State, taskState } from "../../ui/states.ts";
import { Duration, Instant } from "../../ui/time.tsx";
import { TaskCodeLink } from "../code/code-link.tsx";
import { byWhom } from "../runs/run-text.ts";
import { WaitingReason } from "../task-run/waiting-reason.tsx";
import { ItemList } from "./item-list.tsx";
import { UNTOLD } from "./task-rows.ts";
import { useWhy } from "./use-why.ts";
import { reasonOf } from "./wait-reasons.ts";

/** The task that is selected in the graph: its state, or those of its items. */
export function SelectedTask({
  run,
  id,
  rows,
  actions,
  onClose,
}: {
  readonly run: Run;
  readonly id: string;
  readonly rows: readonly TaskRun[];
  /** What can be done about it. */
  readonly actions: readonly Action[];
  readonly onClose: () => void;
}) {
  const why = useWhy(run);
  const reasons = new Map(why.map(({ task, reason }) => [task, reason]));
  const untold = UNTOLD[why.find(({ task }) => task === id)?.state ?? ""] ?? "none";
  const [first, ...others] = rows;
  return (
    <aside
      aria-label={id}
      className="flex max-h-full w-72 shrink-0 flex-col rounded-lg border border-line bg-surface max-lg:w-full"
    >
      <div className="flex h-9 shrink-0 items-center justify-between gap-2 border-b border-line pr-1 pl-3">
        <h2 className="truncate">{id}</h2>
        <span className="ml-auto">
          <TaskCodeLink run={run} task={id} />
        </span>
        <IconButton icon="cross" label="Close" onClick={onClose} />
      </div>
      {first === undefined ? <NotBegun state={untold} reason={reasons.get(id)} /> : null}
      {first !== undefined && others.length === 0 ? (
        <One run={run} row={first} reason={reasonOf(first, reasons.get(first.task))} />
      ) : null}
      {others.length > 0 ? <ItemList run={run} rows={rows} /> : null}
      {actions.length === 0 ? null : (
        <div className="mt-auto flex shrink-0 flex-wrap gap-1.5 border-t border-line p-2">
          {actions.map((action) => (
            <ActionButton key={action.id} action={action} />
          ))}
        </div>
      )}
    </aside>
  );
}

function NotBegun({ state, reason }: { readonly state: State; readonly reason: string | undefined }) {
  return (
    <div className="flex flex-col gap-2 p-3">
      <StateBadge state={state} />
      {reason === undefined ? null : <Waits reason={reason} />}
    </div>
  );
}

function Waits({ reason }: { readonly reason: string }) {
  return (
    <div className="rounded-md bg-waiting-soft px-2.5 py-1.5">
      <WaitingReason text={reason} />
    </div>
  );
}

function One({ run, row, reason }: { readonly run: Run; readonly row: TaskRun; readonly reason: string | undefined }) {
  return (
    <div className="flex flex-col gap-2 p-3">
      <StateBadge state={taskState(row)} />
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-0.5 text-ink-2">
        <dt>Started</dt>
        <dd>
          <Instant at={row.startedAt} />
        </dd>
        <dt>{row.endedAt === null ? "Running for" : "Took"}</dt>
        <dd>
          <Duration from={row.startedAt} to={row.endedAt} />
        </dd>
        {row.tries > 1 ? (
          <>
            <dt>Tries</dt>
            <dd>{row.tries}</dd>
          </>
        ) : null}
      </dl>
      {row.marked === null ? null : (
        <p className="break-words text-ink-2">
          Marked {byWhom(row.marked.by)}
          {row.marked.reason === null ? "" : `: ${row.marked.reason}`}
        </p>
      )}
      {row.error === null || row.marked !== null ? null : (
        <p className="break-words text-failed">{row.error.message}</p>
      )}
      {reason === undefined ? null : <Waits reason={reason} />}
      {row.waitsFor?.kind === "approval" ? <p className="break-words">{row.waitsFor.message}</p> : null}
      <Link
        to="/runs/$run/tasks/$task"
        params={{ run: run.id, task: row.task }}
        className={`${buttonClass("plain")} justify-center`}
      >
        Log and details <Icon name="chevron" size={12} />
      </Link>
      {row.childRun === null ? null : (
        <Link to="/runs/$run" params={{ run: row.childRun }} className="text-accent hover:underline">
          The run that it started
        </Link>
      )}
    </div>
  );
}
