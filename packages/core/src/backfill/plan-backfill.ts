import type { Window } from "../attempt/order.ts";
import { MillraceError } from "../errors/millrace-error.ts";
import type { PlaceRange } from "../partitions/key-series.ts";
import type { SliceRun } from "../ports/triggers.ts";
import { isFinalRunState, type RunState } from "../states/run.ts";
import type { BackfillPiece, BackfillPlan, BackfillRequest, Reprocess, RunPer } from "./backfill.ts";
import { MAX_BACKFILL_RUNS } from "./limits.ts";
import type { BackfillSeries } from "./series.ts";

/** A plan, and what it leaves out. */
export interface PlannedBackfill {
  readonly plan: BackfillPlan;
  /** In order. */
  readonly left: readonly { readonly name: string; readonly reason: LeftReason }[];
  /** All that its runs cover. */
  readonly window: Window;
}

export type LeftReason = keyof BackfillPlan["left"];

type Asked = Pick<BackfillRequest, "selection" | "reprocess" | "order" | "runPer" | "limit">;

/**
 * Decides what a backfill runs. What it costs depends on how many runs there were, not on how many windows there are.
 *
 * @param runs runs of the flow that stand for a window or slice, the oldest first.
 * @throws MillraceError `INVALID_BACKFILL` where nothing is left to run, or it would run windows before those that they
 * depend on; `BACKFILL_TOO_LARGE`.
 */
export function planBackfill(series: BackfillSeries, asked: Asked, runs: readonly SliceRun[]): PlannedBackfill {
  if (series.isChained && asked.order === "newest") throw newestFirst();
  const selected = series.selected(asked.selection);
  const states = statesOf(series, selected, runs);
  const left = leftOut(states, asked.reprocess);
  const kept = without(selected, Array.from(left.keys()));
  const windows = selected.reduce((sum, { first, end }) => sum + end - first, 0);
  if (kept.length === 0) throw nothingToDo(series, windows, left);
  if (!series.isSettled && asked.runPer.kind !== "partition") {
    throw new MillraceError("INVALID_BACKFILL", "Keys of these partitions may come and go while the backfill runs.", {
      hint: "Run each partition on its own: runPer partition.",
    });
  }
  const chunks = cut(chunked(series.isSettled ? kept : singly(kept), asked.runPer), asked);
  if (series.isChained) refuseGap(series, states, { left, end: (chunks.at(-1) as Chunk).end });
  const total = chunks.reduce((sum, chunk) => sum + runsOf(chunk), 0);
  if (total > MAX_BACKFILL_RUNS && asked.limit === null) {
    throw new MillraceError("BACKFILL_TOO_LARGE", `The backfill would make ${total} runs.`, {
      hint: "Say how many it may make, take a shorter range, or let each run take several partitions.",
    });
  }
  const reasons = Array.from(left, ([place, reason]) => ({ name: series.nameAt(place), reason }));
  return {
    plan: {
      runs: total,
      windows,
      left: {
        exists: reasons.filter(({ reason }) => reason === "exists").length,
        "in flight": reasons.filter(({ reason }) => reason === "in flight").length,
      },
      pieces: chunks.map((chunk) => pieceOf(series, chunk)),
      chained: series.isChained,
    },
    left: reasons,
    window: hull(chunks.map((chunk) => series.runOf(chunk).window)),
  };
}

/** The state of each window that was run before: of its newest run, unless one is under way. */
function statesOf(
  series: BackfillSeries,
  selected: readonly PlaceRange[],
  runs: readonly SliceRun[],
): ReadonlyMap<number, RunState> {
  const states = new Map<number, RunState>();
  for (const run of runs) {
    for (const range of series.placesOf(run)) {
      for (const { first, end } of common(selected, range)) {
        for (let place = first; place < end; place += 1) {
          const before = states.get(place);
          if (before === undefined || isFinalRunState(before)) states.set(place, run.state);
        }
      }
    }
  }
  return states;
}

function leftOut(states: ReadonlyMap<number, RunState>, reprocess: Reprocess): Map<number, LeftReason> {
  const left = new Map<number, LeftReason>();
  for (const [place, state] of Array.from(states).sort(([a], [b]) => a - b)) {
    if (!isFinalRunState(state)) left.set(place, "in flight");
    else if (reprocess === "none" || (reprocess === "failed" && state === "success")) left.set(place, "exists");
  }
  return left;
}

