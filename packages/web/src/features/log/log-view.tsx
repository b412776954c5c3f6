import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useActions } from "../../actions/registry.ts";
import type { Attempt } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { useZones } from "../../app/flow-zone.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Empty, Loading, Problem } from "../../ui/notices.tsx";
import { type LineRange, placeOf, rangeOf, stretchTo } from "./line-range.ts";
import { LogBook, type LogNow } from "./log-book.ts";
import { findLine, type Hits, hitText, useHits } from "./log-hits.ts";
import { type LinesHandle, LogLines } from "./log-lines.tsx";
import type { ChangeLog, LogSearch } from "./log-search-params.ts";
import { LevelFilter, ToolButton } from "./log-toolbar.tsx";
import { SearchField } from "./search-field.tsx";
import { SelectedLines } from "./selected-lines.tsx";
import { useLogActions } from "./use-log-actions.ts";

interface Props {
  readonly run: string;
  readonly attempt: Pick<Attempt, "id" | "startedAt" | "state">;
  readonly search: LogSearch;
  readonly onChange: ChangeLog;
}

/** An attempt's log: follows it while it is written, finds what one looks for, and links to its lines. */
export function LogView({ run, attempt, search, onChange }: Props) {
  const { q, level = "debug", wrap = false, times } = search;
  const of = useMemo(() => ({ run, attempt: attempt.id }), [run, attempt.id]);
  const range = useMemo(() => rangeOf(search.line), [search.line]);
  const book = useBook(of, level, range?.from);
  const now = useSyncExternalStore(book.subscribe, book.now);
  const { count, total, isTailing } = now;
  const summary = useSummary(of, now);
  const hits = useHits(of, search, isTailing);
  const lines = useRef<LinesHandle>(null);
  const field = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState("");
  const go = useStep({ of, search, hits, book, lines, onChange, onSaid: setSaid });
  const actions = useLogActions({ of, search, lines, field, go, onChange });
  useActions(Object.values(actions));
  const isFailed = attempt.state === "failed" || attempt.state === "timed_out";
  useArrival({ book, lines, count, line: range?.from, lastError: isFailed ? summary?.lastError : undefined });
  const look = {
    zones: useZones(),
    startMs: times === "start" ? Date.parse(attempt.startedAt) : undefined,
    query: q ?? "",
    isWrapped: wrap,
    isTinted: level !== "error",
  };
  const point = usePointing(range, onChange);
  return (
    <section
      aria-label="Log"
      className="flex min-h-80 min-w-0 flex-1 flex-col overflow-hidden rounded-lg border border-line bg-surface max-lg:h-[75vh] max-lg:flex-none"
    >
      <Toolbar>
        <SearchField
          ref={field}
          query={q ?? ""}
          says={q === undefined ? undefined : hitText(hits, range?.from)}
          onQuery={(next) => onChange({ q: next === "" ? undefined : next })}
          onStep={(isBack, text) => go(isBack, "text", text)}
        />
        <LevelFilter level={level} counts={summary?.levels} onChange={onChange} />
        <Tools actions={actions} search={search} />
        <LineCount count={count} total={total} isTailing={isTailing} said={said} />
      </Toolbar>
      <InPlaceOfLines now={now} isFailed={isFailed} onRetry={book.retry} />
      {count === undefined || count === 0 ? null : (
        <LogLines
          // Other lines.
          key={`${of.attempt} ${level}`}
          ref={lines}
          book={book}
          count={count}
          isTailing={isTailing}
          beginsAtEnd={isTailing && range === undefined}
          look={look}
          range={range}
          onPoint={point}
          onEnter={(isBack) => go(isBack, q === undefined ? "error" : "text")}
        />
      )}
      {range === undefined ? null : (
        <SelectedLines
          {...of}
          range={range}
          isFiltered={level !== "debug"}
          onContext={() => onChange({ level: undefined })}
          onClear={() => onChange({ line: undefined })}
        />
      )}
    </section>
  );
}

/** What there is in a log that nobody writes to any more. */
function useSummary(of: { readonly run: string; readonly attempt: number }, { total, isTailing }: LogNow) {
  return useApi("summariseLog", { params: of }, { enabled: total > 0 && !isTailing }).data;
}

/** Points at a line, or from the line that is pointed at to this one; the same again lets it go. */
function usePointing(range: LineRange | undefined, onChange: ChangeLog) {
  return useCallback(
    (line: number, isStretch: boolean): void => {
      const next = stretchTo(isStretch ? range : undefined, line);
      onChange({ line: range !== undefined && placeOf(next) === placeOf(range) ? undefined : placeOf(next) });
    },
    [range, onChange],
  );
}

function Toolbar({ children }: { readonly children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1.5 border-b border-line px-2 py-1.5">{children}</div>
  );
}

interface InPlace {
  readonly now: LogNow;
  readonly isFailed: boolean;
  readonly onRetry: () => void;
}

function InPlaceOfLines({ now: { count, total, isTailing, error }, isFailed, onRetry }: InPlace) {
  if (error !== null) return <Problem error={error} onRetry={onRetry} />;
  if (count === undefined) return <Loading rows={6} />;
  return count === 0 ? <Nothing isTailing={isTailing} isFailed={isFailed} total={total} /> : null;
}

