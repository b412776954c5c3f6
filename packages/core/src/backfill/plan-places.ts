import { MillraceError } from "../errors/millrace-error.ts";
import { countUpTo } from "../partitions/boundaries.ts";
import type { PlaceRange } from "../partitions/key-series.ts";
import type { BackfillPlan, BackfillRow, BackfillRun } from "./backfill.ts";
import type { BackfillSeries } from "./series.ts";

function otherKeys(from: string, to: string, count: number): MillraceError {
  return new MillraceError("UNKNOWN_PARTITION", `From ${from} to ${to} there are not ${count} windows any more.`, {
    hint: "The flow is cut in another way now: begin another backfill.",
  });
}

/** A plan on its series: gives the run at each place of its order. */
export class PlanPlaces {
  readonly #series: BackfillSeries;
  readonly #order: BackfillRow["request"]["order"];
  readonly #runs: number;
  readonly #pieces: readonly (PlaceRange & { readonly size: number })[];
  /** Of each piece, how many runs are before it. */
  readonly #before: readonly number[];

  /** @throws MillraceError `UNKNOWN_PARTITION` when a key of the plan is no more, or others came between them. */
  constructor(series: BackfillSeries, plan: BackfillPlan, order: BackfillRow["request"]["order"]) {
    this.#series = series;
    this.#order = order;
    this.#runs = plan.runs;
    this.#pieces = plan.pieces.map(({ from, to, count, size }) => {
      const first = series.placeOf(from);
      if (series.placeOf(to) !== first + count - 1) throw otherKeys(from, to, count);
      return { first, end: first + count, size };
    });
    let runs = 0;
    this.#before = plan.pieces.map(({ count, size }) => {
      const before = runs;
      runs += Math.ceil(count / size);
      return before;
    });
  }

  /** @param index from 0, below the plan's number of runs: the run that is made after so many others. */
  runAt(index: number): BackfillRun {
    return this.#series.runOf(this.placesAt(index));
  }

  placesAt(index: number): PlaceRange {
    const place = this.#order === "oldest" ? index : this.#runs - 1 - index;
    const piece = countUpTo(this.#before, place) - 1;
    const { first, end, size } = this.#pieces[piece] as PlaceRange & { readonly size: number };
    const from = first + (place - (this.#before[piece] as number)) * size;
    return { first: from, end: Math.min(end, from + size) };
  }

  /** The place in its order of the first run, by position, that covers any of these; undefined where none does. */
  placeCovering(ranges: readonly PlaceRange[]): number | undefined {
    for (const [piece, { first, end, size }] of this.#pieces.entries()) {
      for (const range of ranges) {
        const shared = Math.max(first, range.first);
        if (shared >= Math.min(end, range.end)) continue;
        const place = (this.#before[piece] as number) + Math.floor((shared - first) / size);
        return this.#order === "oldest" ? place : this.#runs - 1 - place;
      }
    }
    return undefined;
  }
}
