import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { RunCounts, Trigger } from "../../api/shapes.ts";
import { useZones } from "../../app/flow-zone.tsx";
import { Panel } from "../../ui/panel.tsx";
import { TONE_FILL, type Tone } from "../../ui/states.ts";
import { useMinute } from "../../ui/time.tsx";
import { instantText, timesText } from "../../ui/time-text.ts";
import {
  AFTER_MS,
  type Bar,
  BEFORE_MS,
  type Counts,
  countsText,
  type DayRow,
  dayRows,
  hourMarks,
  shareOf,
} from "./day.ts";

interface Props {
  readonly counts: RunCounts;
  readonly triggers: readonly Trigger[];
}

/** The last day and the next hours: a row for each flow, its runs by the quarter of an hour, and what comes as outlines. */
export function Today({ counts, triggers }: Props) {
  const now = useMinute();
  const { shown: zone } = useZones();
  const rows = dayRows(counts, triggers, now);
  if (rows.length === 0) return null;
  const more = counts.flows - rows.filter(({ bars }) => bars.length > 0).length;
  return (
    <Panel title="The last 24 hours" aside={<span className="text-ink-2">{countsText(counts.total)}</span>}>
      <div className="px-3 pt-1 pb-2">
        <Hours now={now} zone={zone} />
        <ul className="relative">
          {rows.map((row) => (
            <Row key={row.flow} row={row} />
          ))}
          <NowLine />
        </ul>
        {more <= 0 ? null : (
          <p className="pt-1 text-2xs text-ink-2">
            <Link to="/flows" search={{ sort: "last" }} className="hover:text-accent">
              and {more.toLocaleString("en")} {more === 1 ? "flow" : "flows"} more that had runs
            </Link>
          </p>
        )}
      </div>
    </Panel>
  );
}

const NAME = "w-36 shrink-0 truncate pr-3 max-sm:w-24";

function Hours({ now, zone }: { readonly now: number; readonly zone: string }) {
  const marks = hourMarks(now, (ms) => Number(instantText(ms, zone).slice(11, 13)));
  return (
    <div aria-hidden="true" className="flex h-5 text-2xs text-ink-3">
      <span className={NAME} />
      <div className="relative flex-1">
        {marks.map((ms, place) => (
          <span
            key={ms}
            className={`absolute -translate-x-1/2 ${place % 2 === 0 ? "" : "max-sm:hidden"}`}
            style={{ left: percent(shareOf(ms, now)) }}
          >
            {instantText(ms, zone).slice(11, 16)}
          </span>
        ))}
      </div>
    </div>
  );
}

function Row({ row: { flow, total, bars, next } }: { readonly row: DayRow }) {
  const zones = useZones();
  return (
    <li className="flex h-7 items-center">
      <Link
        to="/flows/$flow"
        params={{ flow }}
        className={`${NAME} hover:text-accent`}
        title={`${flow}: ${countsText(total)}`}
      >
        {flow}
      </Link>
      <div className="relative h-4 flex-1 rounded-sm bg-sunken">
        {bars.map((bar) => (
          <RunsBar key={bar.stretch.at} {...bar.stretch} from={bar.from} width={bar.width} />
        ))}
        {next.map(({ at, from, text }) => (
          <span
            key={at}
            title={`Next: ${text}\n${timesText(Date.parse(at), zones)}`}
            className="absolute inset-y-0 w-1.5 rounded-[2px] border border-line-strong bg-surface"
            style={{ left: percent(from) }}
          />
        ))}
      </div>
    </li>
  );
}

type BarProps = Bar["stretch"] & Omit<Bar, "stretch">;

/**
 * Leads to the run that needs somebody most. Not reached by tabs: a day has hundreds, and the list of runs has them all.
 * Where a run is new, all other stretches stand as they did.
 */
const RunsBar = memo(function RunsBar({ from, width, run, at, ...counts }: BarProps) {
  const zones = useZones();
  const tone = toneOf(counts);
  return (
    <Link
      to="/runs/$run"
      params={{ run }}
      preload={false}
      tabIndex={-1}
      aria-hidden="true"
      title={`${countsText(counts)}, made from\n${timesText(Date.parse(at), zones)}`}
      // Failures are taller, so that they are seen where colours are not.
      className={`absolute min-w-1 rounded-[2px] hover:brightness-75 ${TONE_FILL[tone]} ${tone === "failed" ? "z-10 -inset-y-0.5" : "inset-y-0"}`}
      style={{ left: percent(from), width: `calc(${percent(width)} - 1px)` }}
    />
  );
});

function toneOf({ failed, active, success }: Counts): Tone {
  if (failed > 0) return "failed";
  if (active > 0) return "running";
  return success > 0 ? "success" : "idle";
}

function NowLine() {
  return (
    <div aria-hidden="true" className="pointer-events-none absolute inset-y-0 right-0 left-36 max-sm:left-24">
      <span
        className="absolute inset-y-0 z-10 w-px bg-accent"
        style={{ left: percent(BEFORE_MS / (BEFORE_MS + AFTER_MS)) }}
      />
    </div>
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`;
}
