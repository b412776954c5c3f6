import type { FlowSpec, RunState, RunTally, Store, TriggerRow } from "@millrace/core";
import type { PartitionsAt } from "@millrace/core/time";
import { dayText } from "./civil-days.ts";
import { type Expected, ExpectedWindows } from "./expected-windows.ts";
import { TallyMemory } from "./tally-memory.ts";

/** A window is looked for where it ends: one that starts within a stretch ends this much later at the most. */
const LONGEST_WINDOW_MS = 32 * 86_400_000;

interface CalendarDay {
  readonly day: string;
  success: number;
  failed: number;
  cancelled: number;
  unfinished: number;
  missing: number;
  planned: number;
  runs: number;
  keys: { first: string; last: string } | null;
}

export interface Asked {
  readonly spec: FlowSpec;
  readonly at: PartitionsAt;
  /** Days as numbers; the last one counts. */
  readonly from: number;
  readonly to: number;
}

/** What a flow's time is cut into, and what is known of its schedules. */
export async function expectedOf(store: Pick<Store, "triggers">, { spec, at }: Pick<Asked, "spec" | "at">) {
  const expected = new ExpectedWindows(spec, at);
  const rows = (await store.triggers.list()).filter(({ flow, retired }) => flow === spec.name && !retired);
  const byName = new Map(rows.map((row): [string, TriggerRow] => [row.name, row]));
  return {
    expected,
    sinceOf: (schedule: string): number | null => byName.get(schedule)?.sinceMs ?? null,
    isPaused: (schedule: string): boolean => (byName.get(schedule)?.paused ?? null) !== null,
    hasPaused: spec.schedules.some(({ name }) => (byName.get(name)?.paused ?? null) !== null),
  };
}

/** The days of a flow on which there is something. */
export async function flowCalendar(store: Pick<Store, "triggers" | "history">, asked: Asked) {
  const { spec, from, to } = asked;
  const { expected, sinceOf, isPaused, hasPaused } = await expectedOf(store, asked);
  const { days: civil, isKnown } = expected;
  const [fromMs, toMs] = [civil.startOf(from), civil.startOf(to + 1)];
  const bucketMs = expected.bucketMs(fromMs, toMs);
  const memory = memoryOf(store.history);
  const tallies = await memory.tallyRuns(spec.name, {
    by: isKnown ? "window" : "made",
    fromMs,
    toMs: isKnown ? toMs + LONGEST_WINDOW_MS : toMs,
    bucketMs,
  });
  const past = isKnown ? expected.past(fromMs, toMs, sinceOf) : undefined;
  const days = new Days(from, to);
  // What people ran by hand covers nothing, and is there all the same.
  const byHand = isKnown ? await memory.tallyRuns(spec.name, { by: "others", fromMs, toMs, bucketMs }) : [];
  for (const tally of byHand) days.add(civil.at(tally.startMs), tally, !isKnown);
  const cover = new Cover(past ?? [], bucketMs, (ms) => civil.at(ms));
  for (const tally of tallies) for (const day of cover.daysOf(tally)) days.add(day, tally, true);
  for (const { window, key } of past ?? []) {
    days.expect(civil.at(window.startMs), expected.isPartitioned ? key : null);
  }
  days.countMissing();
  for (const { startMs } of expected.planned(toMs, isPaused)) days.plan(civil.at(startMs));
  return {
    by: isKnown ? ("window" as const) : ("made" as const),
    timeZone: expected.timeZone,
    from: dayText(from),
    to: dayText(to),
    today: dayText(civil.at(asked.at.nowMs)),
    knowsMissing: past !== undefined,
    isPaused: hasPaused,
    days: days.list(),
  };
}

const MEMORIES = new WeakMap<Store["history"], TallyMemory>();

/** One for each store: pages of many people ask for the same. */
function memoryOf(history: Store["history"]): TallyMemory {
  const known = MEMORIES.get(history) ?? new TallyMemory(history);
  MEMORIES.set(history, known);
  return known;
}

/** Which days the runs of a tally cover. */
class Cover {
  /** Where expected windows start, each instant once, in order. */
  readonly #starts: readonly number[];
  readonly #dayAt: (ms: number) => number;

  constructor(past: readonly Expected[], bucketMs: number, dayAt: (ms: number) => number) {
    const starts = new Set(past.map(({ window: { startMs } }) => startMs - (startMs % bucketMs)));
    this.#starts = [...starts].sort((a, b) => a - b);
    this.#dayAt = dayAt;
  }

  /** A day as often as runs of the tally stand for windows that start on it: a run of a range stands for many. */
  daysOf({ startMs, endMs }: RunTally): readonly number[] {
    const within: number[] = [];
    for (let place = this.#placeOf(startMs); place < this.#starts.length; place += 1) {
      const start = this.#starts[place] as number;
      if (start >= endMs && within.length > 0) break;
      if (start > endMs) break;
      within.push(this.#dayAt(start));
    }
    return within.length === 0 ? [this.#dayAt(startMs)] : within;
  }

  /** The place of the first start at or after an instant. */
  #placeOf(ms: number): number {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const FIELDS: Readonly<Record<RunState, "success" | "failed" | "cancelled" | "unfinished">> = {
  success: "success",
  failed: "failed",
  cancelled: "cancelled",
  queued: "unfinished",
  running: "unfinished",
};

type CountedDay = CalendarDay & { expected: number; covered: number };

class Days {
  readonly #from: number;
  readonly #to: number;
  readonly #days = new Map<number, CountedDay>();

  constructor(from: number, to: number) {
    this.#from = from;
    this.#to = to;
  }

  #at(day: number): CountedDay | undefined {
    if (day < this.#from || day > this.#to) return undefined;
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    const states = { success: 0, failed: 0, cancelled: 0, unfinished: 0 };
    const counts = { missing: 0, planned: 0, runs: 0, expected: 0, covered: 0 };
    const made = { day: dayText(day), ...states, ...counts, keys: null };
    this.#days.set(day, made);
    return made;
  }

  /** @param covers whether these runs stand for something that was expected. */
  add(day: number, { state, count, runs }: RunTally, covers: boolean): void {
    const found = this.#at(day);
    if (found === undefined) return;
    if (covers) found.covered += count;
    found[FIELDS[state]] += count;
    found.runs += runs;
  }

  expect(day: number, key: string | null): void {
    const found = this.#at(day);
    if (found === undefined) return;
    found.expected += 1;
    if (key !== null) found.keys = { first: found.keys?.first ?? key, last: key };
  }

  plan(day: number): void {
    const found = this.#at(day);
    if (found !== undefined) found.planned += 1;
  }

  countMissing(): void {
    for (const day of this.#days.values()) day.missing = Math.max(0, day.expected - day.covered);
  }

  list(): CalendarDay[] {
    const ordered = [...this.#days].sort(([a], [b]) => a - b);
    return ordered.map(([, { expected: _expected, covered: _covered, ...day }]) => day);
  }
}
