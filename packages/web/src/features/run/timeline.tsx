import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { type Action, useActions } from "../../actions/registry.ts";
import type { Run, TaskRun } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { useWholeList } from "../../api/whole-list.ts";
import { Icon } from "../../ui/icon.tsx";
import { Empty } from "../../ui/notices.tsx";
import { StateMark } from "../../ui/state-badge.tsx";
import { CriticalLine } from "./critical-line.tsx";
import { busyOf } from "./time-scale.ts";
import { barsOf, mapName, rowsOf, type TimelineRow } from "./timeline-bars.ts";
import { AXIS, ROW, type TimelineCanvas, type TimelineScene } from "./timeline-canvas.ts";
import { rowState, rowText } from "./timeline-text.ts";
import { TimelineTools } from "./timeline-tools.tsx";
import { useCriticalPath } from "./use-critical-path.ts";
import { useTimelineCanvas, useTimelinePointer } from "./use-timeline-canvas.ts";

const route = getRouteApi("/runs/$run");
const NAME = "w-56 max-sm:w-28";

/**
 * When each task waited, ran, and waited again. Stretches in which nothing happened are cut short. The bars are drawn;
 * the names beside them are a tree, which says in words what the bars show.
 */
export function Timeline({ run, taskRuns }: { readonly run: Run; readonly taskRuns: readonly TaskRun[] }) {
  const { order = "start", unfold, path } = route.useSearch();
  const navigate = useNavigate({ from: "/runs/$run" });
  const [current, setCurrent] = useState(-1);
  const scene = useScene({ run, taskRuns, current });
  const { rows, critical } = scene;
  const change = (next: {
    order?: "slowest" | undefined;
    path?: "critical" | undefined;
    unfold?: string[] | undefined;
  }): void => void navigate({ search: (old) => ({ ...old, ...next }), replace: true });
  const toggle = ({ label, isOpen }: TimelineRow): void => {
    const open = isOpen === true ? (unfold ?? []).filter((each) => each !== label) : [...(unfold ?? []), label];
    change({ unfold: open.length === 0 ? undefined : open });
  };
  const actions: Action[] = [
    {
      id: "timeline.critical",
      title: "Mark the critical path",
      icon: "clock",
      keys: "v c",
      run: () => change({ path: path === undefined ? "critical" : undefined }),
    },
    {
      id: "timeline.order",
      title: order === "start" ? "Put the slowest tasks first" : "Put tasks in the order of their start",
      icon: "list",
      keys: "v s",
      run: () => change({ order: order === "start" ? "slowest" : undefined }),
    },
  ];
  useActions(actions);
  if (rows.length === 0) return <Empty icon="clock" title="No task has begun" />;
  return (
    <>
      {critical === undefined ? null : (
        <CriticalLine
          run={run}
          path={critical}
          onSelect={(task) =>
            setCurrent(rows.findIndex((row) => row.label === task || row.bars.some((bar) => bar.row.task === task)))
          }
        />
      )}
      <Rows run={run} rows={rows} scene={scene} onToggle={toggle} onCurrent={setCurrent}>
        {(view) => <TimelineTools view={view} order={order} path={path} onChange={change} />}
      </Rows>
    </>
  );
}

interface Known {
  readonly run: Run;
  readonly taskRuns: readonly TaskRun[];
  readonly current: number;
}

function useScene({ run, taskRuns, current }: Known): TimelineScene {
  const { order = "start", unfold, path } = route.useSearch();
  const attempts = useWholeList("listAttempts", run.id).data;
  const flow = useApi("getFlow", { params: { flow: run.flow }, query: { version: run.version } });
  const nodes = flow.data?.nodes;
  const critical = useCriticalPath(run, path === undefined ? undefined : nodes, taskRuns);
  const own = useMemo(
    // A map and a branch have no time of their own: it is that of their tasks.
    () => taskRuns.filter(({ node, hook }) => hook !== "" || (nodes?.[node]?.kind ?? "task") === "task"),
    [taskRuns, nodes],
  );
  const bars = useMemo(() => barsOf(own, attempts ?? []), [own, attempts]);
  const startMs = Date.parse(run.startedAt ?? run.createdAt);
  const endMs = run.endedAt === null ? undefined : Date.parse(run.endedAt);
  const unfolded = unfold?.join("\n") ?? "";
  const rows = useMemo(
    () => rowsOf(bars, { order, unfolded: unfolded.split("\n"), nowMs: endMs ?? Date.now() }),
    [bars, order, unfolded, endMs],
  );
  return useMemo(
    () => ({ rows, busy: busyOf(bars), startMs, endMs, critical, current }),
    [rows, bars, startMs, endMs, critical, current],
  );
}

interface RowsProps {
  readonly run: Run;
  readonly rows: readonly TimelineRow[];
  readonly scene: TimelineScene;
  readonly onToggle: (row: TimelineRow) => void;
  readonly onCurrent: (at: number) => void;
  readonly children: (view: ReturnType<typeof useTimelineCanvas>) => ReactNode;
}

