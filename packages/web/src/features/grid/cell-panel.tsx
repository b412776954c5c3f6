import { Link } from "@tanstack/react-router";
import type { TaskRun } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { buttonClass, IconButton } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Answered } from "../../ui/notices.tsx";
import { StateBadge, StateMark } from "../../ui/state-badge.tsx";
import { LOOKS, type State, taskState } from "../../ui/states.ts";
import { Duration, Instant } from "../../ui/time.tsx";
import { type Cell, countsOf, type Grid, type GridRun } from "./grid-scene.ts";
import { taskInput } from "./read-grid.ts";

/** More items than these are looked at in the run. */
const MOST_ITEMS = 12;

/** What is selected in the grid: a task in a run, or a run. The newest one where nothing is. */
export function CellPanel({
  grid,
  cell,
  onClose,
}: {
  readonly grid: Grid;
  readonly cell: Cell;
  readonly onClose: (() => void) | undefined;
}) {
  const run = grid.runs[cell.run];
  if (run === undefined) return null;
  const task = grid.tasks[cell.task];
  return (
    <aside
      aria-label={task ?? "Run"}
      className="flex flex-col rounded-lg border border-line bg-surface lg:w-72 lg:shrink-0 lg:grow"
    >
      <div className="flex min-h-9 items-center justify-between gap-2 border-b border-line pr-1 pl-3">
        <h2 className="truncate">{task ?? (cell.run === 0 ? "Newest run" : "Run")}</h2>
        {onClose === undefined ? null : <IconButton icon="cross" label="Close" onClick={onClose} />}
      </div>
      <div className="flex flex-1 flex-col gap-3 p-3">
        {task === undefined ? <OfRun run={run} /> : <OfTask run={run} task={task} key={`${run.id} ${task}`} />}
        <Link to="/runs/$run" params={{ run: run.id }} className={`${buttonClass("plain")} mt-auto justify-center`}>
          Open the run <Icon name="chevron" size={12} />
        </Link>
      </div>
    </aside>
  );
}

const FACTS = "grid grid-cols-[auto_1fr] gap-x-4 gap-y-0.5 text-ink-2";

function OfRun({ run }: { readonly run: GridRun }) {
  return (
    <>
      <StateBadge state={run.state} />
      <dl className={FACTS}>
        <RunOf run={run} />
        <dt>Took</dt>
        <dd>
          <Duration from={run.startedAt} to={run.endedAt} />
        </dd>
        <dt>Tasks</dt>
        <dd>{tasksText(run)}</dd>
      </dl>
    </>
  );
}

function RunOf({ run }: { readonly run: GridRun }) {
  return (
    <>
      {run.slice?.kind !== "key" ? null : (
        <>
          <dt>Covers</dt>
          <dd>{run.slice.key}</dd>
        </>
      )}
      <dt>Created</dt>
      <dd>
        <Instant at={run.createdAt} />
      </dd>
    </>
  );
}

/** `2 failed, 998 succeeded`. */
function tasksText(run: GridRun): string {
  const counts = [...countsOf([run])] as readonly (readonly [State, number])[];
  return counts
    .toSorted(([, one], [, other]) => one - other)
    .map(([state, count]) => `${count} ${LOOKS[state].text.toLowerCase()}`)
    .join(", ");
}

function OfTask({ run, task }: { readonly run: GridRun; readonly task: string }) {
  const answer = useApi("listTaskRuns", taskInput(run.id, task));
  const rows = (answer.data?.items ?? []).filter(({ hook }) => hook === "");
  const [first] = rows;
  const items = rows.filter(({ item }) => item !== "");
  return (
    <Answered of={answer} rows={3}>
      {first === undefined ? <p className="text-ink-2">It has not begun.</p> : <Facts run={run} row={first} />}
      {items.length === 0 ? null : <Items run={run} rows={items} />}
    </Answered>
  );
}

function Facts({ run, row }: { readonly run: GridRun; readonly row: TaskRun }) {
  return (
    <>
      <StateBadge state={taskState(row)} />
      <dl className={FACTS}>
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
        <dt>In the run</dt>
        <dd>{run.slice?.kind === "key" ? run.slice.key : <Instant at={run.createdAt} />}</dd>
      </dl>
      {row.error === null ? null : <p className="line-clamp-4 break-words text-failed">{row.error.message}</p>}
      <Link
        to="/runs/$run/tasks/$task"
        params={{ run: run.id, task: row.task }}
        className={`${buttonClass("primary")} justify-center`}
      >
        Log and details <Icon name="chevron" size={12} />
      </Link>
    </>
  );
}

/** Those that need somebody first. */
function Items({ run, rows }: { readonly run: GridRun; readonly rows: readonly TaskRun[] }) {
  const order = rows.toSorted((a, b) => Number(b.state === "failed") - Number(a.state === "failed"));
  return (
    <ul aria-label="Items" className="-mx-3 border-t border-line pt-1">
      {order.slice(0, MOST_ITEMS).map((row) => (
        <li key={row.item}>
          <Link
            to="/runs/$run/tasks/$task"
            params={{ run: run.id, task: row.task }}
            className="flex h-7 items-center gap-2 px-3 hover:bg-sunken"
          >
            <StateMark state={taskState(row)} />
            <span className="truncate">{row.task}</span>
            <span className="ml-auto text-ink-2">
              <Duration from={row.startedAt} to={row.endedAt} />
            </span>
          </Link>
        </li>
      ))}
      {rows.length > MOST_ITEMS ? (
        <li className="px-3 py-1 text-ink-2">and {rows.length - MOST_ITEMS} more: see the run's tasks</li>
      ) : null}
    </ul>
  );
}
