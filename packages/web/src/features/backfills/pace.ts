import type { Backfill } from "./backfill-state.tsx";
import { endedOf } from "./backfill-state.tsx";
import type { BackfillRun } from "./matrix-cells.ts";

/** How fast a backfill goes. */
interface Pace {
  /** Runs that ended in a minute; undefined until two have. */
  readonly perMinute: number | undefined;
  /** What is left, in milliseconds; undefined while nobody knows. */
  readonly leftMs: number | undefined;
}

/** From so many of the runs that ended last. */
const RECENT = 30;

/** Of one that is over, the mean of the whole. @param nowMs a stretch in which nothing ends makes it slower, too. */
export function paceOf(backfill: Backfill, runs: readonly BackfillRun[], nowMs: number): Pace {
  const { createdAt, endedAt: endOfAll } = backfill;
  if (endOfAll !== null) {
    const tookMs = Math.max(1, Date.parse(endOfAll) - Date.parse(createdAt));
    return { perMinute: (endedOf(backfill) / tookMs) * 60_000, leftMs: undefined };
  }
  const ends = runs
    .flatMap(({ endedAt }) => (endedAt === null ? [] : [Date.parse(endedAt)]))
    .toSorted((a, b) => a - b)
    .slice(-RECENT);
  const [first] = ends;
  const last = ends.at(-1);
  if (first === undefined || last === undefined || ends.length < 2) return { perMinute: undefined, leftMs: undefined };
  const isRunning = backfill.state === "running";
  const perMs = (ends.length - 1) / Math.max(1, (isRunning ? Math.max(nowMs, last) : last) - first);
  const left = backfill.runs - endedOf(backfill);
  return { perMinute: perMs * 60_000, leftMs: isRunning ? left / perMs : undefined };
}

/** `12.4 runs/s`, `3.1 runs/min`, `2.0 runs/h`: whichever says it best. */
export function rateText(perMinute: number): string {
  if (perMinute >= 60) return `${(perMinute / 60).toFixed(1)} runs/s`;
  if (perMinute >= 1) return `${perMinute.toFixed(1)} runs/min`;
  return `${(perMinute * 60).toFixed(1)} runs/h`;
}
