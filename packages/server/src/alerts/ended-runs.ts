import type { EventData, EventRow, History, RunId, RunState } from "@millrace/core";

/** What an event of a run's end says. */
export interface EndedRun {
  readonly seq: number;
  readonly run: RunId;
  /** Null where the event does not say it. */
  readonly state: RunState | null;
}

export interface EndedRuns {
  readonly ended: readonly EndedRun[];
  /** Every event up to this one was looked at. */
  readonly cursor: number;
  /** False: there is more. */
  readonly isAll: boolean;
}

const PAGE = 1_000;
/** More are not kept: whoever is so far behind reads them. */
const MOST_KEPT = 20_000;
const PAGES_AT_ONCE = 20;

/**
 * The ends of runs, after a place in the list of all events. The leader's own events are handed over as they are made, and
 * counted, so that nothing has to be read; what was made before that is read from the store.
 */
export class EndedRunFeed {
  readonly #history: Pick<History, "listEvents" | "lastEventSeq">;
  #kept: EndedRun[] = [];
  /** Of every event after `#from` and up to `#until`, the ends are kept. */
  #from: number | undefined;
  #until = 0;

  constructor(history: Pick<History, "listEvents" | "lastEventSeq">) {
    this.#history = history;
  }

  /** @param last the `seq` of the last of these events; undefined where nobody counts. Gives whether a run has ended. */
  take(events: readonly EventRow[], last: number | undefined): boolean {
    if (last === undefined) {
      this.forget();
      return events.some(isEnd);
    }
    const first = last - events.length;
    if (this.#from === undefined || this.#until !== first || this.#kept.length > MOST_KEPT) this.#begin(first);
    this.#until = last;
    const before = this.#kept.length;
    for (const [index, event] of events.entries()) {
      if (isEnd(event)) this.#kept.push(endOf(event, first + index + 1));
    }
    return this.#kept.length > before;
  }

  #begin(seq: number): void {
    this.#kept = [];
    this.#from = seq;
  }

  /** Somebody else leads, and makes events that are not handed over. */
  forget(): void {
    this.#kept = [];
    this.#from = undefined;
  }

  /** Where somebody starts who looks from now on. */
  now(): Promise<number> {
    return this.#history.lastEventSeq();
  }

  /** What has ended after a place; not all of it, where that is much. */
  async after(cursor: number): Promise<EndedRuns> {
    if (this.#from !== undefined && cursor >= this.#from) return this.#takeKept(cursor);
    return await this.#read(cursor);
  }

  #takeKept(cursor: number): EndedRuns {
    this.#kept = this.#kept.filter(({ seq }) => seq > cursor);
    return { ended: [...this.#kept], cursor: Math.max(cursor, this.#until), isAll: true };
  }

  async #read(after: number): Promise<EndedRuns> {
    const ended: EndedRun[] = [];
    let cursor = after;
    for (let page = 0; page < PAGES_AT_ONCE; page += 1) {
      const events = await this.#history.listEvents(null, cursor, PAGE);
      for (const event of events) if (isEnd(event)) ended.push(endOf(event, event.seq));
      cursor = events.at(-1)?.seq ?? cursor;
      if (events.length < PAGE) return { ended, cursor, isAll: true };
    }
    return { ended, cursor, isAll: false };
  }
}

function endOf({ run, data }: EventRow, seq: number): EndedRun {
  const said = data === null ? undefined : (JSON.parse(data) as EventData["run.finished"]);
  return { seq, run, state: said?.state ?? null };
}

function isEnd({ type }: EventRow): boolean {
  return type === "run.finished";
}
