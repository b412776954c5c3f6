import type { Bar } from "./timeline-bars.ts";

type Stretch = readonly [fromMs: number, toMs: number];

/** When anything ran; what goes on has no end yet. */
export interface Busy {
  readonly closed: readonly Stretch[];
  readonly openFromMs: number | undefined;
}

export interface TimeScale {
  /** Where an instant stands from left (0) to right (1). Time in which nothing ran takes little room. */
  readonly shareOf: (ms: number) => number;
  readonly instantAt: (share: number) => number;
  /** The stretches that were cut short, by their shares. */
  readonly cuts: readonly { readonly from: number; readonly to: number; readonly ms: number }[];
}

/** A stretch in which nothing ran and that is longer than this share of the whole is cut to it. */
const GAP_SHARE = 0.06;

export function busyOf(bars: readonly Bar[]): Busy {
  const stretches: Stretch[] = [];
  let openFromMs: number | undefined;
  for (const { segments } of bars) {
    for (const { kind, startMs, endMs } of segments) {
      if (kind !== "run") continue;
      if (endMs !== undefined) stretches.push([startMs, endMs]);
      else openFromMs = Math.min(openFromMs ?? startMs, startMs);
    }
  }
  return { closed: merged(stretches), openFromMs };
}

export function scaleOf({ closed, openFromMs }: Busy, startMs: number, endMs: number): TimeScale {
  const busy = openFromMs === undefined ? closed : withOpen(closed, [openFromMs, Math.max(openFromMs, endMs)]);
  const last = Math.max(endMs, busy.at(-1)?.[1] ?? endMs, startMs + 1);
  const busyMs = busy.reduce((sum, [from, to]) => sum + to - from, 0);
  const gapMs = Math.max(1, busyMs * GAP_SHARE);
  // Knots of a line through instants and how much time has passed at them as it is drawn.
  const at: number[] = [startMs];
  const drawn: number[] = [0];
  const cuts: { from: number; to: number; ms: number }[] = [];
  const add = (ms: number, most: number): void => {
    const before = at.at(-1) as number;
    if (ms <= before) return;
    const from = drawn.at(-1) as number;
    const to = from + Math.min(ms - before, most);
    at.push(ms);
    drawn.push(to);
    if (ms - before > most) cuts.push({ from, to, ms: ms - before });
  };
  for (const [from, to] of busy) {
    add(from, gapMs);
    add(to, Number.POSITIVE_INFINITY);
  }
  add(last, gapMs);
  const whole = Math.max(1, drawn.at(-1) ?? 1);
  return {
    shareOf: (ms) => between({ knots: at, values: drawn }, ms) / whole,
    instantAt: (share) => between({ knots: drawn, values: at }, share * whole),
    cuts: cuts.map(({ from, to, ms }) => ({ from: from / whole, to: to / whole, ms })),
  };
}

/** The value at a place between knots, which grow. */
function between(
  { knots, values }: { readonly knots: readonly number[]; readonly values: readonly number[] },
  place: number,
): number {
  let [low, high] = [0, knots.length - 1];
  if (place <= (knots[0] as number)) return values[0] as number;
  if (place >= (knots[high] as number)) return values[high] as number;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((knots[middle] as number) <= place) low = middle;
    else high = middle;
  }
  const [from, to] = [knots[low] as number, knots[high] as number];
  const [first, last] = [values[low] as number, values[high] as number];
  return first + ((place - from) / (to - from)) * (last - first);
}

function withOpen(closed: readonly Stretch[], [from, to]: Stretch): readonly Stretch[] {
  const before = closed.filter(([, end]) => end < from);
  const over = closed[before.length];
  return [...before, [over === undefined ? from : Math.min(over[0], from), to]];
}

/** Stretches that touch or overlap as one. */
function merged(stretches: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = [];
  for (const [from, to] of stretches.toSorted(([a], [b]) => a - b)) {
    const last = all.at(-1);
    if (last !== undefined && from <= last[1]) all[all.length - 1] = [last[0], Math.max(last[1], to)];
    else all.push([from, to]);
  }
  return all;
}
