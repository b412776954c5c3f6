import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useApi } from "../../api/use-api.ts";
import { usePreferences, zoneName } from "../../app/preferences.ts";
import { buttonClass, IconButton } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Empty, Loading, Problem } from "../../ui/notices.tsx";
import { LogBook } from "./log-book.ts";
import { LogRow } from "./log-row.tsx";

const ROW = 20;

interface Props {
  readonly run: string;
  readonly attempt: number;
  /** What is searched for, and the line that is pointed at: both are in the address. */
  readonly query: string;
  readonly line: number | undefined;
  readonly onChange: (next: { readonly q?: string | undefined; readonly line?: number | undefined }) => void;
}

/** An attempt's log: follows it while it is written, finds text in it, and links to its lines. */
export function LogView(props: Props) {
  const { run, attempt, query, line, onChange } = props;
  const book = useBook(run, attempt);
  const { count, isTailing, error } = useSyncExternalStore(book.subscribe, book.now);
  const hits = useHits(props);
  const step = (by: number): void => {
    const here = hits.indexOf(line ?? -1);
    const next = hits[here < 0 ? (by > 0 ? 0 : hits.length - 1) : (here + by + hits.length) % hits.length];
    if (next !== undefined) onChange({ line: next });
  };
  return (
    <section
      aria-label="Log"
      className="flex min-h-80 min-w-0 flex-1 flex-col rounded-lg max-lg:h-[70vh] max-lg:flex-none border border-line bg-surface"
    >
      <div className="flex min-h-10 flex-wrap items-center gap-2 border-b border-line px-2 py-1">
        <label className="flex h-7 min-w-40 flex-1 items-center gap-2 rounded-md border border-line-strong bg-raised px-2 focus-within:outline-2 focus-within:outline-accent sm:max-w-72">
          <Icon name="search" size={14} className="text-ink-3" />
          <span className="sr-only">Search the log</span>
          <input
            value={query}
            placeholder="Search the log"
            onChange={({ target }) => onChange({ q: target.value || undefined, line: undefined })}
            onKeyDown={({ key, shiftKey }) => key === "Enter" && step(shiftKey ? -1 : 1)}
            className="min-w-0 flex-1 bg-transparent outline-none placeholder:text-ink-3"
          />
        </label>
        {query === "" ? null : (
          <span className="flex items-center gap-1 text-ink-2">
            {hits.length === 0 ? "not found" : hitText(hits, line)}
            <IconButton icon="chevron" label="Previous" className="rotate-180" onClick={() => step(-1)} />
            <IconButton icon="chevron" label="Next" onClick={() => step(1)} />
          </span>
        )}
        <span className="ml-auto flex items-center gap-3 text-ink-2">
          {isTailing ? (
            <span className="inline-flex items-center gap-1.5 text-running">
              <Icon name="spinner" size={13} className="spin" /> Live
            </span>
          ) : null}
          {count === undefined ? "" : count === 1 ? "1 line" : `${count.toLocaleString("en")} lines`}
          <a
            href={`/api/v1/runs/${encodeURIComponent(run)}/attempts/${attempt}/log/download`}
            download
            className={buttonClass("plain")}
          >
            <Icon name="download" size={14} /> Download
          </a>
        </span>
      </div>
      {error === null ? null : <Problem error={error} />}
      {count === undefined && error === null ? <Loading rows={6} /> : null}
      {count === undefined ? null : count === 0 ? (
        <Empty icon="list" title={isTailing ? "Nothing is written yet" : "It wrote nothing"} />
      ) : (
        <Lines {...props} book={book} count={count} isTailing={isTailing} hits={hits} />
      )}
    </section>
  );
}

function hitText(hits: readonly number[], line: number | undefined): string {
  const here = hits.indexOf(line ?? -1);
  const most = hits.length === MOST_HITS ? `${MOST_HITS}+` : String(hits.length);
  return here < 0 ? `${most} found` : `${here + 1} of ${most}`;
}

const MOST_HITS = 1_000;

function useHits({ run, attempt, query }: Props): readonly number[] {
  const input = { params: { run, attempt }, query: { text: query, limit: MOST_HITS } };
  const found = useApi("searchLog", input, { enabled: query !== "" }).data?.items;
  return useMemo(() => found?.map(({ number }) => number) ?? [], [found]);
}

function useBook(run: string, attempt: number): LogBook {
  const book = useMemo(() => new LogBook(run, attempt), [run, attempt]);
  const [own, setOwn] = useState(book);
  useEffect(() => {
    // In development effects run twice: each time with a book of its own, because one that was stopped stays so.
    const next = new LogBook(run, attempt);
    setOwn(next);
    void next.start();
    return () => next.stop();
  }, [run, attempt]);
  return own;
}

function Lines({
  book,
  count,
  isTailing,
  hits,
  query,
  line,
  onChange,
}: Props & {
  readonly book: LogBook;
  readonly count: number;
  readonly isTailing: boolean;
  readonly hits: readonly number[];
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const zone = zoneName(usePreferences().zone);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 30,
  });
  const isThere = line !== undefined && line < count;
  // Where the address points; not each time that a line comes.
  useEffect(() => {
    if (isThere) virtual.scrollToIndex(line, { align: "center" });
  }, [line, isThere, virtual]);
  useEffect(() => {
    if (isTailing && isAtEnd.current && line === undefined) virtual.scrollToIndex(count - 1, { align: "end" });
  }, [count, isTailing, line, virtual]);
  const found = useMemo(() => new Set(hits), [hits]);
  return (
    <div
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
      tabIndex={0}
      role="log"
      aria-live="off"
      aria-label="Lines"
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 2 * ROW;
      }}
      className="min-h-0 flex-1 overflow-auto py-1 font-mono text-xs"
    >
      <div className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <LogRow
            key={index}
            number={index}
            line={book.line(index)}
            top={start}
            zone={zone}
            query={found.has(index) ? query : ""}
            isPointed={index === line}
            onPoint={() => onChange({ line: index === line ? undefined : index })}
          />
        ))}
      </div>
    </div>
  );
}
