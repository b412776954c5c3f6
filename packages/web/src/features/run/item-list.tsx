import { STATES_BY_URGENCY } from "@millrace/core";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import type { Run, TaskRun } from "../../api/shapes.ts";
import { StateMark } from "../../ui/state-badge.tsx";
import { LOOKS, type State, TONE_FILL, taskState } from "../../ui/states.ts";
import { Duration } from "../../ui/time.tsx";

const route = getRouteApi("/runs/$run");
const ROW = 28;
const byName = new Intl.Collator("en", { numeric: true });

/** The task runs behind one node of the graph, as many as there are: how they are spread over states, and each of them. */
export function ItemList({ run, rows }: { readonly run: Run; readonly rows: readonly TaskRun[] }) {
  const { items: chosen } = route.useSearch();
  const counts = useMemo(() => countsOf(rows), [rows]);
  const shown = useMemo(
    () =>
      rows
        .filter((row) => chosen === undefined || taskState(row) === chosen)
        .toSorted((a, b) => byName.compare(a.task, b.task)),
    [rows, chosen],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
  });
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <Shares counts={counts} total={rows.length} chosen={chosen} />
      <div
        ref={scroller}
        role="list"
        aria-label="Items"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        tabIndex={0}
        className="min-h-40 flex-1 overflow-y-auto border-t border-line py-1"
      >
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = shown[index];
            if (row === undefined) return null;
            return (
              <div
                key={`${row.task} ${row.hook}`}
                role="listitem"
                aria-setsize={shown.length}
                aria-posinset={index + 1}
                className="absolute inset-x-0"
                style={{ height: ROW, transform: `translateY(${start}px)` }}
              >
                <Item run={run} row={row} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Item({ run, row }: { readonly run: Run; readonly row: TaskRun }) {
  return (
    <Link
      to="/runs/$run/tasks/$task"
      params={{ run: run.id, task: row.task }}
      title={row.error?.message ?? row.task}
      className="flex h-7 items-center gap-2 px-3 hover:bg-sunken"
    >
      <StateMark state={taskState(row)} />
      <span className="truncate">{row.task}</span>
      <span className="ml-auto text-ink-2">
        <Duration from={row.startedAt} to={row.endedAt} />
      </span>
    </Link>
  );
}

type Counts = readonly (readonly [State, number])[];

function countsOf(rows: readonly TaskRun[]): Counts {
  const counts = Map.groupBy(rows, taskState);
  return STATES_BY_URGENCY.flatMap((state) => {
    const own = counts.get(state);
    return own === undefined ? [] : [[state, own.length] as const];
  });
}

/** A bar of states, and each of them as a filter. The most urgent is the first: what failed is one press away. */
function Shares({
  counts,
  total,
  chosen,
}: {
  readonly counts: Counts;
  readonly total: number;
  readonly chosen: string | undefined;
}) {
  const navigate = useNavigate({ from: "/runs/$run" });
  return (
    <div className="flex flex-col gap-2 p-3">
      <div aria-hidden="true" className="flex h-2 gap-px overflow-hidden rounded-full">
        {counts.map(([state, count]) => (
          <span key={state} className={TONE_FILL[LOOKS[state].tone]} style={{ width: `${(count / total) * 100}%` }} />
        ))}
      </div>
      <div className="flex flex-wrap gap-1">
        {counts.map(([state, count]) => (
          <button
            key={state}
            type="button"
            aria-pressed={chosen === state}
            onClick={() =>
              void navigate({
                search: (old) => ({ ...old, items: chosen === state ? undefined : state }),
                replace: true,
              })
            }
            className={`inline-flex h-6 items-center gap-1.5 rounded-full border px-2 text-2xs max-sm:h-11 ${chosen === state ? "border-accent bg-accent-soft" : "border-line text-ink-2 hover:bg-sunken"}`}
          >
            <StateMark state={state} />
            {LOOKS[state].text} {count}
          </button>
        ))}
      </div>
    </div>
  );
}
