import type { RouteOutput } from "@millrace/contract";
import { isFinalRunState } from "@millrace/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Problem } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { againOf } from "../../ui/problem-text.ts";
import { StateBadge } from "../../ui/state-badge.tsx";
import { durationText } from "../../ui/time-text.ts";
import { numberText, runsText } from "./backfill-state.tsx";

type Plan = RouteOutput<"planBackfill">;

/** Of pieces, so many are listed. */
const SHOWN = 8;

/** What would be run and what would be left out, and the button that begins just that. */
export function PlanPanel({
  isAsked,
  why,
  isOld,
  plan,
  error,
  refused,
  isBusy,
  onBegin,
  onRetry,
}: {
  readonly isAsked: boolean;
  /** Why it is not. */
  readonly why: string | undefined;
  /** The form says something else by now. */
  readonly isOld: boolean;
  readonly plan: Plan | undefined;
  readonly error: unknown;
  readonly refused: string | undefined;
  readonly isBusy: boolean;
  readonly onBegin: () => void;
  /** Does once more what failed. */
  readonly onRetry: () => void;
}) {
  const isReady = plan !== undefined && !isOld && error === null;
  return (
    <Panel title="Plan">
      <div aria-live="polite" aria-busy={isOld}>
        {isAsked ? null : (
          <p className="px-3 py-5 text-ink-2">
            {why ?? "Say what to run, and the plan stands here before anything is begun."}
          </p>
        )}
        {isAsked && error !== null && !isOld ? <Problem error={error} onRetry={againOf(error, onRetry)} /> : null}
        {isAsked && isOld ? <p className="px-3 py-5 text-ink-2">Planning…</p> : null}
        {isAsked && isReady ? <PlanText plan={plan} /> : null}
      </div>
      <div className="flex justify-end border-t border-line px-3 py-2.5">
        <Button
          kind="primary"
          icon="play"
          refused={refused}
          disabled={!isAsked || !isReady || isBusy}
          onClick={onBegin}
        >
          {isBusy ? "Beginning…" : isAsked && isReady ? `Begin ${runsText(plan.runs)}` : "Begin"}
        </Button>
      </div>
    </Panel>
  );
}

function PlanText({ plan }: { readonly plan: Plan }) {
  const { runs, windows, left, again, existing, pieces, chained, estimateMs } = plan;
  const more = pieces.length - SHOWN;
  return (
    <>
      <div className="px-3 py-3">
        <p className="text-base font-semibold">{runsText(runs)}</p>
        <p className="text-ink-2">
          {estimateMs === null
            ? "How long it takes is not known: nothing like it ran yet."
            : `About ${durationText(estimateMs)}, as long as runs of the past.`}
        </p>
        <ul className="mt-2 flex flex-col gap-1 text-ink-2">
          <Line icon="calendar">{numberText(windows)} asked for</Line>
          {again === 0 ? null : <Line icon="retry">{numberText(again)} run again: they ran before</Line>}
          {left.exists === 0 ? null : <Line icon="skip">{numberText(left.exists)} left out: they ran before</Line>}
          {left.inFlight === 0 ? null : <Line icon="skip">{numberText(left.inFlight)} left out: under way</Line>}
          {chained ? (
            <Line icon="link">
              One by one, the oldest first: each depends on the one before, and a failure pauses it
            </Line>
          ) : null}
        </ul>
      </div>
      <Pieces pieces={pieces.slice(0, SHOWN)} />
      {more > 0 ? (
        <p className="border-t border-line px-3 py-1.5 text-ink-2">and {numberText(more)} pieces more</p>
      ) : null}
      {existing.length === 0 ? null : <Existing runs={existing} />}
    </>
  );
}

/** Stretches of partitions or windows that follow each other. How many a run takes is news only when it is not one. */
function Pieces({ pieces }: { readonly pieces: Plan["pieces"] }) {
  const isSplit = pieces.every(({ size }) => size === 1);
  return (
    <table className="w-full border-t border-line" aria-label="What is run">
      <thead>
        <tr className="border-b border-line text-left text-2xs text-ink-3">
          <th className="px-3 py-1.5 font-medium">From – to</th>
          <th className="px-3 py-1.5 text-right font-medium">How many</th>
          {isSplit ? null : <th className="px-3 py-1.5 text-right font-medium">In one run</th>}
        </tr>
      </thead>
      <tbody>
        {pieces.map(({ from, to, count, size }) => (
          <tr key={from} className="border-b border-line last:border-b-0">
            <td className="px-3 py-1 font-mono text-xs">{from === to ? from : `${from} – ${to}`}</td>
            <td className="px-3 py-1 text-right">{numberText(count)}</td>
            {isSplit ? null : <td className="px-3 py-1 text-right text-ink-2">{numberText(size)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What ran before, and what becomes of it. */
function Existing({ runs }: { readonly runs: Plan["existing"] }) {
  return (
    <details className="border-t border-line">
      <summary className="cursor-pointer px-3 py-1.5 text-ink-2 hover:text-ink">
        What ran before, and what becomes of it
      </summary>
      <div className="max-h-72 overflow-y-auto">
        <table className="w-full" aria-label="What ran before">
          <tbody>
            {runs.map(({ name, run, state, again }) => (
              <tr key={name} className="border-t border-line">
                <td className="px-3 py-1 font-mono text-xs">
                  <Link to="/runs/$run" params={{ run }} className="hover:text-accent">
                    {name}
                  </Link>
                </td>
                <td className="px-3 py-1">
                  <StateBadge state={state} />
                </td>
                <td className="px-3 py-1 text-right text-ink-2">
                  {again ? "run again" : isFinalRunState(state) ? "left out" : "left out: under way"}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Line({
  icon,
  children,
}: {
  readonly icon: "calendar" | "skip" | "link" | "retry";
  readonly children: ReactNode;
}) {
  return (
    <li className="flex items-start gap-2">
      <Icon name={icon} size={14} className="mt-0.5 text-ink-3" />
      <span className="min-w-0">{children}</span>
    </li>
  );
}
