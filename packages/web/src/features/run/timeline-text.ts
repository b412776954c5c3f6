import { STATES_BY_URGENCY } from "@millrace/core";
import { LOOKS, type State } from "../../ui/states.ts";
import { durationText } from "../../ui/time-text.ts";
import { type Bar, barState, type Segment, spanOf, sumOf, type TimelineRow } from "./timeline-bars.ts";
import type { TimelineHit } from "./timeline-canvas.ts";

/** Of many, the most urgent. */
export function rowState({ bars }: TimelineRow): State {
  const states = new Set(bars.map(barState));
  return STATES_BY_URGENCY.find((state) => states.has(state)) ?? "none";
}

/** What a row is and what its bars show, in words. */
export function rowText(row: TimelineRow): string {
  const [only, ...others] = row.bars;
  if (only === undefined) return row.label;
  if (others.length > 0) return `${row.label} ${row.bars.length}, ${countsOf(row)}`;
  return `${row.label}, ${barText(only, Date.now())}`;
}

function barText(bar: Bar, nowMs: number): string {
  const attempts = bar.segments.filter(({ kind }) => kind === "run").length;
  const parts = [LOOKS[barState(bar)].text];
  for (const kind of ["queue", "run", "retry", "wait"] as const) {
    const ms = sumOf(bar, kind, nowMs);
    if (ms > 0) parts.push(`${VERBS[kind].toLowerCase()} ${durationText(ms)}`);
  }
  if (attempts > 1) parts.push(`${attempts} attempts`);
  return parts.join(", ");
}

function countsOf({ bars }: TimelineRow): string {
  const counts = Map.groupBy(bars, barState);
  return STATES_BY_URGENCY.flatMap((state) => {
    const count = counts.get(state)?.length;
    return count === undefined ? [] : [`${count} ${LOOKS[state].text.toLowerCase()}`];
  }).join(", ");
}

const VERBS: Readonly<Record<Segment["kind"], string>> = {
  queue: "Queued",
  run: "Ran",
  retry: "Between tries",
  wait: "Waited",
};

/** What the pointer is on: the segment, then what all of its task took. */
export function hitText({ row, segment, atMs }: TimelineHit, nowMs: number): string {
  const [only, ...others] = row.bars;
  if (only === undefined) return "";
  if (others.length > 0) {
    const running = row.bars.filter(({ segments }) =>
      segments.some(({ kind, startMs, endMs = nowMs }) => kind === "run" && startMs <= atMs && atMs <= endMs),
    ).length;
    return `${row.label}\n${running} of ${row.bars.length} ran at this moment\n${countsOf(row)}`;
  }
  const lines = [row.label];
  if (segment !== undefined) lines.push(segmentText(segment, nowMs));
  lines.push(`${durationText(spanOf(only, nowMs))} in all: ${barText(only, nowMs)}`);
  if (only.row.error !== null) lines.push(only.row.error.message);
  return lines.join("\n");
}

function segmentText({ kind, state, startMs, endMs = 0, attempt }: Segment, nowMs: number): string {
  const took = durationText((endMs === 0 ? nowMs : endMs) - startMs);
  if (kind !== "run") return `${VERBS[kind]} ${took}`;
  return `Attempt ${attempt ?? 1}: ${LOOKS[state].text.toLowerCase()}, ${took}`;
}
