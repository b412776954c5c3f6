import type { Attempt, TaskRun } from "../../api/shapes.ts";
import type { State } from "../../ui/states.ts";
import { durationText } from "../../ui/time-text.ts";

export interface Segment {
  /** `queue`: ready, and not begun. `wait`: between two tries, or for something outside. */
  readonly kind: "queue" | "run" | "wait";
  readonly state: State;
  readonly startMs: number;
  readonly endMs: number;
}

export interface Bar {
  readonly row: TaskRun;
  readonly segments: readonly Segment[];
}

/** For each task run that has begun: what it did when. In the order in which they became ready. */
export function barsOf(taskRuns: readonly TaskRun[], attempts: readonly Attempt[], nowMs: number): readonly Bar[] {
  const byTask = Map.groupBy(attempts, ({ task, hook }) => `${hook} ${task}`);
  return taskRuns
    .map((row) => ({ row, segments: segmentsOf(row, byTask.get(`${row.hook} ${row.task}`) ?? [], nowMs) }))
    .filter(({ segments }) => segments.length > 0)
    .toSorted((a, b) => (a.segments[0]?.startMs ?? 0) - (b.segments[0]?.startMs ?? 0));
}

function segmentsOf(row: TaskRun, attempts: readonly Attempt[], nowMs: number): Segment[] {
  const segments: Segment[] = [];
  let lastMs = row.readyAt === null ? undefined : Date.parse(row.readyAt);
  let kind: "queue" | "wait" = "queue";
  for (const { startedAt, endedAt, state } of attempts) {
    const startMs = Date.parse(startedAt);
    if (lastMs !== undefined && startMs > lastMs)
      segments.push({ kind, state: "queued", startMs: lastMs, endMs: startMs });
    const endMs = endedAt === null ? nowMs : Date.parse(endedAt);
    segments.push({ kind: "run", state, startMs, endMs: Math.max(startMs, endMs) });
    lastMs = endMs;
    kind = "wait";
  }
  const isOpen = row.endedAt === null && !segments.some(({ endMs }) => endMs >= nowMs);
  if (isOpen && lastMs !== undefined && lastMs < nowMs) {
    segments.push({ kind, state: "queued", startMs: lastMs, endMs: nowMs });
  }
  return segments;
}

export interface TimeScale {
  readonly shareOf: (ms: number) => number;
  readonly marks: readonly { readonly share: number; readonly text: string }[];
}

/** A stretch in which nothing ran and that is longer than this share of the whole is cut to it. */
const GAP_SHARE = 0.06;
const MARKS = 6;

/** Where an instant stands from left to right. Time in which nothing ran takes little room. */
export function scaleOf(bars: readonly Bar[], startMs: number, endMs: number): TimeScale {
  const busy = merged(
    bars.flatMap(({ segments }) =>
      segments.filter(({ kind }) => kind === "run").map((each) => [each.startMs, each.endMs] as const),
    ),
  );
  const last = Math.max(endMs, busy.at(-1)?.[1] ?? endMs, startMs + 1);
  const busyMs = busy.reduce((sum, [from, to]) => sum + to - from, 0);
  const gapMs = Math.max(1, busyMs * GAP_SHARE);
  // Knots of a line through instants and how much time has passed at them as it is drawn.
  const knots: { readonly ms: number; readonly drawn: number }[] = [{ ms: startMs, drawn: 0 }];
  const add = (ms: number, most: number): void => {
    const before = knots.at(-1) as (typeof knots)[number];
    if (ms > before.ms) knots.push({ ms, drawn: before.drawn + Math.min(ms - before.ms, most) });
  };
  for (const [from, to] of busy) {
    add(from, gapMs);
    add(to, Number.POSITIVE_INFINITY);
  }
  add(last, gapMs);
  const whole = Math.max(1, knots.at(-1)?.drawn ?? 1);
  const marks = Array.from({ length: MARKS }, (_, at) => at / MARKS).map((share) => ({
    share,
    text: durationText(instantAt(knots, share * whole) - startMs),
  }));
  return {
    shareOf: (ms) => drawnAt(knots, ms) / whole,
    marks: marks.filter(({ text }, at) => text !== marks[at - 1]?.text),
  };
}

type Knots = readonly { readonly ms: number; readonly drawn: number }[];

function drawnAt(knots: Knots, ms: number): number {
  const at = knots.findIndex((knot) => knot.ms >= ms);
  const [before, after] = at < 0 ? [knots.at(-1), knots.at(-1)] : [knots[Math.max(0, at - 1)], knots[at]];
  if (before === undefined || after === undefined) return 0;
  if (after.ms === before.ms) return after.drawn;
  return before.drawn + ((ms - before.ms) / (after.ms - before.ms)) * (after.drawn - before.drawn);
}

function instantAt(knots: Knots, drawn: number): number {
  const at = Math.max(
    1,
    knots.findIndex((knot) => knot.drawn >= drawn),
  );
  const [before, after] = [knots[at - 1], knots[at]];
  if (before === undefined || after === undefined) return before?.ms ?? 0;
  return before.ms + ((drawn - before.drawn) / Math.max(1, after.drawn - before.drawn)) * (after.ms - before.ms);
}

/** Stretches that touch or overlap as one. */
function merged(stretches: readonly (readonly [from: number, to: number])[]): (readonly [from: number, to: number])[] {
  const all: (readonly [number, number])[] = [];
  for (const [from, to] of stretches.toSorted(([a], [b]) => a - b)) {
    const last = all.at(-1);
    if (last !== undefined && from <= last[1]) all[all.length - 1] = [last[0], Math.max(last[1], to)];
    else all.push([from, to]);
  }
  return all;
}
