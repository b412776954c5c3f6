import { MillraceError } from "../errors/millrace-error.ts";
import { tickInstants } from "../partitions/boundaries.ts";
import { instantText, readInstantText } from "../partitions/instant-text.ts";
import type { PlaceRange } from "../partitions/key-series.ts";
import type { Partitions } from "../partitions/partitions.ts";
import { joined, placesOfSlice, sliceOf, windowOfPlaces } from "../partitions/slice.ts";
import type { SliceRun } from "../ports/triggers.ts";
import type { Ticks } from "../time/ticks.ts";
import type { BackfillRequest, BackfillRun, BackfillSelection } from "./backfill.ts";
import { MAX_BACKFILL_RUNS } from "./limits.ts";

/** What a backfill chooses from: windows or keys in order, by position. */
export interface BackfillSeries {
  /** Whether a range may be told by its ends; see `Partitions`. */
  readonly isSettled: boolean;
  /** Each window's run depends on that of the window before it. */
  readonly isChained: boolean;
  /** What there is to choose from, for who chose none of it. */
  readonly extent: string;
  /** A key, or the instant of a tick. */
  nameAt(place: number): string;
  /** @throws MillraceError `UNKNOWN_PARTITION`. */
  placeOf(name: string): number;
  /** What was asked for, in order. @throws MillraceError where it cannot be told or is not there. */
  selected(selection: BackfillSelection): readonly PlaceRange[];
  /** What a run stands for; empty where it is nothing of this series. */
  placesOf(run: Pick<SliceRun, "slice" | "window" | "scheduledAtMs">): readonly PlaceRange[];
  /** What the run of a tick will stand for. */
  placesOfTick(tick: Pick<SliceRun, "window" | "scheduledAtMs">): readonly PlaceRange[];
  /** The one run for positions that follow each other. */
  runOf(range: PlaceRange): BackfillRun;
}

/** Of a partitioned flow. `nowMs` is the window of runs whose keys are no times. */
export function partitionSeries(partitions: Partitions, nowMs: number): BackfillSeries {
  return {
    isSettled: partitions.isSettled,
    isChained: false,
    extent: extentOf(partitions),
    nameAt: (place) => partitions.keyAt(place),
    placeOf: (name) => partitions.placeOf(name),
    selected: (selection) => selectKeys(partitions, selection),
    placesOf: ({ slice, window }) => {
      try {
        if (slice !== null) return placesOfSlice(partitions, slice);
      } catch {
        // A key that is no more, or was of another definition.
        return [];
      }
      // Made before the flow was cut, or by hand: it stands for the windows it has covered exactly.
      const within = partitions.startingWithin(window.startMs, window.endMs) ?? [];
      const covered = windowOfPlaces(partitions, within);
      return covered?.startMs === window.startMs && covered.endMs === window.endMs ? within : [];
    },
    placesOfTick: ({ window }) => partitions.startingWithin(window.startMs, window.endMs) ?? [],
    runOf: (range) => ({
      window: windowOfPlaces(partitions, [range]) ?? { startMs: nowMs, endMs: nowMs },
      slice: sliceOf(partitions, range),
      scheduledAtMs: null,
    }),
  };
}

function extentOf(partitions: Partitions): string {
  if (partitions.count === 0) return "The flow has no partition yet: one is there once its window has ended.";
  const [first, last] = [partitions.keyAt(0), partitions.keyAt(partitions.count - 1)];
  return `The flow's partitions are ${first} to ${last}: take a range that one of them starts in.`;
}

function selectKeys(partitions: Partitions, selection: BackfillSelection): readonly PlaceRange[] {
  switch (selection.kind) {
    case "range": {
      const ranges = partitions.startingWithin(selection.fromMs, selection.toMs);
      if (ranges !== null) return ranges;
      throw new MillraceError("INVALID_BACKFILL", "The flow's partitions are no times.", {
        hint: "Name the keys instead of a range of time.",
      });
    }
    case "keys_between": {
      const first = partitions.placeOf(selection.from);
      const last = partitions.placeOf(selection.to);
      if (first <= last) return [{ first, end: last + 1 }];
      throw new MillraceError("INVALID_BACKFILL", `The key ${selection.from} comes after ${selection.to}.`, {
        hint: "Swap them: the first key comes first, whatever the order of the runs.",
      });
    }
    case "keys":
      return joined(selection.keys.map((key) => partitions.placeOf(key)));
  }
}

