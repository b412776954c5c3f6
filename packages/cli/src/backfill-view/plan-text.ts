import { type BackfillRequest, formatDuration, runsAtOnce } from "@millrace/core";
import type { PlannedBackfill } from "@millrace/core/time";
import { countText } from "../output/count-text.ts";
import type { Style } from "../output/style.ts";
import { isoInstant, windowText } from "../output/time-text.ts";

/** Windows that are left out are named one by one up to so many. */
const NAMED_LEFT = 10;

/** What a plan is shown with. */
interface Shown {
  readonly estimateMs: number | undefined;
  /** Runs that the estimate was made from. */
  readonly history: number;
  readonly style: Style;
}

/** A plan, for people who decide about it. */
export function planText(request: BackfillRequest, { plan, left, window }: PlannedBackfill, shown: Shown): string[] {
  const { style, estimateMs, history } = shown;
  const { pieces, windows, runs } = plan;
  const covered = window.startMs === window.endMs ? "" : `, ${windowText(window)}`;
  const per =
    request.runPer.kind === "partition"
      ? ""
      : `, each of ${request.runPer.kind === "range" ? "all windows that follow each other" : `up to ${request.runPer.count} windows`}`;
  const limited = request.limit === runs ? " (by the limit)" : "";
  return [
    `${style.bold(request.flow)}: ${countText(windows, "window")} asked for${covered}`,
    `  ${style.bold(countText(runs, "run"))}${limited}${per}, ${request.order} first, ${plan.chained ? "one by one" : `${request.maxActiveRuns} at once`}`,
    ...(plan.chained
      ? ["  the flow depends on the past: each run waits for the one before, and a failure pauses the backfill"]
      : []),
    ...pieces
      .slice(0, 3)
      .map(({ from, to, count }) => style.dim(`    ${from === to ? from : `${from} to ${to}`}, ${count}`)),
    ...(pieces.length > 3 ? [style.dim(`    and ${countText(pieces.length - 3, "more range")}`)] : []),
    ...(left.length === 0
      ? []
      : [
          `  ${left.length} left out: ${plan.left.exists} ran before, ${plan.left["in flight"]} under way`,
          ...left.slice(0, NAMED_LEFT).map(({ name, reason }) => style.dim(`    ${name}  ${reason}`)),
          ...(left.length > NAMED_LEFT ? [style.dim(`    and ${left.length - NAMED_LEFT} more`)] : []),
        ]),
    estimateMs === undefined
      ? style.dim("  no run has ended well yet, so nobody knows how long it takes")
      : `  about ${formatDuration(estimateMs)}, by the last ${countText(history, "run")}`,
  ];
}

export function planRecord(
  request: BackfillRequest,
  { plan, left, window }: PlannedBackfill,
  estimateMs: number | undefined,
): Readonly<Record<string, unknown>> {
  return {
    type: "backfill.plan",
    flow: request.flow,
    windows: plan.windows,
    runs: plan.runs,
    left: Object.fromEntries(left.map(({ name, reason }) => [name, reason])),
    ranges: plan.pieces,
    window: { start: isoInstant(window.startMs), end: isoInstant(window.endMs) },
    order: request.order,
    reprocess: request.reprocess,
    maxActiveRuns: runsAtOnce(plan, request),
    chained: plan.chained,
    estimateMs: estimateMs ?? null,
  };
}
