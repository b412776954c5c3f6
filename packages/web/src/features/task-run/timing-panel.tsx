import { Link } from "@tanstack/react-router";
import type { TaskTimes } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Panel } from "../../ui/panel.tsx";
import { LOOKS } from "../../ui/states.ts";
import { durationText } from "../../ui/time-text.ts";
import { type UsualTime, usualTime, workedTimes } from "./timing-figures.ts";

/** The last runs that are drawn. */
const RUNS = 50;
/** What took this many times as long as usual is said to be slow. */
const SLOW = 1.5;

/** How long the task took in this run and in those before it. */
export function TimingPanel({ run, task }: { readonly run: string; readonly task: string }) {
  const all = useApi("getTaskTiming", { params: { run }, query: { task, limit: RUNS } }).data?.items ?? [];
  const times = workedTimes(all);
  const timed = times.filter(({ tookMs }) => tookMs !== null);
  if (timed.length < 2) return null;
  const usual = usualTime(times, run);
  const own = times.find((each) => each.run === run)?.tookMs ?? null;
  return (
    <Panel title="Timing" aside={<span className="text-2xs text-ink-3">{times.length} runs in which it ran</span>}>
      <div className="flex flex-col gap-2 p-3">
        <Sentence usual={usual} ownMs={own} />
        <Chart times={times.toReversed()} run={run} task={task} usual={usual} />
        {usual === undefined ? null : (
          <p className="flex justify-between text-2xs text-ink-2">
            <span>median {durationText(usual.medianMs)}</span>
            <span>95 % within {durationText(usual.p95Ms)}</span>
          </p>
        )}
      </div>
    </Panel>
  );
}

function Sentence({ usual, ownMs }: { readonly usual: UsualTime | undefined; readonly ownMs: number | null }) {
  if (usual === undefined) return <p className="text-ink-2">Too few runs to say what is usual.</p>;
  const isSlow = ownMs !== null && ownMs > usual.p95Ms && ownMs > SLOW * usual.medianMs;
  return (
    <p>
      Usually takes {durationText(usual.medianMs)}
      {ownMs === null ? null : (
        <>
          , this one <strong className={isSlow ? "text-blocked" : "font-medium"}>{durationText(ownMs)}</strong>
        </>
      )}
    </p>
  );
}

interface ChartProps {
  readonly times: TaskTimes;
  readonly run: string;
  readonly task: string;
  readonly usual: UsualTime | undefined;
}

/** A bar for each run, the newest at the right: the work, and above it, lighter, how long it waited before. */
function Chart({ times, run, task, usual }: ChartProps) {
  const mostMs = Math.max(1, ...times.map(({ tookMs, waitedMs }) => (tookMs ?? 0) + (waitedMs ?? 0)));
  const share = (ms: number | null): string => `${(100 * (ms ?? 0)) / mostMs}%`;
  return (
    <div className="relative flex h-20 items-end gap-px border-b border-line">
      {times.map((each) => {
        const { state, waitedMs, tookMs } = each;
        const isOwn = each.run === run;
        const text = timeText(each);
        return (
          <Link
            key={each.run}
            to="/runs/$run/tasks/$task"
            params={{ run: each.run, task }}
            // They are many, and say what the list of runs says: the keyboard goes past them.
            tabIndex={-1}
            title={text}
            aria-label={text}
            aria-current={isOwn ? "true" : undefined}
            className={`flex h-full max-w-3 min-w-0 flex-1 flex-col justify-end rounded-t-xs ${isOwn ? "bg-accent-soft" : "hover:bg-sunken"}`}
          >
            <span className="block bg-line-strong" style={{ height: share(waitedMs) }} />
            <span
              className={`block min-h-px ${state === "failed" ? "bg-failed" : isOwn ? "bg-accent" : "bg-idle/60"}`}
              style={{ height: share(tookMs) }}
            />
          </Link>
        );
      })}
      {usual === undefined ? null : (
        <>
          <Line at={share(usual.medianMs)} look="border-ink-3" />
          <Line at={share(usual.p95Ms)} look="border-dashed border-ink-3" />
        </>
      )}
    </div>
  );
}

function Line({ at, look }: { readonly at: string; readonly look: string }) {
  return (
    <span
      aria-hidden="true"
      className={`pointer-events-none absolute inset-x-0 border-t ${look}`}
      style={{ bottom: at }}
    />
  );
}

function timeText({ createdAt, state, tookMs, waitedMs }: TaskTimes[number]): string {
  const what = state === null ? "not begun" : LOOKS[state].text.toLowerCase();
  const took = tookMs === null ? "" : `, took ${durationText(tookMs)}`;
  const waited = waitedMs === null || waitedMs < 1_000 ? "" : ` after waiting ${durationText(waitedMs)}`;
  return `${createdAt.slice(0, 16).replace("T", " ")}: ${what}${took}${waited}`;
}
