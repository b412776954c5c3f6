import { Link } from "@tanstack/react-router";
import { memo, type ReactNode, useRef } from "react";
import type { Run } from "../../api/shapes.ts";
import { OfFlow } from "../../app/flow-zone.tsx";
import { PickAll, PickBox, type Picks } from "../../ui/pick.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { runState } from "../../ui/states.ts";
import { Duration, Instant } from "../../ui/time.tsx";
import { coverText, triggerText } from "./run-text.ts";

const HEAD = "px-3 py-1.5 text-left text-2xs font-medium text-ink-3 whitespace-nowrap";
const CELL = "px-3 h-row align-middle max-sm:py-1.5";
/** On a phone all of a row leads where its link does. */
const WHOLE = "max-sm:after:absolute max-sm:after:inset-0 max-sm:after:content-['']";

/** Runs as rows. On a phone only what one needs to find the one that failed. */
export function RunTable({
  runs,
  withFlow = true,
  label,
  picks,
}: {
  readonly runs: readonly Run[];
  readonly withFlow?: boolean;
  readonly label: string;
  /** Where rows can be chosen. */
  readonly picks?: Picks;
}) {
  const table = useRef<HTMLDivElement>(null);
  const stepFrom = (index: number, step: 1 | -1): string | undefined => {
    const next = runs[index + step]?.id;
    if (next !== undefined) table.current?.querySelector<HTMLElement>(`[data-pick="${next}"]`)?.focus();
    return next;
  };
  return (
    <div ref={table} className="@container relative overflow-x-auto">
      <table className="w-full border-collapse" aria-label={label}>
        <thead>
          <tr className="border-b border-line">
            {picks === undefined ? null : (
              <th className={`${HEAD} w-4 pr-0`}>
                <span className="flex">
                  <PickAll picks={picks} label="Choose all runs" />
                </span>
              </th>
            )}
            <th className={`${HEAD} w-32`}>State</th>
            <th className={HEAD}>{withFlow ? "Flow" : "Run"}</th>
            <th className={`${HEAD} @max-3xl:hidden`}>Covers</th>
            <th className={`${HEAD} @max-xl:hidden`}>Started by</th>
            <th className={`${HEAD} w-28 @max-md:hidden`}>Created</th>
            <th className={`${HEAD} w-24 text-right @max-md:hidden`}>Took</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run, index) => (
            <RunRow
              key={run.id}
              run={run}
              withFlow={withFlow}
              isPicked={picks?.has(run.id) === true}
              pick={
                picks === undefined ? null : (
                  <PickBox
                    picks={picks}
                    id={run.id}
                    label={`Choose ${run.flow} ${shortId(run.id)}`}
                    onStep={(step) => stepFrom(index, step)}
                  />
                )
              }
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RunRow({
  run,
  withFlow,
  isPicked,
  pick,
}: {
  readonly run: Run;
  readonly withFlow: boolean;
  readonly isPicked: boolean;
  readonly pick: ReactNode;
}) {
  return (
    <tr
      className={`relative border-b border-line last:border-b-0 ${isPicked ? "bg-accent-soft" : "hover:bg-sunken/60"}`}
    >
      {pick === null ? null : (
        <td className={`${CELL} pr-0`}>
          <span className="flex">{pick}</span>
        </td>
      )}
      <RunCells run={run} withFlow={withFlow} />
    </tr>
  );
}

/** Under load a list changes in each frame, and nearly all of its runs are as they were. */
const RunCells = memo(function RunCells({ run, withFlow }: { readonly run: Run; readonly withFlow: boolean }) {
  return (
    <OfFlow flow={run.flow}>
      <td className={CELL}>
        <StateBadge state={runState(run)} />
      </td>
      <td className={`${CELL} max-w-64`}>
        <Link
          to="/runs/$run"
          params={{ run: run.id }}
          className={`flex min-w-0 items-baseline gap-2 font-medium hover:text-accent ${WHOLE}`}
        >
          {withFlow ? <span className="truncate">{run.flow}</span> : null}
          <span className={withFlow ? "font-mono text-2xs font-normal text-ink-3 @max-md:hidden" : "font-mono text-xs"}>
            {shortId(run.id)}
          </span>
        </Link>
        {/* A phone has no column for it. */}
        <p className="truncate text-2xs text-ink-2 @min-md:hidden">
          <Instant at={run.createdAt} relative />
          {run.startedAt === null ? "" : run.endedAt === null ? " · for " : " · took "}
          {run.startedAt === null ? null : <Duration from={run.startedAt} to={run.endedAt} />}
        </p>
        {run.error === null ? null : (
          <p className="truncate pb-1 text-2xs text-ink-2" title={run.error.message}>
            {run.error.message}
          </p>
        )}
      </td>
      <td className={`${CELL} whitespace-nowrap text-ink-2 @max-3xl:hidden`}>
        {coverText(run) ?? <span className="text-ink-3">–</span>}
      </td>
      <td className={`${CELL} whitespace-nowrap text-ink-2 @max-xl:hidden`}>{triggerText(run)}</td>
      <td className={`${CELL} text-ink-2 @max-md:hidden`}>
        <Instant at={run.createdAt} relative />
      </td>
      <td className={`${CELL} text-right whitespace-nowrap text-ink-2 @max-md:hidden`}>
        <Duration from={run.startedAt} to={run.endedAt} />
      </td>
    </OfFlow>
  );
});

/** Ids begin with their time, so that the end tells two runs of a minute apart. */
export function shortId(id: string): string {
  return id.slice(-6);
}