function Rows({ run, rows, scene, onToggle, onCurrent, children }: RowsProps) {
  const navigate = useNavigate();
  const { current } = scene;
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const view = useTimelineCanvas({ canvas, scroller }, scene);
  const pointer = useTimelinePointer({ view, canvas, tip });
  const onKeyDown = (event: KeyboardEvent): void => {
    const task = rows[current]?.bars[0]?.row.task;
    const isDone = goBy(event.key, { rows, current, onToggle, onCurrent }) || moveBy(event.key, view.current);
    if (!isDone && event.key === "Enter" && task !== undefined) {
      void navigate({ to: "/runs/$run/tasks/$task", params: { run: run.id, task } });
    } else if (!isDone) return;
    event.preventDefault();
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col rounded-lg border border-line bg-surface">
      {children(view)}
      <div className="relative flex min-h-72 flex-1 overflow-hidden" {...pointer}>
        <div
          className={`${NAME} pointer-events-none absolute top-0 left-0 z-10 flex items-center border-b border-line bg-surface px-3 text-2xs text-ink-3`}
          style={{ height: AXIS }}
        >
          Task
        </div>
        <div className="pointer-events-none absolute inset-y-0 right-0 left-56 max-sm:left-28">
          <canvas ref={canvas} className="size-full" />
        </div>
        <Tree run={run} rows={rows} current={current} scroller={scroller} onToggle={onToggle} onKeyDown={onKeyDown} />
        <div
          ref={tip}
          role="presentation"
          hidden
          className="pointer-events-none absolute z-20 max-w-80 rounded-md border border-line-strong bg-raised px-2.5 py-1.5 whitespace-pre-line shadow-lg"
        />
      </div>
    </div>
  );
}

interface TreeProps extends Pick<RowsProps, "run" | "rows" | "onToggle"> {
  readonly current: number;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** The names, of those rows that are seen. */
function Tree({ run, rows, current, scroller, onToggle, onKeyDown }: TreeProps) {
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only where the keyboard went is to be seen
  useEffect(() => {
    if (current >= 0) virtual.scrollToIndex(current);
  }, [current]);
  return (
    <div
      ref={scroller}
      role="tree"
      tabIndex={0}
      aria-label="Timeline"
      aria-description="Up and down go through the tasks, right and left unfold a mapped task or move along time, Enter opens, plus, minus and 0 change the scale."
      aria-activedescendant={current < 0 ? undefined : `timeline-${current}`}
      onKeyDown={onKeyDown}
      className="relative z-[1] min-h-0 flex-1 overflow-x-hidden overflow-y-auto"
      style={{ marginTop: AXIS }}
    >
      <div className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <TreeRow
              key={row.key}
              isCurrent={index === current}
              place={index}
              count={rows.length}
              top={start}
              row={row}
            >
              <Name run={run} row={row} onToggle={onToggle} />
            </TreeRow>
          );
        })}
      </div>
    </div>
  );
}

/** Through the rows. Gives whether the key means that. */
function goBy(
  key: string,
  { rows, current, onToggle, onCurrent }: Pick<RowsProps, "rows" | "onToggle" | "onCurrent"> & { current: number },
): boolean {
  const row = rows[current];
  const places = new Map([
    ["ArrowDown", Math.min(rows.length - 1, current + 1)],
    ["ArrowUp", Math.max(0, current - 1)],
    ["Home", 0],
    ["End", rows.length - 1],
    ["Escape", -1],
  ]);
  const place = places.get(key);
  if (place !== undefined) {
    onCurrent(place);
    return true;
  }
  const isToggle = row?.isOpen !== undefined && (key === "Enter" || key === (row.isOpen ? "ArrowLeft" : "ArrowRight"));
  if (isToggle) onToggle(row);
  return isToggle;
}

/** Through the time that is shown. */
function moveBy(key: string, view: TimelineCanvas | null): boolean {
  if (key === "+" || key === "=") view?.zoomBy(1.5);
  else if (key === "-") view?.zoomBy(1 / 1.5);
  else if (key === "0") view?.whole();
  else if (key === "ArrowLeft") view?.moveBy(-80);
  else if (key === "ArrowRight") view?.moveBy(80);
  else return false;
  return true;
}

interface TreeRowProps {
  readonly row: TimelineRow;
  readonly place: number;
  readonly count: number;
  readonly top: number;
  readonly isCurrent: boolean;
  readonly children: ReactNode;
}

function TreeRow({ row, place, count, top, isCurrent, children }: TreeRowProps) {
  return (
    <div
      id={`timeline-${place}`}
      role="treeitem"
      tabIndex={-1}
      aria-label={rowText(row)}
      aria-selected={isCurrent}
      aria-expanded={row.isOpen}
      aria-level={row.isItem ? 2 : 1}
      aria-posinset={place + 1}
      aria-setsize={count}
      className={`${NAME} absolute left-0 flex items-center gap-1.5 px-3 ${isCurrent ? "bg-accent-soft" : ""}`}
      style={{ height: ROW, transform: `translateY(${top}px)` }}
    >
      {children}
    </div>
  );
}

function Name({ run, row, onToggle }: Pick<RowsProps, "run" | "onToggle"> & { readonly row: TimelineRow }) {
  const [first] = row.bars;
  if (first === undefined) return null;
  if (row.isOpen !== undefined) {
    return (
      <button
        type="button"
        tabIndex={-1}
        onClick={() => onToggle(row)}
        title={row.label}
        className="flex min-w-0 flex-1 items-center gap-1.5 text-left hover:text-accent"
      >
        <Icon name={row.isOpen ? "down" : "chevron"} size={12} className="text-ink-3" />
        <StateMark state={rowState(row)} />
        <span className="truncate">{row.label}</span>{" "}
        <span className="ml-auto text-2xs text-ink-3">{row.bars.length}</span>
      </button>
    );
  }
  return (
    <Link
      to="/runs/$run/tasks/$task"
      params={{ run: run.id, task: first.row.task }}
      tabIndex={-1}
      title={row.label}
      className={`flex min-w-0 flex-1 items-center gap-1.5 hover:text-accent ${row.isItem ? "pl-4" : ""}`}
    >
      <StateMark state={rowState(row)} />
      <span className="truncate">{row.isItem ? row.label.slice(mapName(first.row).indexOf("[]")) : row.label}</span>
    </Link>
  );
}
