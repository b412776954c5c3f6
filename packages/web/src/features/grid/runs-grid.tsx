import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef } from "react";
import { useApi } from "../../api/use-api.ts";
import { usePreferences, zoneName } from "../../app/preferences.ts";
import { onThemeChange } from "../../ui/canvas-colors.ts";
import { Answered } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { LOOKS } from "../../ui/states.ts";
import { durationText, instantText } from "../../ui/time-text.ts";
import { type Cell, type Grid, GridCanvas, tookMs } from "./grid-canvas.ts";
import { stateOfLetter } from "./letters.ts";

/** How many runs it shows. */
const RUNS = 100;
/** It scrolls beyond this, in pixels. */
const MOST_HEIGHT = 380;

/** The last runs of a flow against its tasks. */
export function RunsGrid({ flow }: { readonly flow: string }) {
  const answer = useApi("getFlowGrid", { params: { flow }, query: { limit: RUNS } });
  const grid = answer.data;
  if (grid !== undefined && grid.runs.length === 0) return null;
  return (
    <Panel title="Last runs" aside={<Legend />}>
      <Answered of={answer}>{grid === undefined ? null : <Drawn grid={grid} />}</Answered>
    </Panel>
  );
}

const SHOWN = ["success", "failed", "upstream_failed", "running", "skipped"] as const;

function Legend() {
  return (
    <ul className="flex gap-3 overflow-hidden text-2xs whitespace-nowrap text-ink-2 max-md:hidden">
      {SHOWN.map((state) => (
        <li key={state} className="flex items-center gap-1.5">
          <span aria-hidden="true" className={`size-2.5 rounded-[3px] ${SWATCH[state]}`} />
          {LOOKS[state].text}
        </li>
      ))}
    </ul>
  );
}

const SWATCH: Readonly<Record<(typeof SHOWN)[number], string>> = {
  success: "bg-success",
  failed: "bg-failed",
  upstream_failed: "border border-blocked bg-blocked-soft",
  running: "bg-running",
  skipped: "border border-idle bg-idle-soft",
};

function Drawn({ grid }: { readonly grid: Grid }) {
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const note = useRef<HTMLParagraphElement>(null);
  const current = useRef<Cell>(undefined);
  const zone = zoneName(usePreferences().zone);
  const view = useCanvas({ scroller, canvas }, grid);
  const open = useOpen(grid);
  const point = (cell: Cell | undefined): void => {
    current.current = cell;
    view.current?.point(cell);
    // Written past React: a pointer that moves over ten thousand cells changes this text and nothing else.
    if (note.current !== null) note.current.textContent = noteOf(grid, cell, zone);
  };
  const cellAt = (event: PointerEvent): Cell | undefined => {
    const box = canvas.current?.getBoundingClientRect();
    return box === undefined ? undefined : view.current?.cellAt(event.clientX - box.left, event.clientY - box.top);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") open(current.current);
    const next = movedBy(grid, current.current, event.key);
    if (next === undefined) return;
    event.preventDefault();
    point(next);
  };
  const { width, height } = GridCanvas.sizeOf(grid, 900);
  return (
    <>
      <div
        ref={scroller}
        role="application"
        aria-label={`Grid of ${grid.runs.length} runs and ${grid.tasks.length} tasks. Arrow keys move, Enter opens.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move in it
        tabIndex={0}
        onKeyDown={onKeyDown}
        onScroll={({ currentTarget }) => view.current?.scrollTo(currentTarget.scrollLeft, currentTarget.scrollTop)}
        className="relative overflow-auto"
        style={{ maxHeight: MOST_HEIGHT, height }}
      >
        <canvas
          ref={canvas}
          className="sticky top-0 left-0 cursor-pointer"
          onPointerMove={(event) => point(cellAt(event))}
          onPointerLeave={() => point(undefined)}
          onClick={() => open(current.current)}
        />
        <div aria-hidden="true" style={{ width, height, marginTop: -Math.min(height, MOST_HEIGHT) }} />
      </div>
      <p ref={note} aria-live="polite" className="h-8 truncate border-t border-line px-3 leading-8 text-ink-2">
        {HINT}
      </p>
    </>
  );
}

const HINT = "Point at a cell to see what it is; the newest run is on the right.";

interface Elements {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly canvas: RefObject<HTMLCanvasElement | null>;
}

function useCanvas({ scroller, canvas }: Elements, grid: Grid): RefObject<GridCanvas | null> {
  const view = useRef<GridCanvas>(null);
  const first = useRef(grid);
  useEffect(() => {
    const element = canvas.current;
    const frame = scroller.current;
    if (element === null || frame === null) return;
    const own = new GridCanvas(element, first.current);
    view.current = own;
    const observer = new ResizeObserver(() => {
      element.style.width = `${frame.clientWidth}px`;
      element.style.height = `${frame.clientHeight}px`;
      own.resize(frame.clientWidth, frame.clientHeight);
    });
    observer.observe(frame);
    // The newest run is what one came for.
    frame.scrollLeft = frame.scrollWidth;
    const unsubscribe = onThemeChange(() => own.recolor());
    return () => {
      observer.disconnect();
      unsubscribe();
      own.end();
    };
  }, [canvas, scroller]);
  useEffect(() => view.current?.show(grid), [grid]);
  return view;
}

function useOpen(grid: Grid): (cell: Cell | undefined) => void {
  const navigate = useNavigate();
  return (cell) => {
    const run = grid.runs[cell?.run ?? -1];
    if (run === undefined || cell === undefined) return;
    const task = grid.tasks[cell.task];
    void navigate({ to: "/runs/$run", params: { run: run.id }, search: task === undefined ? {} : { task } });
  };
}

function movedBy({ runs, tasks }: Grid, cell: Cell | undefined, key: string): Cell | undefined {
  const { run, task } = cell ?? { run: 0, task: -1 };
  const inside = (value: number, count: number): number => Math.min(Math.max(value, 0), count - 1);
  switch (key) {
    case "ArrowLeft":
      return { run: inside(run + 1, runs.length), task };
    case "ArrowRight":
      return { run: inside(run - 1, runs.length), task };
    case "ArrowUp":
      return { run, task: Math.max(-1, task - 1) };
    case "ArrowDown":
      return { run, task: inside(task + 1, tasks.length) };
    default:
      return undefined;
  }
}

function noteOf({ runs, tasks }: Grid, cell: Cell | undefined, zone: string): string {
  const run = runs[cell?.run ?? -1];
  if (run === undefined || cell === undefined) return HINT;
  const key = run.slice?.kind === "key" ? run.slice.key : instantText(Date.parse(run.createdAt), zone).slice(0, 16);
  const task = tasks[cell.task];
  if (task === undefined) return `Run of ${key}: ${LOOKS[run.state].text.toLowerCase()}, ${durationText(tookMs(run))}`;
  const state = LOOKS[stateOfLetter(run.cells[cell.task] ?? ".")].text.toLowerCase();
  return `${task} in the run of ${key}: ${state}`;
}
