import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { useZones } from "../../app/flow-zone.tsx";
import { onThemeChange } from "../../ui/canvas-colors.ts";
import { LOOKS } from "../../ui/states.ts";
import { durationText, instantText } from "../../ui/time-text.ts";
import { numberText } from "./backfill-state.tsx";
import { MatrixCanvas, type MatrixView, pitchOf, sizeOf } from "./matrix-canvas.ts";
import type { MatrixCell } from "./matrix-cells.ts";
import { flowLayout, placeBeside, productLayout } from "./matrix-layout.ts";

const MOST_HEIGHT = 480;
const HINT = "Each cell is a run: point at one, or move with the arrow keys. Enter opens it.";

/** A matrix that is drawn: of two dimensions, or of more cells than there can be links. */
export function LargeMatrix({ cells }: { readonly cells: readonly MatrixCell[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const note = useRef<HTMLParagraphElement>(null);
  const current = useRef<number>(undefined);
  const [room, setRoom] = useState(900);
  const view = useMemo((): MatrixView => {
    const pitch = pitchOf(cells.length);
    return { pitch, layout: productLayout(cells) ?? flowLayout(cells, Math.floor(room / pitch)) };
  }, [cells, room]);
  const drawn = useDrawn({ scroller, canvas, setRoom }, view);
  const { shown: zone } = useZones();
  const navigate = useNavigate();
  const point = (place: number | undefined): void => {
    current.current = place;
    drawn.current?.point(place);
    // Written past React: a pointer that moves over thousands of cells changes this text and nothing else.
    if (note.current !== null) note.current.textContent = noteOf(view.layout.cells[place ?? -1], zone);
  };
  const open = (): void => {
    const cell = view.layout.cells[current.current ?? -1];
    if (cell !== undefined) void navigate({ to: "/runs/$run", params: { run: cell.run.run } });
  };
  const onPointerMove = (event: PointerEvent): void => {
    const box = canvas.current?.getBoundingClientRect();
    if (box !== undefined) point(drawn.current?.placeAt(event.clientX - box.left, event.clientY - box.top));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") open();
    const next =
      current.current === undefined && event.key.startsWith("Arrow")
        ? view.layout.cells.findIndex((cell) => cell !== undefined)
        : placeBeside(view.layout, current.current ?? 0, event.key);
    if (next === undefined) return;
    event.preventDefault();
    point(next);
  };
  const { width, height } = sizeOf(view);
  const shown = Math.min(height, MOST_HEIGHT);
  return (
    <>
      <div
        ref={scroller}
        role="application"
        aria-label={`Matrix of ${numberText(cells.length)} partitions. Arrow keys move, Enter opens.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move in it
        tabIndex={0}
        onKeyDown={onKeyDown}
        onScroll={({ currentTarget }) => drawn.current?.scrollTo(currentTarget.scrollLeft, currentTarget.scrollTop)}
        className="relative m-3 overflow-auto"
        style={{ height: shown }}
      >
        <canvas
          ref={canvas}
          className="sticky top-0 left-0 cursor-pointer"
          onPointerMove={onPointerMove}
          onPointerLeave={() => point(undefined)}
          onClick={open}
        />
        <div aria-hidden="true" style={{ width, height, marginTop: -shown }} />
      </div>
      <Legend cells={cells} />
      <p ref={note} aria-live="polite" className="min-h-9 border-t border-line px-3 py-1.5 text-ink-2">
        {HINT}
      </p>
    </>
  );
}

interface Elements {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly setRoom: (width: number) => void;
}

function useDrawn({ scroller, canvas, setRoom }: Elements, view: MatrixView): RefObject<MatrixCanvas | null> {
  const drawn = useRef<MatrixCanvas>(null);
  const first = useRef(view);
  useEffect(() => {
    const [element, frame] = [canvas.current, scroller.current];
    if (element === null || frame === null) return;
    const own = new MatrixCanvas(element, first.current);
    drawn.current = own;
    const observer = new ResizeObserver(() => {
      element.style.width = `${frame.clientWidth}px`;
      element.style.height = `${frame.clientHeight}px`;
      own.resize(frame.clientWidth, frame.clientHeight);
      setRoom(frame.clientWidth);
    });
    observer.observe(frame);
    const unsubscribe = onThemeChange(() => own.recolor());
    return () => {
      observer.disconnect();
      unsubscribe();
      own.end();
    };
  }, [canvas, scroller, setRoom]);
  useEffect(() => drawn.current?.show(view), [view]);
  return drawn;
}

function noteOf(cell: MatrixCell | undefined, zone: string): string {
  if (cell === undefined) return HINT;
  const { label, run, repeats } = cell;
  const took =
    run.endedAt === null ? "" : `, took ${durationText(Date.parse(run.endedAt) - Date.parse(run.createdAt))}`;
  const again = repeats === 0 ? "" : `, repeated ${repeats === 1 ? "once" : `${repeats} times`}`;
  return `${label}: ${LOOKS[run.state].text}, made ${instantText(Date.parse(run.createdAt), zone).slice(0, 16)}${took}${again}`;
}

const STATES = ["success", "failed", "cancelled", "running", "queued"] as const;

/** How many are in which state. */
function Legend({ cells }: { readonly cells: readonly MatrixCell[] }) {
  const counts = new Map<string, number>();
  for (const { run } of cells) counts.set(run.state, (counts.get(run.state) ?? 0) + 1);
  return (
    <p className="px-3 pb-2 text-2xs text-ink-2">
      {STATES.filter((state) => counts.has(state))
        .map((state) => `${numberText(counts.get(state) ?? 0)} ${LOOKS[state].text.toLowerCase()}`)
        .join(" · ")}
    </p>
  );
}
