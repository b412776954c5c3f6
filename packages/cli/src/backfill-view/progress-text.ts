import { type BackfillRow, formatDuration } from "@millrace/core";
import { countText } from "../output/count-text.ts";
import type { Style } from "../output/style.ts";

const BAR = 30;

/** How fast a backfill goes. */
export interface Pace {
  /** Runs that ended in a second; undefined until one has. */
  readonly perSecond: number | undefined;
  /** What is left, in milliseconds; undefined while nobody knows. */
  readonly etaMs: number | undefined;
}

/** How many of its runs have ended, and how many are under way. */
export function endedOf({ succeeded, failed, cancelled }: BackfillRow): number {
  return succeeded + failed + cancelled;
}

/** A bar with its figures, in two lines. */
export function progressText(row: BackfillRow, pace: Pace, style: Style): string[] {
  const { runs } = row.plan;
  const share = runs === 0 ? 1 : endedOf(row) / runs;
  const good = Math.round((row.succeeded / Math.max(1, runs)) * BAR);
  const bad = Math.min(BAR - good, Math.ceil(((row.failed + row.cancelled) / Math.max(1, runs)) * BAR));
  const bar = `${style.green("█".repeat(good))}${style.red("█".repeat(bad))}${style.dim("░".repeat(BAR - good - bad))}`;
  return [
    `${style.bold(row.flow)} ${bar} ${Math.floor(share * 100)} %  ${endedOf(row)} of ${countText(runs, "run")}${paceText(pace)}`,
    `  ${row.state}${row.reason === null ? "" : `: ${row.reason}`}  ${countsText(row, style)}  ${style.dim(row.id)}`,
  ];
}

/** One line for an output that is no terminal. */
export function progressLine(row: BackfillRow, pace: Pace): string {
  const { runs } = row.plan;
  const failed = row.failed === 0 ? "" : `, ${row.failed} failed`;
  return `${row.flow} ${row.state} ${endedOf(row)} of ${countText(runs, "run")}${failed}${paceText(pace)}`;
}

function paceText({ perSecond, etaMs }: Pace): string {
  const rate = perSecond === undefined ? "" : `  ${rateText(perSecond)}`;
  return `${rate}${etaMs === undefined ? "" : `  ${formatDuration(etaMs)} left`}`;
}

function rateText(perSecond: number): string {
  if (perSecond >= 1) return `${perSecond.toFixed(1)} runs/s`;
  return `${(perSecond * 60).toFixed(1)} runs/min`;
}

export function countsText({ made, succeeded, failed, cancelled }: BackfillRow, style: Style): string {
  const active = made - succeeded - failed - cancelled;
  return [
    style.green(`${succeeded} success`),
    ...(failed > 0 ? [style.red(`${failed} failed`)] : []),
    ...(cancelled > 0 ? [style.magenta(`${cancelled} cancelled`)] : []),
    ...(active > 0 ? [style.cyan(`${active} under way`)] : []),
  ].join(", ");
}
