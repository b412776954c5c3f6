import { type PointerEvent, type RefObject, useEffect, useRef } from "react";
import { onThemeChange } from "../../ui/canvas-colors.ts";
import { GraphCanvas, type Hit } from "./graph-canvas.ts";
import type { GraphScene } from "./graph-scene.ts";

interface Canvases {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly minimap: RefObject<HTMLCanvasElement | null>;
}

/** A canvas that draws what it is handed, for as long as its element is there. */
export function useCanvas({ canvas, minimap }: Canvases, scene: GraphScene): RefObject<GraphCanvas | null> {
  const view = useRef<GraphCanvas>(null);
  const first = useRef(scene);
  useEffect(() => {
    const [element, small] = [canvas.current, minimap.current];
    const frame = element?.parentElement;
    if (element === null || small === null || frame === null || frame === undefined) return;
    const own = new GraphCanvas(element, small, first.current);
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
    // The small map is no more than a picture to others: all of it is in the list beside.
    const onMap = (event: globalThis.PointerEvent): void => {
      if (event.buttons > 0) own.moveTo(event.offsetX, event.offsetY);
    };
    small.addEventListener("pointerdown", onMap);
    small.addEventListener("pointermove", onMap);
    return () => {
      small.removeEventListener("pointerdown", onMap);
      small.removeEventListener("pointermove", onMap);
      observer.disconnect();
      unsubscribe();
      frame.removeEventListener("wheel", onWheel);
      own.end();
    };
  }, [canvas, minimap]);
  useEffect(() => view.current?.show(scene));
  return view;
}

/** Farther than this, a press is a drag. */
const DRAG_PX = 4;

interface Doing {
  readonly select: (item: number | undefined) => void;
  readonly toggle: (item: number) => void;
  readonly enter: (item: number) => void;
}

/** What is done with a pointer, or with two fingers. */
export function usePresses(view: RefObject<GraphCanvas | null>, { select, toggle, enter }: Doing) {
  const pressed = useRef(new Map<number, { x: number; y: number }>());
  const isDrag = useRef(false);
  const hitAt = ({ nativeEvent }: { readonly nativeEvent: MouseEvent }): Hit | undefined =>
    view.current?.hitAt(nativeEvent.offsetX, nativeEvent.offsetY);
  return {
    onPointerDown: (event: PointerEvent) => {
      if (pressed.current.size === 0) isDrag.current = false;
      pressed.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent) => {
      const own = pressed.current.get(event.pointerId);
      if (own === undefined) {
        view.current?.hover(hitAt(event));
        return;
      }
      const [x, y] = [event.clientX - own.x, event.clientY - own.y];
      if (!isDrag.current && Math.hypot(x, y) < DRAG_PX) return;
      isDrag.current = true;
      const [other] = [...pressed.current].flatMap(([id, point]) => (id === event.pointerId ? [] : [point]));
      pressed.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (other === undefined) {
        view.current?.moveBy(x, y);
        return;
      }
      const [before, now] = [
        Math.hypot(own.x - other.x, own.y - other.y),
        Math.hypot(event.clientX - other.x, event.clientY - other.y),
      ];
      if (before > 0) view.current?.zoomBy(now / before);
    },
    onPointerUp: (event: PointerEvent) => {
      pressed.current.delete(event.pointerId);
      if (isDrag.current) return;
      const hit = hitAt(event);
      if (hit?.isToggle === true) toggle(hit.item);
      else select(hit?.item);
    },
    onPointerCancel: (event: PointerEvent) => {
      pressed.current.delete(event.pointerId);
    },
    onPointerLeave: () => view.current?.hover(undefined),
    onDoubleClick: (event: React.MouseEvent) => {
      const hit = hitAt(event);
      if (hit !== undefined && !hit.isToggle) enter(hit.item);
    },
  };
}