function common(ranges: readonly PlaceRange[], other: PlaceRange): PlaceRange[] {
  return ranges
    .map(({ first, end }) => ({ first: Math.max(first, other.first), end: Math.min(end, other.end) }))
    .filter(({ first, end }) => first < end);
}

/** @param places in order, each within one of the ranges. */
function without(ranges: readonly PlaceRange[], places: readonly number[]): PlaceRange[] {
  const rest: PlaceRange[] = [];
  let next = 0;
  for (const { first, end } of ranges) {
    let from = first;
    for (; next < places.length && (places[next] as number) < end; next += 1) {
      const place = places[next] as number;
      if (from < place) rest.push({ first: from, end: place });
      from = place + 1;
    }
    if (from < end) rest.push({ first: from, end });
  }
  return rest;
}

function singly(ranges: readonly PlaceRange[]): PlaceRange[] {
  return ranges.flatMap(({ first, end }) =>
    Array.from({ length: end - first }, (_, offset) => ({ first: first + offset, end: first + offset + 1 })),
  );
}

/** Positions that follow each other, and how many of them each run takes. */
interface Chunk extends PlaceRange {
  readonly size: number;
}

function chunked(ranges: readonly PlaceRange[], runPer: RunPer): Chunk[] {
  return ranges.map((range) => {
    const length = range.end - range.first;
    const size = runPer.kind === "count" ? Math.min(runPer.count, length) : 1;
    return { ...range, size: runPer.kind === "range" ? length : size };
  });
}

function runsOf({ first, end, size }: Chunk): number {
  return Math.ceil((end - first) / size);
}

/** As many as the limit says, from where the order begins. */
function cut(chunks: readonly Chunk[], { order, limit }: Asked): Chunk[] {
  let room = limit ?? Number.POSITIVE_INFINITY;
  const kept: Chunk[] = [];
  for (const chunk of order === "oldest" ? chunks : chunks.toReversed()) {
    if (room <= 0) break;
    const over = Math.max(0, runsOf(chunk) - room);
    room -= runsOf(chunk);
    // The last run of a chunk may be a short one: whole runs are dropped at the beginning, or all after some at the end.
    if (order === "newest") kept.unshift({ ...chunk, first: chunk.first + over * chunk.size });
    else kept.push({ ...chunk, end: Math.min(chunk.end, chunk.first + (runsOf(chunk) - over) * chunk.size) });
  }
  return kept;
}

function pieceOf(series: BackfillSeries, { first, end, size }: Chunk): BackfillPiece {
  return { from: series.nameAt(first), to: series.nameAt(end - 1), count: end - first, size };
}

function hull(windows: readonly Window[]): Window {
  return windows.reduce((all, each) => ({
    startMs: Math.min(all.startMs, each.startMs),
    endMs: Math.max(all.endMs, each.endMs),
  }));
}

function newestFirst(): MillraceError {
  return new MillraceError("INVALID_BACKFILL", "The flow depends on the past: newest first would never begin.", {
    hint: "Take the order oldest.",
  });
}

/** What is left out, before the end, must have succeeded where others depend on it. */
function refuseGap(
  series: BackfillSeries,
  states: ReadonlyMap<number, RunState>,
  { left, end }: { readonly left: ReadonlyMap<number, LeftReason>; readonly end: number },
): void {
  for (const [place, reason] of left) {
    const state = states.get(place);
    if (place >= end || state === "success") continue;
    const [name, what] = [series.nameAt(place), reason === "exists" ? `was ${state} before` : "is under way"];
    throw new MillraceError("INVALID_BACKFILL", `The window ${name} ${what}, and those after it depend on it.`, {
      hint: reason === "exists" ? "With `reprocess` failed it is run again, too." : "Wait for its end.",
    });
  }
}

function nothingToDo(
  { extent }: BackfillSeries,
  windows: number,
  left: ReadonlyMap<number, LeftReason>,
): MillraceError {
  if (windows === 0) {
    return new MillraceError("INVALID_BACKFILL", "The backfill has nothing to do: no window is in its range.", {
      hint: extent,
    });
  }
  const inFlight = Array.from(left.values()).filter((reason) => reason === "in flight").length;
  const parts = [
    ...(left.size > inFlight ? [`${left.size - inFlight} ran before`] : []),
    ...(inFlight > 0 ? [`${inFlight} are under way`] : []),
  ];
  return new MillraceError("INVALID_BACKFILL", `The backfill has nothing to do: of its windows ${parts.join(", ")}.`, {
    hint: "With `reprocess` failed or completed, windows that ran before are run again.",
  });
}