/** Where the windows of a schedule are looked for. */
export interface TickRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** No more than the first `MAX_BACKFILL_RUNS` windows matter. Defaults to no: a range with more is refused. */
  readonly isCut?: boolean;
}

/**
 * Of a flow without partitions: the windows of one of its schedules, from the first that starts within the range. None
 * that has not ended is among them. Ticks are found one after the other, so there are no more than a backfill has runs.
 *
 * @throws MillraceError `BACKFILL_TOO_LARGE`.
 */
export function tickSeries(ticks: Ticks, range: TickRange, nowMs: number): BackfillSeries {
  const next = ticks.next(range.fromMs, true);
  // The tick at the beginning of the range, or after it, may end a window that began before it.
  const isWithin = next === undefined || ticks.windowOf(next).startMs >= range.fromMs;
  const instants = tickInstants(ticks, isWithin ? range.fromMs : (next as number) + 1);
  const startOf = (place: number): number =>
    place === 0 ? ticks.windowOf(instants.at(0)).startMs : instants.at(place - 1);
  let count = 0;
  while (instants.at(count) <= nowMs && startOf(count) < range.toMs) {
    if (count === MAX_BACKFILL_RUNS && range.isCut) break;
    if (count === MAX_BACKFILL_RUNS) throw tooMany();
    count += 1;
  }
  const placeOfTick = (tickMs: number | null): number | undefined => {
    if (tickMs === null) return undefined;
    const place = instants.placeOf(tickMs);
    return place >= 0 && place < count && instants.at(place) === tickMs ? place : undefined;
  };
  const placesOf: BackfillSeries["placesOfTick"] = ({ scheduledAtMs }) => {
    const place = placeOfTick(scheduledAtMs);
    return place === undefined ? [] : [{ first: place, end: place + 1 }];
  };
  return {
    isSettled: true,
    isChained: false,
    extent: "A window is in the range when it starts there and has ended by now.",
    nameAt: (place) => instantText(instants.at(place)),
    placeOf: (name) => {
      const place = placeOfTick(readInstantText(name) ?? null);
      if (place !== undefined) return place;
      throw new MillraceError("UNKNOWN_PARTITION", `The schedule has no tick ${name} in this range.`);
    },
    selected: ({ kind }) => {
      if (kind === "range") return count === 0 ? [] : [{ first: 0, end: count }];
      throw new MillraceError("INVALID_BACKFILL", "The flow has no partitions, so it has no keys.", {
        hint: "Give a range of time: the windows of its schedule are meant.",
      });
    },
    placesOf,
    placesOfTick: placesOf,
    runOf: ({ first, end }) => ({
      window: { startMs: startOf(first), endMs: instants.at(end - 1) },
      slice: null,
      scheduledAtMs: instants.at(end - 1),
    }),
  };
}

function tooMany(): MillraceError {
  return new MillraceError("BACKFILL_TOO_LARGE", `The range has more than ${MAX_BACKFILL_RUNS} windows.`, {
    hint: "Take a shorter range, or say how many runs it may make, the oldest first.",
  });
}

/** Whether two backfills ask for something in common. */
export function overlaps(series: BackfillSeries, mine: BackfillRequest, other: BackfillRequest): boolean {
  if (mine.selection.kind === "range" && other.selection.kind === "range") {
    const [a, b] = [mine.selection, other.selection];
    return a.fromMs < b.toMs && b.fromMs < a.toMs;
  }
  return share(series.selected(mine.selection), series.selected(other.selection));
}

/** Whether ranges, each list in order, have a position in common. */
function share(some: readonly PlaceRange[], others: readonly PlaceRange[]): boolean {
  return some.some((a) => others.some((b) => a.first < b.end && b.first < a.end));
}
