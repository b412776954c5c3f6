import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import type { Run, TaskRun } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Empty } from "../../ui/notices.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { LOOKS, type State, TONE_FILL, taskState } from "../../ui/states.ts";
import { Duration, Instant } from "../../ui/time.tsx";

const route = getRouteApi("/runs/$run");
const ROW = 32;

/** The task runs of a run, as many as there are: only rows that are seen are there. */
export function TaskTable({ run, taskRuns }: { readonly run: Run; readonly taskRuns: readonly TaskRun[] }) {
  const { state } = route.useSearch();
  const shown = useMemo(
    () => inOrder(taskRuns.filter((row) => state === undefined || state.includes(taskState(row)))),
    [taskRuns, state],
  );
  const why = useApi("explainRun", { params: { run: run.id } }, { enabled: !run.settled }).data?.items ?? [];
  const reasons = new Map(why.map(({ task, reason }) => [task, reason]));
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <Counts taskRuns={taskRuns} chosen={state ?? []} />
      {shown.length === 0 ? (
        <Empty icon="list" title={taskRuns.length === 0 ? "No task has begun" : "No task is like that"} />
      ) : (
        <Rows run={run} rows={shown} reasons={reasons} />
      )}
    </div>
  );
}

const byItem = new Intl.Collator("en", { numeric: true });

/** As the flow has them, and items by their number. */
function inOrder(rows: readonly TaskRun[]): readonly TaskRun[] {
  return rows.toSorted((a, b) => a.node - b.node || byItem.compare(a.item, b.item));
}

/** How many are in which state; each is a filter. */
function Counts({ taskRuns, chosen }: { readonly taskRuns: readonly TaskRun[]; readonly chosen: readonly string[] }) {
  const navigate = useNavigate({ from: "/runs/$run" });
  const counts = Map.groupBy(taskRuns, taskState);
  return (
    <div className="mb-3 flex flex-wrap gap-1">
      {[...counts].map(([state, rows]) => {
        const isOn = chosen.includes(state);
        const next = isOn ? chosen.filter((each) => each !== state) : [...chosen, state];
        return (
          <button
            key={state}
            type="button"
            aria-pressed={isOn}
            onClick={() =>
              void navigate({ search: (old) => ({ ...old, state: next.length === 0 ? undefined : [...next] }) })
            }
            className={`inline-flex h-7 items-center gap-1.5 rounded-full border px-2.5 ${isOn ? "border-accent bg-accent-soft" : "border-line bg-surface text-ink-2 hover:bg-sunken"}`}
          >
            <span aria-hidden="true" className={`size-2 rounded-full ${TONE_FILL[LOOKS[state].tone]}`} />
            {LOOKS[state].text} {rows.length}
          </button>
        );
      })}
    </div>
  );
}

function Rows({
  run,
  rows,
  reasons,
}: {
  readonly run: Run;
  readonly rows: readonly TaskRun[];
  readonly reasons: ReadonlyMap<string, string>;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  return (
    <div
      ref={scroller}
      role="table"
      aria-label="Tasks"
      aria-rowcount={rows.length}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      className="min-h-72 flex-1 overflow-auto rounded-lg border border-line bg-surface"
    >
      <TableHead />
      <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div
              key={index}
              role="row"
              aria-rowindex={index + 1}
              className="absolute inset-x-0 flex items-center gap-3 border-b border-line px-3 hover:bg-sunken/60"
              style={{ height: ROW, transform: `translateY(${start}px)` }}
            >
              <Cells run={run} row={row} reason={reasons.get(row.task)} state={taskState(row)} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function TableHead() {
  return (
    <div
      role="row"
      className="sticky top-0 z-10 flex h-7 items-center gap-3 border-b border-line bg-surface px-3 text-2xs font-medium text-ink-3"
    >
      <span role="columnheader" className="w-36 shrink-0">
        State
      </span>
      <span role="columnheader" className="w-56 shrink-0 max-sm:w-auto max-sm:flex-1">
        Task
      </span>
      <span role="columnheader" className="flex-1 max-sm:hidden">
        Why
      </span>
      <span role="columnheader" className="w-28 shrink-0 text-right max-md:hidden">
        Started
      </span>
      <span role="columnheader" className="w-24 shrink-0 text-right">
        Took
      </span>
    </div>
  );
}

function Cells({
  run,
  row,
  reason,
  state,
}: {
  readonly run: Run;
  readonly row: TaskRun;
  readonly reason: string | undefined;
  readonly state: State;
}) {
  return (
    <>
      <span role="cell" className="w-36 shrink-0">
        <StateBadge state={state} />
      </span>
      <span role="cell" className="w-56 shrink-0 truncate max-sm:w-auto max-sm:flex-1">
        <Link
          to="/runs/$run/tasks/$task"
          params={{ run: run.id, task: row.task }}
          className="font-medium hover:text-accent"
        >
          {row.task}
        </Link>
        {row.hook === "" ? null : <span className="text-ink-3"> hook {row.hook}</span>}
      </span>
      <span
        role="cell"
        className="min-w-0 flex-1 truncate text-ink-2 max-sm:hidden"
        title={row.error?.message ?? reason}
      >
        {row.error?.message ?? reason ?? (row.cached ? "from the cache" : row.reusedFrom === null ? "" : "kept")}
      </span>
      <span role="cell" className="w-28 shrink-0 text-right text-ink-2 max-md:hidden">
        <Instant at={row.startedAt} relative />
      </span>
      <span role="cell" className="w-24 shrink-0 text-right text-ink-2">
        <Duration from={row.startedAt} to={row.endedAt} />
      </span>
    </>
  );
}
