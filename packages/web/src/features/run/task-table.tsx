import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { ActionButton } from "../../actions/action-button.tsx";
import type { Action } from "../../actions/registry.ts";
import type { Run } from "../../api/shapes.ts";
import { usePreferences } from "../../app/preferences.ts";
import { Empty } from "../../ui/notices.tsx";
import { PickAll, PickBox, PickedBar, type Picks } from "../../ui/pick.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { LOOKS, TONE_FILL } from "../../ui/states.ts";
import { Duration, Instant } from "../../ui/time.tsx";
import { useIsNarrow } from "../../ui/use-is-narrow.ts";
import { canPick, remarkOf, type TaskRow } from "./task-rows.ts";
import { writtenCounts } from "./written-tasks.ts";

const route = getRouteApi("/runs/$run");
const ROWS = { comfortable: 32, compact: 25 } as const;
/** On a phone what there is to say stands under the name. */
const TALL_ROW = 52;

/** The task runs of a run, as many as there are: only rows that are seen are there. */
export function TaskTable({
  run,
  rows,
  shown,
  picks,
  actions,
}: {
  readonly run: Run;
  readonly rows: readonly TaskRow[];
  /** Those that the filter lets through. */
  readonly shown: readonly TaskRow[];
  readonly picks: Picks;
  /** What can be done about the rows that are chosen. */
  readonly actions: readonly Action[];
}) {
  const { state } = route.useSearch();
  const isNarrow = useIsNarrow();
  const { density } = usePreferences();
  const height = isNarrow ? TALL_ROW : ROWS[density];
  const refused = actions.find((action) => action.refused !== undefined)?.refused;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <Counts rows={rows} chosen={state ?? []} />
      <PickedBar picks={picks} what="task">
        {actions.map((action) => (
          <ActionButton key={action.id} action={action} />
        ))}
        {refused === undefined ? null : <span className="text-ink-2">{refused}</span>}
      </PickedBar>
      {shown.length === 0 ? (
        <Empty icon="list" title={rows.length === 0 ? "No task has begun" : "No task is like that"} />
      ) : (
        <Rows key={height} run={run} rows={shown} picks={picks} height={height} />
      )}
    </div>
  );
}

/** How many are in which state; each is a filter. */
function Counts({ rows, chosen }: { readonly rows: readonly TaskRow[]; readonly chosen: readonly string[] }) {
  const navigate = useNavigate({ from: "/runs/$run" });
  const counts = Map.groupBy(rows, (row) => row.state);
  const { items } = writtenCounts(rows.flatMap(({ row }) => row ?? []));
  return (
    <div className="mb-3 flex flex-wrap items-center gap-1">
      {[...counts].map(([state, own]) => {
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
            className={`inline-flex h-7 items-center gap-1.5 rounded-full border px-2.5 max-sm:h-11 ${isOn ? "border-accent bg-accent-soft" : "border-line bg-surface text-ink-2 hover:bg-sunken"}`}
          >
            <span aria-hidden="true" className={`size-2 rounded-full ${TONE_FILL[LOOKS[state].tone]}`} />
            {LOOKS[state].text} {own.length}
          </button>
        );
      })}
      {items === 0 ? null : (
        <span className="ml-1 text-2xs text-ink-2">{items === 1 ? "1 item" : `${items} items`} of maps among them</span>
      )}
    </div>
  );
}

