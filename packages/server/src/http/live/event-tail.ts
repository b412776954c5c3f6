import type { EventRow, RunId, RunRow } from "@millrace/core";
import type { Runtime } from "../../runtime/runtime.ts";
import { specOf } from "../handlers/run-reading.ts";
import { type EventOf, type EventView, eventView, madeRunView } from "../views/run-views.ts";

/** An event as readers get it: told apart once, and written down once for all of them. */
export interface TailEvent {
  readonly seq: number;
  readonly view: EventView;
  /** As server-sent events have it. */
  readonly frame: string;
}

const PAGE = 1_000;
/** The newest events are kept, so that those who follow do not each read the store. */
const KEPT_EVENTS = 20_000;
const KEPT_RUNS = 5_000;
/** Of a run that is longer as JSON, with its parameters and all, the stream only says that it was made. */
const MOST_MADE = 2_000;

/**
 * The end of the list of all events, for any number of readers. It is read from the store once for all of them, whoever
 * made the events; a reader that is far behind reads its pages for itself until it has come near.
 */
export class EventTail {
  readonly #runtime: Runtime;
  readonly #onError: (error: unknown) => void;
  readonly #runs = new Map<RunId, Promise<EventOf>>();
  #kept: TailEvent[] = [];
  /** Everything after this one, up to the newest that was read, is kept. Undefined while nobody follows. */
  #keptAfter: number | undefined;
  #readers = 0;
  #end: (() => void) | undefined;
  #waiting = new Set<() => void>();
  #isReading = false;
  #again = false;
  #changes = 0;
  #builds = 0;

  constructor(runtime: Runtime, onError: (error: unknown) => void) {
    this.#runtime = runtime;
    this.#onError = onError;
  }

  /** Somebody follows from now on. Returns what ends that. */
  open(): () => void {
    this.#readers += 1;
    if (this.#readers === 1) this.#end = this.#follow();
    return () => {
      this.#readers -= 1;
      if (this.#readers > 0) return;
      this.#end?.();
      this.#kept = [];
      this.#keptAfter = undefined;
    };
  }

  #follow(): () => void {
    const ends = [
      this.#runtime.onEvents(() => this.#look()),
      this.#runtime.onBuild(() => {
        this.#builds += 1;
        this.#wake();
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  /** How often a build gave something new. */
  get builds(): number {
    return this.#builds;
  }

  /** The next events after one. None: there are no others yet. */
  async after(seq: number): Promise<readonly TailEvent[]> {
    if (this.#keptAfter !== undefined && seq >= this.#keptAfter) return this.#keptFrom(seq);
    const page = await this.#read(seq);
    // Whoever has seen everything there is stands where the tail begins.
    if (page.length < PAGE && this.#keptAfter === undefined) this.#begin(page.at(-1)?.seq ?? seq);
    return page;
  }

  /** How often there was something new. */
  get changes(): number {
    return this.#changes;
  }

  /** Resolves when there was something new since `changes` had this value, or the signal is aborted. */
  async changed(since: number, signal: AbortSignal): Promise<void> {
    if (this.#changes !== since) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    this.#waiting.add(wake);
    signal.addEventListener("abort", wake);
    if (signal.aborted) wake();
    await promise;
    this.#waiting.delete(wake);
    signal.removeEventListener("abort", wake);
  }

  /** From the position on, found by halving: numbers may have gaps where runs were forgotten. */
  #keptFrom(seq: number): readonly TailEvent[] {
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#kept[middle] as TailEvent).seq <= seq) low = middle + 1;
      else high = middle;
    }
    return this.#kept.slice(low, low + PAGE);
  }

  #begin(seq: number): void {
    this.#keptAfter = seq;
    // What became durable before this was known is found by looking once.
    this.#look();
  }

  #look(): void {
    this.#again = true;
    if (this.#isReading) return;
    this.#isReading = true;
    this.#readToEnd()
      .catch((error: unknown) => this.#onError(error))
      .finally(() => {
        this.#isReading = false;
      });
  }

  async #readToEnd(): Promise<void> {
    // Nobody has come to the end of the list yet: each reads for itself, and looks again.
    if (this.#keptAfter === undefined) this.#wake();
    while (this.#again && this.#keptAfter !== undefined) {
      this.#again = false;
      const page = await this.#read(this.#kept.at(-1)?.seq ?? this.#keptAfter);
      if (this.#keptAfter === undefined) return;
      this.#again ||= page.length === PAGE;
      this.#keep(page);
    }
  }

  #keep(page: readonly TailEvent[]): void {
    this.#kept.push(...page);
    if (this.#kept.length > 2 * KEPT_EVENTS) {
      const removed = this.#kept.splice(0, this.#kept.length - KEPT_EVENTS);
      this.#keptAfter = removed.at(-1)?.seq;
    }
    if (page.length > 0) this.#wake();
  }

  #wake(): void {
    this.#changes += 1;
    for (const wake of this.#waiting) wake();
  }

  async #read(after: number): Promise<readonly TailEvent[]> {
    const rows = await this.#runtime.store.history.listEvents(null, after, PAGE);
    return await Promise.all(rows.map((row) => this.#tell(row)));
  }

  async #tell(row: EventRow & { readonly seq: number }): Promise<TailEvent> {
    const { seq, run, type } = row;
    const reading = type === "run.queued" ? this.#readRun(run) : undefined;
    const [of, made] = await Promise.all([this.#of(run, reading), reading]);
    const view = eventView(of, row);
    return { seq, view, frame: `id: ${seq}\nevent: ${type}\ndata: ${withMade(JSON.stringify(view), made)}\n\n` };
  }

  #of(run: RunId, reading?: Promise<RunRow | undefined>): Promise<EventOf> {
    const known = this.#runs.get(run);
    if (known !== undefined) return known;
    const finding = this.#find(reading ?? this.#readRun(run));
    this.#runs.set(run, finding);
    // What could not be read is not remembered.
    finding.catch(() => this.#runs.delete(run));
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > KEPT_RUNS && oldest !== undefined) this.#runs.delete(oldest);
    return finding;
  }

  async #find(reading: Promise<RunRow | undefined>): Promise<EventOf> {
    const row = await reading;
    if (row === undefined) return { flow: null, spec: undefined };
    return { flow: row.flow, spec: await specOf(this.#runtime, row) };
  }

  #readRun(run: RunId): Promise<RunRow | undefined> {
    return this.#runtime.store.history.findRun(run);
  }
}

/** Adds to an event, as JSON, the run that it tells of. The list of events does not have it: who reads that knows the run. */
function withMade(event: string, row: RunRow | undefined): string {
  if (row === undefined || row.params.length > MOST_MADE) return event;
  const made = JSON.stringify(madeRunView(row));
  return made.length > MOST_MADE ? event : `${event.slice(0, -1)},"made":${made}}`;
}
