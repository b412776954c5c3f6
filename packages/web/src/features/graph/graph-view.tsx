import { type KeyboardEvent, type PointerEvent, useEffect, useId, useRef } from "react";
import type { FlowNode } from "../../api/shapes.ts";
import { IconButton } from "../../ui/button.tsx";
import { onThemeChange } from "../../ui/canvas-colors.ts";
import { Loading } from "../../ui/notices.tsx";
import { LOOKS } from "../../ui/states.ts";
import { GraphCanvas, type GraphScene } from "./graph-canvas.ts";
import { neighbourOf } from "./neighbour.ts";
import { countsText, type NodeSummary } from "./node-summary.ts";
import { type PlacedGraph, useLayout } from "./use-layout.ts";

interface Props {
  readonly nodes: readonly FlowNode[];
  readonly summaries?: ReadonlyMap<string, NodeSummary>;
  readonly selected: string | undefined;
  readonly onSelect: (id: string | undefined) => void;
  /** Asked for by a double click or Enter. */
  readonly onOpen?: (id: string) => void;
}

const NONE: ReadonlyMap<string, NodeSummary> = new Map();

/** The graph of a flow. The keyboard moves along its edges; what is selected is told to those who do not see it. */
export function GraphView({ nodes, summaries = NONE, ...props }: Props) {
  const graph = useLayout(nodes);
  if (graph === undefined) return <Loading />;
  return <Drawn {...props} graph={graph} summaries={summaries} />;
}

function Drawn({
  graph,
  summaries,
  selected,
  onSelect,
  onOpen,
}: Omit<Props, "nodes" | "summaries"> & {
  readonly graph: PlacedGraph;
  readonly summaries: ReadonlyMap<string, NodeSummary>;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useCanvas(canvas, { graph, summaries, selected });
  const option = useId();
  const press = usePresses(view, onSelect);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = neighbourOf(graph, selected, event.key);
    if (event.key === "Enter" && selected !== undefined) onOpen?.(selected);
    if (event.key === "Escape") onSelect(undefined);
    if (next === undefined) return;
    event.preventDefault();
    onSelect(next);
    view.current?.reveal(next);
  };
  const summary = summaries.get(selected ?? "");
  return (
    <div className="relative h-full min-h-80 overflow-hidden rounded-lg border border-line bg-surface">
      <div
        role="listbox"
        tabIndex={0}
        aria-label="Graph of the tasks. Arrow keys move along it, Enter opens a task."
        aria-activedescendant={selected === undefined ? undefined : option}
        onKeyDown={onKeyDown}
        onDoubleClick={() => selected !== undefined && onOpen?.(selected)}
        className="absolute inset-0 touch-none"
        {...press}
      >
        <canvas ref={canvas} className="size-full" />
        <div id={option} role="option" aria-selected={selected !== undefined} tabIndex={-1} className="sr-only">
          {selected ?? "No task is selected"}
          {summary === undefined ? "" : `, ${LOOKS[summary.state].text}, ${countsText(summary.counts)}`}
        </div>
      </div>
      <div className="absolute right-2 bottom-2 flex rounded-md border border-line bg-raised">
        <IconButton icon="minus" label="Smaller" onClick={() => view.current?.zoomBy(0.8)} />
        <IconButton icon="plus" label="Larger" onClick={() => view.current?.zoomBy(1.25)} />
        <IconButton icon="fit" label="Show all" onClick={() => view.current?.fit()} />
      </div>
    </div>
  );
}

function useCanvas(canvas: React.RefObject<HTMLCanvasElement | null>, scene: GraphScene) {
  const view = useRef<GraphCanvas>(null);
  const first = useRef(scene);
  useEffect(() => {
    const element = canvas.current;
    const frame = element?.parentElement;
    if (element === null || frame === null || frame === undefined) return;
    const own = new GraphCanvas(element, first.current);
    view.current = own;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) own.resize(entry.contentRect.width, entry.contentRect.height);
    });
    observer.observe(frame);
    const unsubscribe = onThemeChange(() => own.recolor());
    // React's own listeners may not keep the page from scrolling.
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const at = { x: event.offsetX, y: event.offsetY };
      if (event.ctrlKey || event.metaKey) own.zoomBy(Math.exp(-event.deltaY / 200), at);
      else own.moveBy(-event.deltaX, -event.deltaY);
    };
    frame.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      observer.disconnect();
      unsubscribe();
      frame.removeEventListener("wheel", onWheel);
      own.end();
    };
  }, [canvas]);
  useEffect(() => view.current?.show(scene));
  return view;
}

/** Farther than this, a press is a drag. */
const DRAG_PX = 4;

function usePresses(view: React.RefObject<GraphCanvas | null>, onSelect: Props["onSelect"]) {
  const press = useRef<{ x: number; y: number; isDrag: boolean }>(null);
  const nodeAt = ({ nativeEvent }: PointerEvent): string | undefined =>
    view.current?.nodeAt(nativeEvent.offsetX, nativeEvent.offsetY);
  return {
    onPointerDown: (event: PointerEvent) => {
      press.current = { x: event.clientX, y: event.clientY, isDrag: false };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent) => {
      const own = press.current;
      if (own === null) {
        view.current?.hover(nodeAt(event));
        return;
      }
      const [x, y] = [event.clientX - own.x, event.clientY - own.y];
      if (!own.isDrag && Math.hypot(x, y) < DRAG_PX) return;
      press.current = { x: event.clientX, y: event.clientY, isDrag: true };
      view.current?.moveBy(x, y);
    },
    onPointerUp: (event: PointerEvent) => {
      if (press.current?.isDrag === false) onSelect(nodeAt(event));
      press.current = null;
    },
    onPointerLeave: () => view.current?.hover(undefined),
  };
}