function Rows({
  run,
  rows,
  picks,
  height,
}: {
  readonly run: Run;
  readonly rows: readonly TaskRow[];
  readonly picks: Picks;
  readonly height: number;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
  });
  const stepFrom = (index: number, step: 1 | -1): string | undefined => {
    const at = nextToPick(rows, index, step);
    const key = rows[at]?.key;
    if (key === undefined) return undefined;
    virtual.scrollToIndex(at);
    // Within what is drawn beyond the edge it is there already.
    scroller.current?.querySelector<HTMLElement>(`[data-pick="${CSS.escape(key)}"]`)?.focus();
    return key;
  };
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
      <TableHead picks={picks} />
      <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div
              key={index}
              role="row"
              aria-rowindex={index + 1}
              className={`absolute inset-x-0 flex items-center gap-3 border-b border-line px-3 ${picks.has(row.key) ? "bg-accent-soft" : "hover:bg-sunken/60"}`}
              style={{ height, transform: `translateY(${start}px)` }}
            >
              <span role="cell" className="flex w-4 shrink-0 max-sm:w-5">
                {canPick(row) ? (
                  <PickBox
                    picks={picks}
                    id={row.key}
                    label={`Choose ${row.task}`}
                    onStep={(step) => stepFrom(index, step)}
                  />
                ) : null}
              </span>
              <Cells run={run} row={row} height={height} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** The place of the next row that can be chosen; one beyond the rows where there is none. */
function nextToPick(rows: readonly TaskRow[], from: number, step: 1 | -1): number {
  let at = from + step;
  for (let row = rows[at]; row !== undefined && !canPick(row); row = rows[at]) at += step;
  return at;
}

function TableHead({ picks }: { readonly picks: Picks }) {
  return (
    <div
      role="row"
      className="sticky top-0 z-10 flex h-7 items-center gap-3 border-b border-line bg-surface px-3 text-2xs font-medium text-ink-3"
    >
      <span role="columnheader" className="flex w-4 shrink-0 max-sm:w-5">
        <PickAll picks={picks} label="Choose all tasks" />
      </span>
      <span role="columnheader" className="w-36 shrink-0 max-sm:hidden">
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
      <span role="columnheader" className="w-24 shrink-0 text-right max-sm:w-auto lg:w-36">
        Took
      </span>
    </div>
  );
}

function Cells({ run, row, height }: { readonly run: Run; readonly row: TaskRow; readonly height: number }) {
  const isNarrow = height === TALL_ROW;
  const isCompact = height === ROWS.compact;
  const { task, state } = row;
  const remark = remarkOf(row);
  const taskRun = row.row;
  const name = (
    <>
      <Link
        to="/runs/$run/tasks/$task"
        params={{ run: run.id, task }}
        className="font-medium hover:text-accent max-sm:after:absolute max-sm:after:inset-0 max-sm:after:content-['']"
      >
        {task}
      </Link>
      {taskRun === undefined || taskRun.hook === "" ? null : <span className="text-ink-3"> hook {taskRun.hook}</span>}
    </>
  );
  if (isNarrow) {
    return (
      <>
        <span role="cell" className="min-w-0 flex-1">
          <span className="flex items-center gap-2">
            <StateBadge state={state} />
            <span className="truncate">{name}</span>
          </span>
          {remark === "" ? null : <span className="block truncate text-2xs text-ink-2">{remark}</span>}
        </span>
        <span role="cell" className="shrink-0 text-right text-ink-2">
          <Duration from={taskRun?.startedAt ?? null} to={taskRun?.endedAt ?? null} />
        </span>
      </>
    );
  }
  return (
    <>
      <span role="cell" className="w-36 shrink-0">
        <StateBadge state={state} />
      </span>
      <span role="cell" className="w-56 shrink-0 truncate">
        {name}
      </span>
      <span
        role="cell"
        className={`min-w-0 flex-1 text-ink-2 ${isCompact ? "text-2xs leading-3" : "text-xs leading-3.5"}`}
        title={remark}
      >
        {/* Two lines of it are as high as a row. */}
        <span className="line-clamp-2 break-words">{remark}</span>
      </span>
      <span role="cell" className="w-28 shrink-0 text-right text-ink-2 max-md:hidden">
        <Instant at={taskRun?.startedAt ?? null} relative />
      </span>
      <span role="cell" className="w-24 shrink-0 text-right whitespace-nowrap text-ink-2 lg:w-36">
        {state === "running" && taskRun?.endedAt === null ? <span className="max-lg:hidden">running for </span> : null}
        <Duration from={taskRun?.startedAt ?? null} to={taskRun?.endedAt ?? null} />
      </span>
    </>
  );
}
