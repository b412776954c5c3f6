import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { Run, Trigger } from "../../api/shapes.ts";
import { usePreferences, zoneName } from "../../app/preferences.ts";
import { Panel } from "../../ui/panel.tsx";
import { LOOKS, runState, TONE_FILL } from "../../ui/states.ts";
import { useMinute } from "../../ui/time.tsx";
import { durationText, instantText } from "../../ui/time-text.ts";
import { AFTER_MS, type Bar, BEFORE_MS, countsOf, type DayRow, dayRows, hourMarks, shareOf } from "./day.ts";

/** The last day and the next hours: a row for each flow, its runs as bars, and what comes as outlines. */
export function Today({ runs, triggers }: { readonly runs: readonly Run[]; readonly triggers: readonly Trigger[] }) {
  const now = useMinute();
  const zone = zoneName(usePreferences().zone);
  const rows = dayRows(runs, triggers, now);
  const { good, bad } = countsOf(runs, now);
  if (rows.length === 0) return null;
  return (
    <Panel
      title="The last 24 hours"
      aside={
        <span className="text-ink-2">
          {good} succeeded{bad === 0 ? "" : `, ${bad} failed`}
        </span>
      }
    >
      <div className="px-3 pt-1 pb-2">
        <Hours now={now} zone={zone} />
        <ul className="relative">
          {rows.map((row) => (
            <Row key={row.flow} row={row} zone={zone} />
          ))}
          <NowLine />
        </ul>
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

function Row({ row: { flow, bars, next }, zone }: { readonly row: DayRow; readonly zone: string }) {
  const failed = bars.filter(({ run }) => run.state === "failed").length;
  return (
    <li className="flex h-7 items-center">
      <Link
        to="/flows/$flow"
        params={{ flow }}
        className={`${NAME} hover:text-accent`}
        title={`${flow}: ${bars.length === 1 ? "1 run" : `${bars.length} runs`}${failed === 0 ? "" : `, ${failed} failed`}`}
      >
        {flow}
      </Link>
      <div className="relative h-4 flex-1 rounded-sm bg-sunken">
        {bars.map((bar) => (
          <RunBar key={bar.run.id} {...bar} zone={zone} />
        ))}
        {next.map(({ at, from, text }) => (
          <span
            key={at}
            title={`Next: ${instantText(Date.parse(at), zone)} ${zone}, ${text}`}
            className="absolute inset-y-0 w-1.5 rounded-[2px] border border-line-strong bg-surface"
            style={{ left: percent(from) }}
          />
        ))}
      </div>
    </li>
  );
}

/**
 * Not reached by tabs: a day may have hundreds. The list of runs has them for the keyboard. Where a run is new, all others
 * stand as they did.
 */
const RunBar = memo(function RunBar({ run, from, width, zone }: Bar & { readonly zone: string }) {
  const { text, tone } = LOOKS[runState(run)];
  const began = Date.parse(run.startedAt ?? run.createdAt);
  const took = run.endedAt === null ? "" : `, took ${durationText(Date.parse(run.endedAt) - began)}`;
  return (
    <Link
      to="/runs/$run"
      params={{ run: run.id }}
      preload={false}
      tabIndex={-1}
      aria-hidden="true"
      title={`${text}: ${run.flow}, ${instantText(began, zone)} ${zone}${took}`}
      className={`absolute min-w-1 rounded-[2px] hover:brightness-75 ${TONE_FILL[tone]} ${tone === "failed" ? "z-10 -inset-y-0.5" : "inset-y-0"}`}
      style={{ left: percent(from), width: percent(width) }}
    />
  );
});

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
