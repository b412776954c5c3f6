import {
  type BackfillRow,
  type BackfillState,
  backfillAtOnce,
  formatDuration,
  type SliceRun,
  sliceText,
} from "@millrace/core";
import { stateMark, stateWord } from "../following/state-text.ts";
import { countText } from "../output/count-text.ts";
import type { Style } from "../output/style.ts";
import { tableText } from "../output/table-text.ts";
import { isoInstant, localInstant, windowText } from "../output/time-text.ts";
import { countsText, endedOf } from "./progress-text.ts";

export function backfillRecord(row: BackfillRow): Readonly<Record<string, unknown>> {
  return {
    type: "backfill",
    backfill: row.id,
    flow: row.flow,
    state: row.state,
    reason: row.reason,
    actor: row.actor,
    createdAt: isoInstant(row.createdAtMs),
    endedAt: row.endedAtMs === null ? null : isoInstant(row.endedAtMs),
    window: { start: isoInstant(row.window.startMs), end: isoInstant(row.window.endMs) },
    runs: row.plan.runs,
    made: row.made,
    succeeded: row.succeeded,
    failed: row.failed,
    cancelled: row.cancelled,
    order: row.request.order,
    maxActiveRuns: backfillAtOnce(row),
    version: row.version,
  };
}

export function backfillTable(rows: readonly BackfillRow[], style: Style): string[] {
  const columns = [
    { title: "BACKFILL" },
    { title: "FLOW" },
    { title: "STATE" },
    { title: "MADE" },
    { title: "RUNS", align: "right" },
    { title: "" },
  ] as const;
  const cells = rows.map((row) => [
    row.id,
    style.bold(row.flow),
    backfillWord(row.state, style),
    localInstant(row.createdAtMs),
    `${endedOf(row)} of ${row.plan.runs}`,
    style.dim(
      [
        windowText(row.window),
        ...(row.failed > 0 ? [`${row.failed} failed`] : []),
        ...((row.reason ?? "") ? [row.reason as string] : []),
      ].join("  "),
    ),
  ]);
  return tableText(columns, cells, style.dim);
}

/** What a backfill is, above the list of its runs. */
export function backfillHead(row: BackfillRow, style: Style): string[] {
  const { request, plan } = row;
  const atOnce = plan.chained ? "one by one" : `${backfillAtOnce(row)} at once`;
  return [
    `${style.bold(row.flow)} ${row.id}  ${backfillWord(row.state, style)}${row.reason === null ? "" : `: ${row.reason}`}`,
    `  ${windowText(row.window)}, ${countText(plan.runs, "run")}, ${request.order} first, ${atOnce}, reprocess ${request.reprocess}, version ${row.version.slice(0, 12)}`,
    `  ${countsText(row, style)}${row.made < plan.runs ? style.dim(`, ${plan.runs - row.made} not made yet`) : ""}`,
    "",
  ];
}

/** Key, run, state. */
export function runTable(runs: readonly SliceRun[], style: Style): string[] {
  const columns = [{ title: "KEY" }, { title: "RUN" }, { title: "STATE" }, { title: "TOOK", align: "right" }] as const;
  const cells = runs.map((run) => [
    sliceRunKey(run),
    run.id,
    `${stateMark(run.state, style)} ${stateWord(run.state, style)}`,
    run.endedAtMs === null ? "" : formatDuration(run.endedAtMs - run.createdAtMs),
  ]);
  return tableText(columns, cells, style.dim);
}

export function runRecord(backfill: string, run: SliceRun): Readonly<Record<string, unknown>> {
  return {
    type: "backfill.run",
    backfill,
    key: sliceRunKey(run),
    run: run.id,
    state: run.state,
    window: { start: isoInstant(run.window.startMs), end: isoInstant(run.window.endMs) },
  };
}

/** Of each family the newest run, in the order in which the first ones were made. */
export function newestRuns(runs: readonly SliceRun[]): readonly SliceRun[] {
  const newest = new Map<string, SliceRun>();
  for (const run of runs) newest.set(run.rootRun, run);
  return Array.from(newest.values());
}

function backfillWord(state: BackfillState, style: Style): string {
  switch (state) {
    case "success":
      return style.green(state);
    case "failed":
      return style.red(state);
    case "cancelled":
    case "cancelling":
      return style.magenta(state);
    case "paused":
      return style.yellow(state);
    case "running":
      return style.cyan(state);
  }
}

/** The key or keys that a run covers; of a flow without partitions, its tick. */
export function sliceRunKey({ slice, scheduledAtMs, window }: SliceRun): string {
  if (slice !== null) return sliceText(slice);
  return isoInstant(scheduledAtMs ?? window.endMs).replace(".000Z", "Z");
}
