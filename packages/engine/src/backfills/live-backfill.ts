import {
  type BackfillRow,
  backfillAtOnce,
  countBackfillRuns,
  type FinalRunState,
  isBlocked,
  isFinalRunState,
  type RunId,
  type SliceRun,
  type VersionId,
} from "@millrace/core";
import { type BackfillSeries, PlanPlaces } from "@millrace/core/time";
import type { ActiveRun } from "../active-run.ts";

/** A backfill that has not ended, in memory. It holds its open runs and what failed, never all that it has made. */
export class LiveBackfill {
  row: BackfillRow;
  #series: BackfillSeries;
  #places: PlanPlaces;
  /** Runs of it that have not ended. */
  readonly open = new Set<RunId>();
  /** Places of its order for which a run has been asked for, and those made beyond the first that is not. */
  readonly asked = new Set<number>();
  readonly #madeAhead = new Set<number>();
  /** Families that did not end well, as they are counted. */
  readonly #bad = new Map<RunId, { readonly state: "failed" | "cancelled"; readonly newest: RunId }>();
  /** Newest runs of families that are to be repeated, the next one last. */
  toRetry: RunId[];
  /** Repetitions that have been asked for and not made yet. */
  readonly retrying = new Set<RunId>();
  /** It was read again, or has ended: whoever still holds it must do nothing. */
  dropped = false;

  /** @param runs all of its runs in the store, in the order in which they were made. */
  constructor(row: BackfillRow, series: BackfillSeries, runs: readonly SliceRun[]) {
    this.#series = series;
    this.#places = new PlanPlaces(series, row.plan, row.request.order);
    const { toRetry, ...counts } = countBackfillRuns(runs, row.retriedAtMs);
    this.row = { ...row, ...counts };
    this.toRetry = toRetry.map(({ id }) => id).toReversed();
    for (const { id, rootRun, state } of runs) {
      if (!isFinalRunState(state)) this.open.add(id);
      if (state === "failed" || state === "cancelled") this.#bad.set(rootRun, { state, newest: id });
      else this.#bad.delete(rootRun);
    }
  }

  get series(): BackfillSeries {
    return this.#series;
  }

  get places(): PlanPlaces {
    return this.#places;
  }

  /** How many of its runs are under way, or about to be. */
  get busy(): number {
    return this.open.size + this.asked.size + this.retrying.size;
  }

  /** How many runs more may be under way. */
  get room(): number {
    return backfillAtOnce(this.row) - this.busy;
  }

  /** A run that did not succeed, where what comes next depends on it and nobody repeats it. */
  get blocking(): { readonly run: RunId; readonly state: "failed" | "cancelled" } | undefined {
    if (!isBlocked(this.row) || this.busy > 0 || this.toRetry.length > 0) return undefined;
    const [bad] = this.#bad.values();
    return bad === undefined ? undefined : { run: bad.newest, state: bad.state };
  }

  /** The place of the run that is to be asked for next, or undefined when all are, or when it must wait for another. */
  nextPlace(): number | undefined {
    if (isBlocked(this.row)) return undefined;
    let place = this.row.made;
    while (this.asked.has(place) || this.#madeAhead.has(place)) place += 1;
    return place < this.row.plan.runs ? place : undefined;
  }

  /** The run at a place is there. They may come in any order; `made` counts those before which none is missing. */
  made(place: number): void {
    this.asked.delete(place);
    this.#madeAhead.add(place);
    let { made } = this.row;
    while (this.#madeAhead.delete(made)) made += 1;
    this.row = { ...this.row, made };
  }

  /** A run of it is in memory. One that repeats another takes that one's place. */
  opened({ id, made: { rerunOf, rootRun } }: ActiveRun): void {
    if (this.open.has(id)) return;
    this.open.add(id);
    if (rerunOf === null) return;
    const before = this.#bad.get(rootRun);
    this.#bad.delete(rootRun);
    this.#count(before?.state ?? "success", -1);
  }

  /**
   * All that has not ended well by now is to be repeated, with this version of the flow.
   *
   * @throws MillraceError `UNKNOWN_PARTITION` where the version cuts the flow in another way.
   */
  retry(atMs: number, { version, series }: { readonly version: VersionId; readonly series: BackfillSeries }): void {
    this.#places = new PlanPlaces(series, this.row.plan, this.row.request.order);
    this.#series = series;
    this.row = { ...this.row, version, retriedAtMs: atMs };
    const newest = Array.from(this.#bad.values(), (each) => each.newest);
    this.toRetry = newest.filter((run) => !this.retrying.has(run)).toReversed();
  }

  ended({ id, state, made: { rootRun } }: ActiveRun): void {
    if (!this.open.delete(id) || !isFinalRunState(state)) return;
    if (state !== "success") this.#bad.set(rootRun, { state, newest: id });
    this.#count(state, 1);
  }

  #count(state: FinalRunState, by: number): void {
    const { succeeded, failed, cancelled } = this.row;
    this.row = {
      ...this.row,
      succeeded: succeeded + (state === "success" ? by : 0),
      failed: failed + (state === "failed" ? by : 0),
      cancelled: cancelled + (state === "cancelled" ? by : 0),
    };
  }
}
