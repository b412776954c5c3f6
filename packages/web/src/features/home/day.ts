import type { Run, Trigger } from "../../api/shapes.ts";

const HOUR = 60 * 60 * 1_000;
/** What the strip shows before now, and after, in milliseconds. */
export const BEFORE_MS = 24 * HOUR;
export const AFTER_MS = 4 * HOUR;
/** Flows that have a row of their own: those that matter most now. */
const MOST_ROWS = 12;

/** One run on the strip, in shares of its width. */
export interface Bar {
  readonly run: Run;
  readonly from: number;
  readonly width: number;
}

export interface DayRow {
  readonly flow: string;
  readonly bars: readonly Bar[];
  /** Ticks to come. */
  readonly next: readonly { readonly at: string; readonly from: number; readonly text: string }[];
}

/** Where an instant stands on the strip: 0 at its beginning, 1 at its end. */
export function shareOf(ms: number, nowMs: number): number {
  return (ms - (nowMs - BEFORE_MS)) / (BEFORE_MS + AFTER_MS);
}

/** The runs of the last day by flow, with the ticks that come soon; flows with failures first, then the busiest. */
export function dayRows(runs: readonly Run[], triggers: readonly Trigger[], nowMs: number): readonly DayRow[] {
  const soon = Map.groupBy(
    triggers.filter(({ nextTick }) => nextTick !== null && Date.parse(nextTick) < nowMs + AFTER_MS),
    ({ flow }) => flow,
  );
  const byFlow = Map.groupBy(
    runs.filter((run) => endMs(run, nowMs) > nowMs - BEFORE_MS),
    ({ flow }) => flow,
  );
  const flows = [...new Set([...byFlow.keys(), ...soon.keys()])];
  return flows
    .map(
      (flow): DayRow => ({
        flow,
        bars: (byFlow.get(flow) ?? []).map((run) => barOf(run, nowMs)).toReversed(),
        next: (soon.get(flow) ?? []).map(({ nextTick, text }) => ({
          at: String(nextTick),
          from: shareOf(Math.max(nowMs, Date.parse(String(nextTick))), nowMs),
          text,
        })),
      }),
    )
    .toSorted((a, b) => weightOf(b) - weightOf(a) || a.flow.localeCompare(b.flow))
    .slice(0, MOST_ROWS);
}

function weightOf({ bars }: DayRow): number {
  const failed = bars.some(({ run }) => run.state === "failed");
  return (failed ? 1_000_000 : 0) + bars.length;
}

function barOf(run: Run, nowMs: number): Bar {
  const from = Math.max(0, shareOf(Date.parse(run.startedAt ?? run.createdAt), nowMs));
  return { run, from, width: Math.max(0, shareOf(endMs(run, nowMs), nowMs) - from) };
}

function endMs({ endedAt }: Run, nowMs: number): number {
  return endedAt === null ? nowMs : Date.parse(endedAt);
}

/** Whole hours on the strip, every fourth, as the viewer's clock has them. */
export function hourMarks(nowMs: number, hourOf: (ms: number) => number): readonly number[] {
  const first = Math.ceil((nowMs - BEFORE_MS) / HOUR) * HOUR;
  const all = Array.from({ length: (BEFORE_MS + AFTER_MS) / HOUR }, (_, place) => first + place * HOUR);
  return all.filter((ms) => hourOf(ms) % 4 === 0);
}

/** How many of the last day's runs ended, and how. */
export function countsOf(runs: readonly Run[], nowMs: number): { readonly good: number; readonly bad: number } {
  const ended = runs.filter(({ endedAt }) => endedAt !== null && Date.parse(endedAt) > nowMs - BEFORE_MS);
  return {
    good: ended.filter(({ state }) => state === "success").length,
    bad: ended.filter(({ state }) => state === "failed").length,
  };
}
