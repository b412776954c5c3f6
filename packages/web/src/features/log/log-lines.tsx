import { type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import type { LineRange } from "./line-range.ts";
import type { LogBook } from "./log-book.ts";
import { LogRow, type RowLook } from "./log-row.tsx";
import { anchorAt, heightOf, ROW_PX, rowsAround, scrollTo } from "./scrolling.ts";

/** Rows beyond the window, so that one who scrolls sees no gap. */
const SPARE = 12;

/** What can be asked of the rows from outside. */
export interface LinesHandle {
  /** Brings a row to where it is seen. */
  show(place: number): void;
  toTop(): void;
  toEnd(): void;
  focus(): void;
  /** The place of the row in the middle. */
  middle(): number;
}

interface Props {
  readonly book: LogBook;
  readonly count: number;
  /** Lines come at the end: whoever is there stays there. */
  readonly isTailing: boolean;
  /** Whether it begins at the end. */
  readonly beginsAtEnd: boolean;
  readonly look: RowLook;
  readonly range: LineRange | undefined;
  readonly onPoint: (line: number, isStretch: boolean) => void;
  readonly onEnter: (isBack: boolean) => void;
}

/** The rows that are seen, and no others, of a log of any length. */
export function LogLines({ ref, ...props }: Props & { readonly ref: Ref<LinesHandle> }) {
  const { book, count, look, onEnter } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const height = useHeight(scroller);
  const size = { rows: count, height };
  const anchor = anchorAt(scrollTop, size);
  const { from, to } = rowsAround(anchor, size, SPARE);
  const tail = useTail(props, scroller);

  useEffect(() => book.look(from, to), [book, from, to]);
  useLayoutEffect(() =>
    place(host.current, { row: anchor.row - from, part: anchor.part, top: scrollTop + anchor.top }),
  );
  const isReady = count > 0 && height > 0 && book.line(anchor.row) !== undefined;
  useImperativeHandle(ref, () => {
    const go = (top: number): void => {
      scroller.current?.scrollTo({ top });
      tail.take();
    };
    return {
      show: (row) => {
        if (isSeen(scroller.current, host.current?.children[row - from])) return;
        go(scrollTo(row, { rows: count, height: scroller.current?.clientHeight ?? 0 }, look.isWrapped));
      },
      toTop: () => go(0),
      toEnd: () => go(heightOf(count)),
      focus: () => scroller.current?.focus(),
      middle: () => Math.floor((from + to) / 2),
    };
  });

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label="Lines"
        data-ready={isReady ? "" : undefined}
        onScroll={({ currentTarget }) => {
          setScrollTop(currentTarget.scrollTop);
          tail.take();
        }}
        onKeyDown={({ key, shiftKey, target, currentTarget }) => {
          if (key === "Enter" && target === currentTarget) onEnter(shiftKey);
        }}
        className="min-h-0 flex-1 overflow-auto overscroll-contain font-mono text-xs [overflow-anchor:none]"
      >
        <div className="relative min-w-full overflow-y-clip" style={{ height: heightOf(count) }}>
          <div ref={host} className={`absolute top-0 left-0 min-w-full ${look.isWrapped ? "w-full" : "w-max"}`}>
            <Rows {...props} from={from} to={to} />
          </div>
        </div>
      </div>
      {tail.fresh === undefined ? null : (
        <JumpToEnd fresh={tail.fresh} onJump={() => scroller.current?.scrollTo({ top: heightOf(count) })} />
      )}
    </div>
  );
}

/** The rows from one place to another; those that are on their way are dots. */
function Rows({ book, look, range, onPoint, from, to }: Props & { readonly from: number; readonly to: number }) {
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => {
    const line = book.line(from + at);
    const isPointed = line !== undefined && range !== undefined && line.number >= range.from && line.number <= range.to;
    return (
      <LogRow
        // Lines are only ever added behind: a place stays the same line.
        // biome-ignore lint/suspicious/noArrayIndexKey: nothing moves
        key={from + at}
        {...look}
        line={line}
        isPointed={isPointed}
        onPoint={onPoint}
      />
    );
  });
}

function JumpToEnd({ fresh, onJump }: { readonly fresh: number; readonly onJump: () => void }) {
  return (
    <Button
      kind="primary"
      icon="down"
      className="absolute bottom-3 left-1/2 -translate-x-1/2 shadow-md"
      onClick={onJump}
    >
      Jump to the end
      {fresh === 0 ? "" : ` · ${fresh.toLocaleString("en")} new ${fresh === 1 ? "line" : "lines"}`}
    </Button>
  );
}

function isSeen(scroller: HTMLElement | null, row: Element | undefined): boolean {
  if (scroller === null || row === undefined) return false;
  const [own, all] = [row.getBoundingClientRect(), scroller.getBoundingClientRect()];
  return own.top >= all.top && own.bottom <= all.bottom;
}

/** Puts the rows so that a part of one of them is above a point, whatever heights they have. */
function place(host: HTMLElement | null, { row, part, top }: { row: number; part: number; top: number }): void {
  const element = host?.children[row];
  if (host === null || !(element instanceof HTMLElement)) return;
  host.style.transform = `translateY(${top - element.offsetTop - part * element.offsetHeight}px)`;
}

function useHeight(scroller: { readonly current: HTMLElement | null }): number {
  const [height, setHeight] = useState(0);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = (): void => setHeight(element.clientHeight);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return height;
}

/** Stays at the end while lines come, until one scrolls up; then counts what came. */
function useTail({ count, isTailing, beginsAtEnd }: Props, scroller: { readonly current: HTMLElement | null }) {
  const isAtEnd = useRef(beginsAtEnd);
  const [leftAt, setLeftAt] = useState<number | undefined>(undefined);
  useLayoutEffect(() => {
    if (isAtEnd.current) scroller.current?.scrollTo({ top: heightOf(count) });
  }, [count, scroller]);
  return {
    /** New lines that one does not see; undefined for one who is at the end. */
    fresh: isTailing && leftAt !== undefined ? count - leftAt : undefined,
    take(): void {
      const element = scroller.current;
      if (element === null) return;
      const isNear = element.scrollHeight - element.scrollTop - element.clientHeight < 2 * ROW_PX;
      isAtEnd.current = isTailing && isNear;
      setLeftAt((left) => (isNear ? undefined : (left ?? count)));
    },
  };
}
