import { Link } from "@tanstack/react-router";
import type { Run, TaskRun } from "../../api/shapes.ts";
import { buttonClass, IconButton } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { taskState } from "../../ui/states.ts";
import { Duration, Instant } from "../../ui/time.tsx";
import { TaskCodeLink } from "../code/code-link.tsx";
import { ItemList } from "./item-list.tsx";

/** The task that is selected in the graph: its state, or those of its items. */
export function SelectedTask({
  run,
  id,
  rows,
  onClose,
}: {
  readonly run: Run;
  readonly id: string;
  readonly rows: readonly TaskRun[];
  readonly onClose: () => void;
}) {
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
      {first === undefined ? <p className="p-3 text-ink-2">It has not begun.</p> : null}
      {first !== undefined && others.length === 0 ? <One run={run} row={first} /> : null}
      {others.length > 0 ? <ItemList run={run} rows={rows} /> : null}
    </aside>
  );
}

function One({ run, row }: { readonly run: Run; readonly row: TaskRun }) {
  return (
    <div className="flex flex-col gap-2 p-3">
      <StateBadge state={taskState(row)} />
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-0.5 text-ink-2">
        <dt>Started</dt>
        <dd>
          <Instant at={row.startedAt} />
        </dd>
        <dt>Took</dt>
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
      {row.error === null ? null : <p className="break-words text-failed">{row.error.message}</p>}
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
