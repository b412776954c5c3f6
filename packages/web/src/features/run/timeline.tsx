import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import type { Run, TaskRun } from "../../api/shapes.ts";
import { useWholeList } from "../../api/whole-list.ts";
import { Empty } from "../../ui/notices.tsx";
import { LOOKS, TONE_FILL, taskState } from "../../ui/states.ts";
import { useNow } from "../../ui/time.tsx";
import { durationText } from "../../ui/time-text.ts";
import { type Bar, barsOf, type Segment, scaleOf, type TimeScale } from "./timeline-bars.ts";

const ROW = 26;

/** When each task waited, ran, and waited again. Stretches in which nothing happened are cut short. */
export function Timeline({ run, taskRuns }: { readonly run: Run; readonly taskRuns: readonly TaskRun[] }) {
  const attempts = useWholeList("listAttempts", run.id).data;
  const now = useNow();
  const endMs = run.endedAt === null ? now : Date.parse(run.endedAt);
  const bars = useMemo(() => barsOf(taskRuns, attempts ?? [], endMs), [taskRuns, attempts, endMs]);
  const scale = useMemo(() => scaleOf(bars, Date.parse(run.startedAt ?? run.createdAt), endMs), [bars, run, endMs]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: bars.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  if (bars.length === 0) return <Empty icon="clock" title="No task has begun" />;
  return (
    <div className="flex min-h-0 flex-1 flex-col rounded-lg border border-line bg-surface">
      <Axis scale={scale} />
      <div
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        tabIndex={0}
        role="list"
        aria-label="Timeline"
        className="min-h-72 flex-1 overflow-y-auto overflow-x-hidden"
      >
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const bar = bars[index];
            if (bar === undefined) return null;
            return (
              <div
                key={index}
                role="listitem"
                className="absolute inset-x-0 flex items-center hover:bg-sunken/60"
                style={{ height: ROW, transform: `translateY(${start}px)` }}
              >
                <BarRow run={run.id} bar={bar} scale={scale} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

const NAME = "w-48 shrink-0 max-sm:w-28";

function Axis({ scale }: { readonly scale: TimeScale }) {
  return (
    <div className="flex h-7 shrink-0 items-center border-b border-line text-2xs text-ink-3">
      <span className={`${NAME} px-3`}>Task</span>
      <div className="relative mr-4 h-full flex-1">
        {scale.marks.map(({ share, text }) => (
          <span
            key={text}
            className="absolute top-1.5 border-l border-line pl-1 whitespace-nowrap"
            style={{ left: `${share * 100}%` }}
          >
            {text}
          </span>
        ))}
      </div>
    </div>
  );
}

function BarRow({ run, bar, scale }: { readonly run: string; readonly bar: Bar; readonly scale: TimeScale }) {
  const { row, segments } = bar;
  const total = (segments.at(-1)?.endMs ?? 0) - (segments[0]?.startMs ?? 0);
  return (
    <>
      <Link
        to="/runs/$run/tasks/$task"
        params={{ run, task: row.task }}
        className={`${NAME} truncate px-3 hover:text-accent`}
        title={row.task}
      >
        {row.task}
      </Link>
      <div className="relative mr-4 h-full flex-1">
        {segments.map((segment) => (
          <Piece key={`${segment.kind} ${segment.startMs}`} segment={segment} scale={scale} />
        ))}
        <span className="sr-only">
          {LOOKS[taskState(row)].text}, {durationText(total)}
        </span>
      </div>
    </>
  );
}

function Piece({ segment, scale }: { readonly segment: Segment; readonly scale: TimeScale }) {
  const { startMs, endMs, kind, state } = segment;
  const [from, to] = [scale.shareOf(startMs), scale.shareOf(endMs)];
  const { tone, text } = LOOKS[state];
  // Waiting is a line, running is a bar.
  const look = kind === "run" ? `top-1.5 h-3.5 rounded-[3px] ${TONE_FILL[tone]}` : "top-3 h-[2px] bg-line-strong";
  return (
    <span
      title={`${kind === "run" ? text : kind === "queue" ? "Queued" : "Waited"}, ${durationText(endMs - startMs)}`}
      className={`absolute ${look}`}
      style={{ left: `${from * 100}%`, width: `max(${kind === "run" ? 3 : 0}px, ${(to - from) * 100}%)` }}
    />
  );
}
