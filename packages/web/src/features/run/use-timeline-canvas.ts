import { type PointerEvent, type RefObject, useEffect, useRef } from "react";
import { onThemeChange } from "../../ui/canvas-colors.ts";
import { AXIS, ROW, TimelineCanvas, type TimelineScene } from "./timeline-canvas.ts";
import { hitText } from "./timeline-text.ts";

interface Elements {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly scroller: RefObject<HTMLDivElement | null>;
}

/** A canvas that draws the bars beside the rows that are seen. */
export function useTimelineCanvas(
  { canvas, scroller }: Elements,
  scene: TimelineScene,
): RefObject<TimelineCanvas | null> {
  const view = useRef<TimelineCanvas>(null);
  const first = useRef(scene);
  useEffect(() => {
    const [element, list] = [canvas.current, scroller.current];
    const frame = element?.parentElement;
    if (element === null || list === null || frame === null || frame === undefined) return;
    const own = new TimelineCanvas(element, first.current);
    view.current = own;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) own.resize(entry.contentRect.width, entry.contentRect.height);
    });
    observer.observe(frame);
    const unsubscribe = onThemeChange(() => own.recolor());
    const onScroll = (): void => own.scroll(list.scrollTop);
    list.addEventListener("scroll", onScroll, { passive: true });
    const onWheel = (event: WheelEvent): void => {
      const isZoom = event.ctrlKey || event.metaKey;
      if (!isZoom && event.deltaX === 0 && !event.shiftKey) return;
      event.preventDefault();
      if (isZoom) own.zoomBy(Math.exp(-event.deltaY / 200), event.clientX - element.getBoundingClientRect().left);
      else own.moveBy(event.deltaX === 0 ? event.deltaY : event.deltaX);
    };
    list.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      observer.disconnect();
      unsubscribe();
      list.removeEventListener("scroll", onScroll);
      list.removeEventListener("wheel", onWheel);
      own.end();
    };
  }, [canvas, scroller]);
  useEffect(() => view.current?.show(scene));
  return view;
}

interface Pointed {
  readonly view: RefObject<TimelineCanvas | null>;
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly tip: RefObject<HTMLDivElement | null>;
}

/** What is under the pointer is told in pixels and one text, past React. A stretch of the axis that is drawn over is zoomed to. */
export function useTimelinePointer({ view, canvas, tip }: Pointed) {
  const from = useRef<number>(undefined);
  const placeOf = ({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }) => {
    const box = canvas.current?.getBoundingClientRect();
    return {
      x: clientX - (box?.left ?? 0),
      y: clientY - (box?.top ?? 0),
      width: box?.width ?? 0,
      left: box?.left ?? 0,
    };
  };
  const hide = (): void => {
    if (tip.current !== null) tip.current.hidden = true;
    view.current?.hover(-1);
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      const { x, y } = placeOf(event);
      if (x < 0 || event.button !== 0) return;
      if (y < AXIS || event.pointerType === "mouse") {
        from.current = x;
        if (y < AXIS) event.currentTarget.setPointerCapture(event.pointerId);
      }
    },
    onPointerMove: (event: PointerEvent) => {
      const { x, y } = placeOf(event);
      if (from.current !== undefined && event.buttons === 1 && Math.abs(x - from.current) > 4) {
        hide();
        view.current?.brush(from.current, x, false);
        return;
      }
      const hit = x < 0 ? undefined : view.current?.hitAt(x, y);
      const list = event.currentTarget.querySelector("[role=tree]");
      view.current?.hover(y < AXIS ? -1 : Math.floor((y - AXIS + (list?.scrollTop ?? 0)) / ROW));
      const element = tip.current;
      if (element === null) return;
      element.hidden = hit === undefined;
      if (hit === undefined) return;
      element.textContent = hitText(hit, Date.now());
      const frame = event.currentTarget.getBoundingClientRect();
      const [left, top] = [event.clientX - frame.left + 14, event.clientY - frame.top + 16];
      element.style.left = `${Math.max(0, Math.min(left, frame.width - element.offsetWidth - 8))}px`;
      element.style.top = `${top + element.offsetHeight > frame.height ? top - element.offsetHeight - 28 : top}px`;
    },
    onPointerUp: (event: PointerEvent) => {
      if (from.current === undefined) return;
      view.current?.brush(from.current, placeOf(event).x, true);
      from.current = undefined;
    },
    onPointerLeave: hide,
    onDoubleClick: (event: React.MouseEvent) => {
      if (placeOf(event).x >= 0) view.current?.whole();
    },
  };
}
