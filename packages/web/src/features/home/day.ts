import type { RunCounts, Trigger } from "../../api/shapes.ts";

const HOUR = 60 * 60 * 1_000;
/** What the strip shows before now, and after, in milliseconds. */
export const BEFORE_MS = 24 * HOUR;
export const AFTER_MS = 4 * HOUR;
/** Flows that have a row of their own: those that matter most now. */
export const MOST_ROWS = 12;

type Stretch = RunCounts["items"][number]["stretches"][number];
export type Counts = RunCounts["total"];

/** The runs of one flow that were made in one stretch of time, in shares of the strip's width. */
export interface Bar {
  readonly stretch: Stretch;
  readonly from: number;
  readonly width: number;
}

export interface DayRow {
  readonly flow: string;
  readonly total: Counts;
  readonly bars: readonly Bar[];
  /** Ticks to come. */
  readonly next: readonly { readonly at: string; readonly from: number; readonly text: string }[];
}

const NONE: Counts = { success: 0, failed: 0, cancelled: 0, active: 0 };

/** Where an instant stands on the strip: 0 at its beginning, 1 at its end. */
export function shareOf(ms: number, nowMs: number): number {
  return (ms - (nowMs - BEFORE_MS)) / (BEFORE_MS + AFTER_MS);
}

/** The runs of the last day by flow, with the ticks that come soon; in the order of the answer, then those that only come. */
export function dayRows(counts: RunCounts, triggers: readonly Trigger[], nowMs: number): readonly DayRow[] {
  const soon = Map.groupBy(
    triggers.filter(({ nextTick }) => nextTick !== null && Date.parse(nextTick) < nowMs + AFTER_MS),
    ({ flow }) => flow,
  );
  const known = new Map(counts.items.map((item) => [item.flow, item]));
  const flows = [...known.keys(), ...[...soon.keys()].filter((flow) => !known.has(flow)).toSorted()];
  return flows.slice(0, MOST_ROWS).map((flow) => ({
    flow,
    total: known.get(flow)?.total ?? NONE,
    bars: barsOf(known.get(flow)?.stretches ?? [], counts.stretchMs, nowMs),
    next: (soon.get(flow) ?? []).map(({ nextTick, text }) => ({
      at: String(nextTick),
      from: shareOf(Math.max(nowMs, Date.parse(String(nextTick))), nowMs),
      text,
    })),
  }));
}

/** What lies before the strip is cut off, and the stretch that is under way ends now. */
function barsOf(stretches: readonly Stretch[], stretchMs: number, nowMs: number): readonly Bar[] {
  const bars = stretches.map((stretch) => {
    const startMs = Date.parse(stretch.at);
    const from = Math.max(0, shareOf(startMs, nowMs));
    return { stretch, from, width: shareOf(Math.min(startMs + stretchMs, nowMs), nowMs) - from };
  });
  return bars.filter(({ width }) => width > 0);
}

/** Whole hours on the strip, every fourth, as the viewer's clock has them. */
export function hourMarks(nowMs: number, hourOf: (ms: number) => number): readonly number[] {
  const first = Math.ceil((nowMs - BEFORE_MS) / HOUR) * HOUR;
  const all = Array.from({ length: (BEFORE_MS + AFTER_MS) / HOUR }, (_, place) => first + place * HOUR);
  return all.filter((ms) => hourOf(ms) % 4 === 0);
}

/** `12 succeeded, 1 failed`: nothing is said of what there is none of. */
export function countsText({ success, failed, cancelled, active }: Counts): string {
  const parts = [
    [success, "succeeded"],
    [failed, "failed"],
    [cancelled, "cancelled"],
    [active, "under way"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, what]) => `${count.toLocaleString("en")} ${what}`);
  return said.length === 0 ? "no runs" : said.join(", ");
}
