import type { RunId, RunRow, RunTally, Store, TallyRange } from "@millrace/core";

const DAY_MS = 86_400_000;
/** So many days are asked for at once, the newest first; more where the last ones had little in them. */
const FIRST_DAYS = 31;
const GROWTH = 4;
const LITTLE_RUNS = 5_000;
/** So many new runs are looked at for the days that they change; with more, all is added up anew. */
const MOST_NEW = 100;
/** Nothing tells of runs that were forgotten: after this, all is added up anew. In milliseconds. */
const KEPT_MS = 300_000;
/** Of all flows together. */
const MOST_TALLIES = 200_000;

type History = Pick<Store["history"], "tallyRuns" | "listRuns">;

/** What is known of one flow, added up in one way. */
interface Kept {
  readonly untilMs: number;
  /** The newest run that was looked at. */
  newest: RunId | undefined;
  /** By day in UTC; a day without runs is there as well. */
  readonly days: Map<number, readonly RunTally[]>;
}

/**
 * Remembers how the runs of flows add up by day. A page with a year of a flow that runs each minute asks again with every run
 * that ends: days in which nothing has changed since are not added up again. The first time it is done in parts, so that other
 * reads come in between.
 */
export class TallyMemory {
  readonly #history: History;
  readonly #nowMs: () => number;
  readonly #kept = new Map<string, Kept>();
  /** Those who ask for the same wait for each other: else what was read before could be kept after what was read later. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(history: History, nowMs: () => number = Date.now) {
    this.#history = history;
    this.#nowMs = nowMs;
  }

  /** What `tallyRuns` says. */
  async tallyRuns(flow: string, range: TallyRange): Promise<readonly RunTally[]> {
    const key = JSON.stringify([flow, range.by, range.bucketMs]);
    const before = this.#turns.get(key);
    const own = (before ?? Promise.resolve()).then(() => this.#tally(key, flow, range));
    const turn = own.catch(() => undefined);
    this.#turns.set(key, turn);
    try {
      return await own;
    } finally {
      if (this.#turns.get(key) === turn) this.#turns.delete(key);
    }
  }

  async #tally(key: string, flow: string, range: TallyRange): Promise<readonly RunTally[]> {
    const kept = await this.#upToDate(key, flow, range);
    const [first, last] = [dayOf(range.fromMs), dayOf(range.toMs)];
    let days = FIRST_DAYS;
    for (let to = last; to >= first; to -= 1) {
      if (kept.days.has(to)) continue;
      let from = to;
      while (from > first && to - from + 1 < days && !kept.days.has(from - 1)) from -= 1;
      const runs = await this.#fill(kept, { flow, range, from, to });
      if (runs <= LITTLE_RUNS) days *= GROWTH;
      to = from;
    }
    this.#limit();
    const found: RunTally[] = [];
    for (let day = first; day <= last; day += 1) found.push(...(kept.days.get(day) ?? []));
    return found.filter(({ endMs }) => endMs >= range.fromMs && isBefore(endMs, range));
  }

  /** Forgets the days that runs have changed since. What is read first may be known twice, and is never missed. */
  async #upToDate(key: string, flow: string, { by }: TallyRange): Promise<Kept> {
    const runs = await this.#history.listRuns({ flow, limit: MOST_NEW });
    const known = this.#kept.get(key);
    const unseen = known === undefined ? -1 : runs.findIndex(({ id }) => id === known.newest);
    const fresh = unseen === -1 ? [] : runs.slice(0, unseen);
    // The run that another took the place of may be of any day, where days are those of making.
    const isOdd = unseen === -1 || (by !== "window" && fresh.some(({ rerunOf }) => rerunOf !== null));
    const kept: Kept =
      known === undefined || isOdd || known.untilMs <= this.#nowMs()
        ? { untilMs: this.#nowMs() + KEPT_MS, newest: undefined, days: new Map() }
        : known;
    kept.newest = runs[0]?.id;
    for (const run of fresh) kept.days.delete(dayOfRun(run, by));
    for (const [day, tallies] of kept.days) {
      if (tallies.some(({ state }) => state === "queued" || state === "running")) kept.days.delete(day);
    }
    // What was asked for last is dropped last.
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept;
  }

  async #fill(kept: Kept, { flow, range, from, to }: Part): Promise<number> {
    const { by, bucketMs } = range;
    // Windows that end with the stretch count, and those that begin with it do not.
    const toMs = (to + 1) * DAY_MS - (by === "window" ? 1 : 0);
    const tallies = await this.#history.tallyRuns(flow, { by, bucketMs, fromMs: from * DAY_MS, toMs });
    const byDay = Map.groupBy(tallies, ({ endMs }) => Math.min(to, Math.max(from, dayOf(endMs))));
    for (let day = from; day <= to; day += 1) kept.days.set(day, byDay.get(day) ?? []);
    return tallies.reduce((sum, { runs }) => sum + runs, 0);
  }

  #limit(): void {
    const sizes = Array.from(this.#kept, ([key, { days }]) => ({ key, size: sum(days) }));
    let all = sizes.reduce((total, { size }) => total + size, 0);
    for (const { key, size } of sizes) {
      if (all <= MOST_TALLIES) return;
      this.#kept.delete(key);
      all -= size;
    }
  }
}

interface Part {
  readonly flow: string;
  readonly range: TallyRange;
  /** Days, both of which count. */
  readonly from: number;
  readonly to: number;
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

function dayOfRun({ window, createdAtMs }: RunRow, by: TallyRange["by"]): number {
  return dayOf(by === "window" ? window.endMs : createdAtMs);
}

function isBefore(endMs: number, { by, toMs }: TallyRange): boolean {
  return by === "window" ? endMs <= toMs : endMs < toMs;
}

function sum(days: Kept["days"]): number {
  let size = 0;
  for (const tallies of days.values()) size += tallies.length;
  return size;
}
