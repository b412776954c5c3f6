import type { FlowSpec, ScheduleSpec, Window } from "@millrace/core";
import { type Partitions, type PartitionsAt, partitionsAt, type Ticks, ticksOf, zoneOf } from "@millrace/core/time";
import { CivilDays } from "./civil-days.ts";
import { flowZone } from "./flow-zone.ts";

/** Something that a run should cover. */
export interface Expected {
  readonly window: Window;
  /** A partition's key, or the instant of the tick at which the window ends. */
  readonly key: string;
}

const HOUR_MS = 3_600_000;
const QUARTER_MS = HOUR_MS / 4;
/** More than so many in a stretch of time, and nobody counts what is missing. */
const MOST_EXPECTED = 60_000;

/** How a flow's time is cut: by its partitions, else by the ticks of its schedules; null where it is by neither. */
export class ExpectedWindows {
  readonly days: CivilDays;
  readonly timeZone: string;
  readonly #partitions: Partitions | null;
  readonly #schedules: readonly { readonly spec: ScheduleSpec; readonly ticks: Ticks }[];
  readonly #nowMs: number;

  constructor(spec: FlowSpec, at: PartitionsAt) {
    const partitions = spec.partitions === null ? null : partitionsAt(spec.partitions, at);
    const isTime = partitions?.startingWithin(at.nowMs, at.nowMs) != null;
    this.#partitions = isTime ? partitions : null;
    this.#schedules = spec.schedules.flatMap((schedule) => {
      const ticks = ticksOf(schedule);
      return ticks === undefined ? [] : [{ spec: schedule, ticks }];
    });
    this.#nowMs = at.nowMs;
    this.timeZone = flowZone(spec) ?? "UTC";
    this.days = new CivilDays(zoneOf(this.timeZone));
  }

  /** Whether days are those of windows. */
  get isKnown(): boolean {
    return this.#partitions !== null || this.#schedules.length > 0;
  }

  /** Stretches of time that lie within one day wherever they are: zones differ from UTC by whole hours, or by quarters. */
  bucketMs(fromMs: number, toMs: number): number {
    const zone = zoneOf(this.timeZone);
    for (let at: number | undefined = fromMs; at !== undefined && at < toMs; at = zone.changeAfter(at)) {
      if (zone.offsetAt(at) % HOUR_MS !== 0) return QUARTER_MS;
    }
    return HOUR_MS;
  }

  get isPartitioned(): boolean {
    return this.#partitions !== null;
  }

  /** On which the last partition that there is starts, where partitions are times. */
  get newestDay(): number | undefined {
    const count = this.#partitions?.count ?? 0;
    const window = count === 0 ? null : this.#partitions?.windowAt(count - 1);
    return window == null ? undefined : this.days.at(window.startMs);
  }

  /**
   * Those that start within a stretch of time and are over, in order; undefined where they are too many.
   *
   * @param sinceOf from when on a schedule's ticks count, as it was not there before; null where it never ran.
   */
  past(fromMs: number, toMs: number, sinceOf: (schedule: string) => number | null): readonly Expected[] | undefined {
    if (this.#partitions !== null) return partitionsWithin(this.#partitions, fromMs, toMs);
    const found: Expected[] = [];
    for (const { spec, ticks } of this.#schedules) {
      const sinceMs = sinceOf(spec.name);
      if (sinceMs === null) continue;
      for (let tick = ticks.next(Math.max(fromMs, sinceMs)); tick !== undefined; tick = ticks.next(tick)) {
        const window = ticks.windowOf(tick);
        if (tick > this.#nowMs || window.startMs >= toMs) break;
        if (found.length === MOST_EXPECTED) return undefined;
        if (window.startMs >= fromMs) found.push({ window, key: new Date(tick).toISOString() });
      }
    }
    return found.sort((a, b) => a.window.startMs - b.window.startMs);
  }

  /** What schedules will do: ticks to come, with the start of the window of each. Only the first so many. */
  planned(toMs: number, isPaused: (schedule: string) => boolean): readonly { atMs: number; startMs: number }[] {
    const found: { atMs: number; startMs: number }[] = [];
    for (const { spec, ticks } of this.#schedules) {
      if (isPaused(spec.name)) continue;
      for (let tick = ticks.next(this.#nowMs); tick !== undefined; tick = ticks.next(tick)) {
        const { startMs } = ticks.windowOf(tick);
        if (startMs >= toMs || found.length === MOST_EXPECTED) break;
        found.push({ atMs: tick, startMs });
      }
    }
    return found;
  }
}

function partitionsWithin(partitions: Partitions, fromMs: number, toMs: number): readonly Expected[] | undefined {
  const ranges = partitions.startingWithin(fromMs, toMs) ?? [];
  if (ranges.reduce((sum, { first, end }) => sum + end - first, 0) > MOST_EXPECTED) return undefined;
  return ranges.flatMap(({ first, end }) =>
    Array.from({ length: end - first }, (_, place) => ({
      window: partitions.windowAt(first + place) as Window,
      key: partitions.keyAt(first + place),
    })),
  );
}
