import { Link, useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { OfFlow } from "../../app/flow-zone.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Instant } from "../../ui/time.tsx";
import { durationText } from "../../ui/time-text.ts";
import { RunButton } from "../launch/run-button.tsx";
import { PauseButton } from "../schedules/pause-action.tsx";
import { DurationTrend } from "./duration-trend.tsx";
import { type FlowRow, type FlowSort, type FlowsSearch, isSameRow } from "./flow-rows.ts";
import { RunStrip } from "./run-strip.tsx";

const ROWS = { comfortable: 46, compact: 28 } as const;
/** On a phone all of a row leads to its flow. */
const WHOLE = "max-sm:after:absolute max-sm:after:inset-0 max-sm:after:content-['']";
const LINE = "flex items-center gap-4 border-b border-line px-3 max-sm:gap-3";
/** How wide each column is, and on which screens it is there. */
const WIDTHS = {
  flow: "min-w-0 flex-1",
  owner: "w-20 shrink-0 truncate max-xl:hidden",
  made: "w-32 shrink-0 truncate max-lg:hidden min-[1400px]:w-48",
  next: "w-20 shrink-0 max-md:hidden",
  last: "w-22 shrink-0 max-md:hidden",
  runs: "w-26 shrink-0 max-sm:w-24",
  succeeded: "w-20 shrink-0 text-right max-lg:hidden",
  duration: "w-36 shrink-0 text-right max-lg:hidden",
  acts: "flex w-16 shrink-0 justify-end gap-1 max-sm:w-11",
} as const;

interface FlowTableProps {
  readonly rows: readonly FlowRow[];
  readonly search: FlowsSearch;
  /** Each flow has one line only. */
  readonly isFlat: boolean;
}

/** Flows, as many as there are: only rows that are seen are there. The page scrolls, and not the table. */
export function FlowTable({ rows, search, isFlat }: FlowTableProps) {
  const body = useRef<HTMLDivElement>(null);
  const [above, setAbove] = useState(0);
  const height = ROWS[isFlat ? "compact" : "comfortable"];
  useLayoutEffect(() => {
    const page = pageOf(body.current);
    if (page === null || body.current === null) return;
    setAbove(body.current.getBoundingClientRect().top - page.getBoundingClientRect().top + page.scrollTop);
  });
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => pageOf(body.current),
    estimateSize: () => height,
    scrollMargin: above,
    overscan: 12,
  });
  return (
    <div role="table" aria-label="Flows" aria-rowcount={rows.length + 1}>
      <TableHead search={search} />
      <div ref={body} role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div
              key={row.flow.name}
              role="row"
              aria-rowindex={index + 2}
              className={`${LINE} absolute inset-x-0 hover:bg-sunken/60 ${index === rows.length - 1 ? "border-b-0" : ""}`}
              style={{ height, transform: `translateY(${start - above}px)` }}
            >
              <Cells row={row} isFlat={isFlat} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function pageOf(element: HTMLElement | null): HTMLElement | null {
  return element?.closest("main") ?? null;
}

function TableHead({ search }: { readonly search: FlowsSearch }) {
  const sorted = { search };
  return (
    <div role="rowgroup">
      <div role="row" aria-rowindex={1} className={`${LINE} h-8 text-2xs font-medium text-ink-3`}>
        <SortHead {...sorted} by="name" column="flow">
          Flow
        </SortHead>
        <span role="columnheader" className={WIDTHS.owner}>
          Owner
        </span>
        <span role="columnheader" className={WIDTHS.made}>
          Schedule
        </span>
        <SortHead {...sorted} by="next" column="next">
          Next run
        </SortHead>
        <SortHead {...sorted} by="last" column="last">
          Last run
        </SortHead>
        <span role="columnheader" className={`${WIDTHS.runs} max-sm:text-right`}>
          Last runs
        </span>
        <SortHead {...sorted} by="succeeded" column="succeeded">
          Succeeded
        </SortHead>
        <SortHead {...sorted} by="duration" column="duration">
          Typically takes
        </SortHead>
        <span role="columnheader" className={WIDTHS.acts}>
          <span className="sr-only">Actions</span>
        </span>
      </div>
    </div>
  );
}

/** A column's name, which sorts by it; pressed again, the other way round. */
function SortHead({
  by,
  column,
  search: { sort = "name", turned = false },
  children,
}: {
  readonly by: FlowSort;
  readonly column: keyof typeof WIDTHS;
  readonly search: FlowsSearch;
  readonly children: ReactNode;
}) {
  const navigate = useNavigate({ from: "/flows" });
  const isOn = sort === by;
  const next = { sort: by === "name" ? undefined : by, turned: isOn && !turned ? true : undefined };
  // The names of what is turned from the start: the newest, and what takes longest.
  const isDown = turned !== (by === "last" || by === "duration");
  return (
    <span
      role="columnheader"
      aria-sort={isOn ? (isDown ? "descending" : "ascending") : "none"}
      className={WIDTHS[column]}
    >
      <button
        type="button"
        onClick={() => void navigate({ search: (old) => ({ ...old, ...next }), replace: true })}
        className={`inline-flex items-center gap-1 whitespace-nowrap hover:text-ink ${isOn ? "text-ink" : ""}`}
      >
        {children}
        {isOn ? <Icon name="chevron" size={10} className={isDown ? "rotate-90" : "-rotate-90"} /> : null}
      </button>
    </span>
  );
}

interface Line {
  readonly row: FlowRow;
  /** Its description has no line of its own, but what its name leaves. */
  readonly isFlat: boolean;
}

/** Under load some flow has news in each frame, and all others are as they were. */
const Cells = memo(function Cells({ row, isFlat }: Line) {
  const { flow, triggers, succeeded, medianMs, runs } = row;
  const made = triggers.map(({ text }) => text).join("; ");
  return (
    <OfFlow flow={flow.name}>
      <div role="cell" className={WIDTHS.flow}>
        {/* Tags that have no room are on a line that is not seen. */}
        <div className={`flex items-center gap-x-2 overflow-hidden ${isFlat ? "" : "h-5 flex-wrap"}`}>
          {/* The name has all the room that there is; tags have what is left of it. */}
          <Link
            to="/flows/$flow"
            params={{ flow: flow.name }}
            className={`max-w-full shrink-0 truncate font-medium hover:text-accent ${WHOLE}`}
          >
            {flow.name}
          </Link>
          {flow.tags.map((tag) => (
            <span
              key={tag}
              className={`rounded-sm bg-sunken px-1.5 text-2xs whitespace-nowrap text-ink-2 ${isFlat ? "max-2xl:hidden" : "max-lg:hidden"}`}
            >
              {tag}
            </span>
          ))}
          {isFlat ? <span className="min-w-0 flex-1 truncate text-2xs text-ink-2">{flow.description}</span> : null}
        </div>
        {isFlat ? null : <p className="truncate text-2xs text-ink-2">{flow.description}</p>}
      </div>
      <span role="cell" className={`${WIDTHS.owner} text-ink-2`} title={flow.owner ?? undefined}>
        {flow.owner ?? <None />}
      </span>
      <span role="cell" className={`${WIDTHS.made} text-ink-2`} title={made}>
        {made === "" ? <span className="text-ink-3">by hand</span> : made}
      </span>
      <span role="cell" className={`${WIDTHS.next} text-ink-2`}>
        <Next row={row} />
      </span>
      <span role="cell" className={`${WIDTHS.last} text-ink-2`}>
        <Instant at={row.last} relative />
      </span>
      <span role="cell" className={WIDTHS.runs}>
        <RunStrip runs={runs} />
      </span>
      <span role="cell" className={`${WIDTHS.succeeded} text-ink-2`}>
        {succeeded === null ? <None /> : `${Math.round(succeeded * 100)} %`}
      </span>
      <span role="cell" className={`${WIDTHS.duration} text-ink-2`}>
        <span className="flex items-center justify-end gap-2">
          <DurationTrend runs={runs} />
          <span className="w-20">{medianMs === null ? <None /> : durationText(medianMs)}</span>
        </span>
      </span>
      <span role="cell" className={`${WIDTHS.acts} relative z-10`}>
        <span className="max-sm:hidden">
          <PauseButton flow={flow.name} triggers={triggers} />
        </span>
        <RunButton flow={flow.name} isIcon />
      </span>
    </OfFlow>
  );
}, isSameLine);

function isSameLine(one: Line, other: Line): boolean {
  return one.isFlat === other.isFlat && isSameRow(one.row, other.row);
}

function None() {
  return <span className="text-ink-3">–</span>;
}

/** When the next run comes; of what is paused, that it is, and why. */
function Next({ row: { isPaused, triggers, next } }: { readonly row: FlowRow }) {
  if (!isPaused) return <Instant at={next} relative />;
  const reasons = triggers.flatMap(({ paused }) => (paused?.reason == null ? [] : [paused.reason]));
  return (
    <span className="inline-flex items-center gap-1.5 text-blocked" title={[...new Set(reasons)].join("; ")}>
      <Icon name="pause" size={13} /> Paused
    </span>
  );
}
