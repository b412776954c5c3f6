import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef } from "react";
import { onThemeChange } from "../../ui/canvas-colors.ts";
import { CellTip } from "./cell-tip.ts";
import { GridCanvas } from "./grid-canvas.ts";
import { type Cell, type GridScene, movedBy } from "./grid-scene.ts";

interface Props {
  readonly scene: GridScene;
  readonly onSelect: (cell: Cell | undefined) => void;
}

/** What the pointer and the keys do. Moving over ten thousand cells draws, and changes no component. */
export function GridHost({ scene, onSelect }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const room = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const said = useRef<HTMLParagraphElement>(null);
  const view = useCanvas({ scroller, canvas, room }, scene);
  const { current, point, cellAt } = usePointed(scene, { canvas, tip, said, view });
  const open = useOpen(scene);
  const select = (cell: Cell | undefined): void => {
    // The head of a column is its run. What is selected already is opened.
    if (cell?.task === -1 || isSame(cell, scene.selected)) open(cell);
    else onSelect(cell);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") select(current.current);
    if (event.key === "Escape") {
      point(undefined);
      if (scene.selected !== undefined) onSelect(undefined);
    }
    const next = movedBy(scene, current.current ?? scene.selected, event.key);
    if (next === undefined) return;
    event.preventDefault();
    const place = view.current?.placeOf(next);
    if (place !== undefined) scroller.current?.scrollBy(place.outX, place.outY);
    point(next);
  };
  const { height } = GridCanvas.sizeOf(scene);
  return (
    <>
      <div
        ref={scroller}
        role="application"
        aria-label={`Grid of ${scene.grid.runs.length} runs and ${scene.rows.length} tasks. Arrow keys move, Enter selects, and Enter again opens.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move in it
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={() => point(undefined)}
        onScroll={({ currentTarget }) => view.current?.scrollTo(currentTarget.scrollLeft, currentTarget.scrollTop)}
        className="overflow-auto"
        style={{ height, maxHeight: "max(20rem, 56vh)" }}
      >
        <div ref={room} className="relative" style={{ height }}>
          <div className="sticky top-0 left-0 size-0">
            <canvas
              ref={canvas}
              className="absolute top-0 left-0 cursor-pointer"
              onPointerMove={(event) => point(cellAt(event))}
              onPointerLeave={() => point(undefined)}
              onClick={(event) => select(cellAt(event as unknown as PointerEvent))}
            />
          </div>
        </div>
      </div>
      <Tip host={tip} said={said} />
    </>
  );
}

interface TipProps {
  readonly host: RefObject<HTMLDivElement | null>;
  /** Read out to those who do not see the tip. */
  readonly said: RefObject<HTMLParagraphElement | null>;
}

/** Where a cell's tip is written: see `CellTip`. */
function Tip({ host, said }: TipProps) {
  return (
    <>
      <div
        ref={host}
        aria-hidden="true"
        hidden
        className="pointer-events-none fixed top-0 left-0 z-30 max-w-72 rounded-md border border-line bg-raised px-2.5 py-1.5 shadow-lg"
      />
      <p ref={said} aria-live="polite" className="sr-only" />
    </>
  );
}

function isSame(one: Cell | undefined, other: Cell | undefined): boolean {
  return one !== undefined && one.run === other?.run && one.task === other.task;
}

interface Elements {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  /** As large as all of the grid, so that there is something to scroll. */
  readonly room: RefObject<HTMLDivElement | null>;
}

function useCanvas({ scroller, canvas, room }: Elements, scene: GridScene): RefObject<GridCanvas | null> {
  const view = useRef<GridCanvas>(null);
  const first = useRef(scene);
  useEffect(() => {
    const element = canvas.current;
    const frame = scroller.current;
    if (element === null || frame === null) return;
    const own = new GridCanvas(element, first.current);
    view.current = own;
    let isNew = true;
    const observer = new ResizeObserver(() => {
      const [width, height] = [frame.clientWidth, frame.clientHeight];
      element.style.width = `${width}px`;
      element.style.height = `${height}px`;
      own.resize(width, height);
      if (room.current !== null) room.current.style.width = `${own.width}px`;
      // The newest run is what one came for.
      if (isNew) frame.scrollLeft = frame.scrollWidth;
      isNew = false;
    });
    observer.observe(frame);
    const unsubscribe = onThemeChange(() => own.recolor());
    return () => {
      observer.disconnect();
      unsubscribe();
      own.end();
    };
  }, [canvas, scroller, room]);
  useEffect(() => {
    view.current?.show(scene);
    if (room.current !== null && view.current !== null) room.current.style.width = `${view.current.width}px`;
  }, [scene, room]);
  return view;
}

interface Pointed {
  readonly current: RefObject<Cell | undefined>;
  readonly point: (cell: Cell | undefined) => void;
  readonly cellAt: (event: PointerEvent) => Cell | undefined;
}

interface Pointing {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly tip: RefObject<HTMLDivElement | null>;
  readonly said: RefObject<HTMLElement | null>;
  readonly view: RefObject<GridCanvas | null>;
}

/** The cell that one is at, by the pointer or by the keys: marked on the canvas, and told by its tip. */
function usePointed(scene: GridScene, { canvas, tip, said, view }: Pointing): Pointed {
  const current = useRef<Cell>(undefined);
  const tips = useTips(tip, said);
  return {
    current,
    point: (cell) => {
      current.current = cell;
      view.current?.point(cell);
      const box = canvas.current?.getBoundingClientRect();
      const place = cell && view.current?.placeOf(cell);
      if (cell === undefined || box === undefined || place === undefined) tips.current?.hide();
      else tips.current?.show(scene, cell, { x: box.left + place.x, y: box.top + place.y });
    },
    cellAt: (event) => {
      const box = canvas.current?.getBoundingClientRect();
      return box === undefined ? undefined : view.current?.cellAt(event.clientX - box.left, event.clientY - box.top);
    },
  };
}

function useTips(tip: RefObject<HTMLDivElement | null>, said: RefObject<HTMLElement | null>) {
  const client = useQueryClient();
  const tips = useRef<CellTip>(null);
  useEffect(() => {
    if (tip.current === null || said.current === null) return;
    const own = new CellTip({ host: tip.current, said: said.current, client });
    tips.current = own;
    return () => own.hide();
  }, [tip, said, client]);
  return tips;
}

function useOpen({ grid: { runs, tasks } }: GridScene): (cell: Cell | undefined) => void {
  const navigate = useNavigate();
  return (cell) => {
    const run = runs[cell?.run ?? -1];
    if (run === undefined || cell === undefined) return;
    const task = tasks[cell.task];
    void navigate({ to: "/runs/$run", params: { run: run.id }, search: task === undefined ? {} : { task } });
  };
}