type LogActions = ReturnType<typeof useLogActions>;

function Tools({ actions, search }: { readonly actions: LogActions; readonly search: LogSearch }) {
  return (
    <div className="flex items-center gap-0.5">
      <ToolButton action={actions.previousError} />
      <ToolButton action={actions.nextError} />
      <span className="mx-1 h-4 border-l border-line" />
      <ToolButton action={actions.wrap} isOn={search.wrap === true} />
      <ToolButton action={actions.times} isOn={search.times === "start"} />
      <ToolButton action={actions.link} />
      <ToolButton action={actions.download} />
    </div>
  );
}

function LineCount(props: {
  readonly count: number | undefined;
  readonly total: number;
  readonly isTailing: boolean;
  readonly said: string;
}) {
  const { count, total, isTailing, said } = props;
  const all = total === 1 ? "1 line" : `${total.toLocaleString("en")} lines`;
  return (
    <span className="ml-auto flex items-center gap-3 text-ink-2">
      <span role="status" className="text-2xs">
        {said}
      </span>
      {isTailing ? (
        <span className="inline-flex items-center gap-1.5 text-running">
          <Icon name="spinner" size={13} className="spin" /> Live
        </span>
      ) : null}
      {count === undefined
        ? ""
        : count === total
          ? all
          : `${count.toLocaleString("en")} of ${total.toLocaleString("en")}`}
    </span>
  );
}

function Nothing({
  isTailing,
  isFailed,
  total,
}: {
  readonly isTailing: boolean;
  readonly isFailed: boolean;
  readonly total: number;
}) {
  if (total === 0) {
    return (
      <Empty icon="list" title={isTailing ? "Nothing is written yet" : "It wrote nothing"}>
        {isFailed ? "Why it failed stands above: what is thrown is kept beside the log, not in it." : null}
      </Empty>
    );
  }
  return (
    <Empty icon="check" title="No line is so loud">
      All {total.toLocaleString("en")} lines are quieter than what is asked for.
    </Empty>
  );
}

function useBook(
  of: { readonly run: string; readonly attempt: number },
  level: LogBookLevel,
  line: number | undefined,
): LogBook {
  const book = useMemo(() => new LogBook({ ...of, level }), [of, level]);
  const [own, setOwn] = useState(book);
  const first = useRef(line);
  first.current = line;
  useEffect(() => {
    // In development effects run twice: each time with a book of its own, because one that was stopped stays so.
    const next = new LogBook({ ...of, level });
    setOwn(next);
    void next.start(first.current);
    return () => next.stop();
  }, [of, level]);
  return own;
}

type LogBookLevel = ConstructorParameters<typeof LogBook>[0]["level"];

/** Where one arrives: at the line of the address, else at what went wrong. */
function useArrival(at: {
  readonly book: LogBook;
  readonly lines: { readonly current: LinesHandle | null };
  readonly count: number | undefined;
  readonly line: number | undefined;
  readonly lastError: number | null | undefined;
}): void {
  const { book, lines, count, line, lastError } = at;
  const isThere = count !== undefined && count > 0;
  const target = line ?? lastError ?? undefined;
  useEffect(() => {
    if (!isThere || target === undefined) return;
    let isOver = false;
    const show = (place: number): void => {
      if (!isOver) lines.current?.show(place);
    };
    book.placeOf(target).then(show, () => undefined);
    return () => {
      isOver = true;
    };
  }, [book, lines, isThere, target]);
}

interface Steps {
  readonly of: { readonly run: string; readonly attempt: number };
  readonly search: LogSearch;
  readonly hits: Hits;
  readonly book: LogBook;
  readonly lines: { readonly current: LinesHandle | null };
  readonly onChange: ChangeLog;
  readonly onSaid: (text: string) => void;
}

/** Goes to the next error or the next place of a text, or to the one before, from the line that is pointed at or seen. */
function useStep({ of, search, hits, book, lines, onChange, onSaid }: Steps) {
  const step = async (isBack: boolean, what: "error" | "text", text: string): Promise<void> => {
    const range = rangeOf(search.line);
    const seen = book.line(lines.current?.middle() ?? 0)?.number;
    const from = range === undefined ? seen : isBack ? range.from : range.to;
    if (what === "text" && text === "") return;
    const isKnown = what === "text" && text === search.q && hits.isComplete;
    const next = isKnown
      ? nextOf(hits.numbers, range?.from, isBack)
      : await findLine(of, {
          from,
          isBack,
          ...(what === "error" ? { level: "error" } : { text, level: search.level }),
        });
    onSaid(next === undefined && what === "error" ? "no errors" : "");
    if (next !== undefined) onChange({ line: placeOf({ from: next, to: next }) });
  };
  return (isBack: boolean, what: "error" | "text", text = search.q ?? ""): void => {
    step(isBack, what, text).catch(() => onSaid("the search failed: try again"));
  };
}

/** Of known hits the one behind a line, or before it; round the end. */
function nextOf(numbers: readonly number[], line: number | undefined, isBack: boolean): number | undefined {
  if (line === undefined) return isBack ? numbers.at(-1) : numbers[0];
  return isBack
    ? (numbers.findLast((number) => number < line) ?? numbers.at(-1))
    : (numbers.find((number) => number > line) ?? numbers[0]);
}
