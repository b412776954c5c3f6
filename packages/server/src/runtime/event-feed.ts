import type { EventRow, Store } from "@millrace/core";

const PAGE = 1_000;

type Listener = (events: readonly EventRow[]) => void;

/**
 * Events of all runs, each once and in order, whoever makes them: the engine of this process hands them over as it
 * commits them, and while another process leads they are read from the store as it changes.
 *
 * A leader is the only one who makes events, and their numbers have no gaps. So the feed counts those it gets from the
 * engine, and when that has lost the lead, goes on in the store with the next.
 */
export class EventFeed {
  readonly #store: Store;
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Set<Listener>();
  /** The largest `seq` that was handed on; undefined before anybody asked for events. */
  #after: number | undefined;
  #stopWatching: (() => void) | undefined;
  #begun: Promise<void> | undefined;
  #reading: Promise<void> | undefined;
  #readAgain = false;

  /** @param onError the store cannot be read any more. */
  constructor(store: Store, onError: (error: unknown) => void) {
    this.#store = store;
    this.#onError = onError;
  }

  on(listener: Listener): () => void {
    // The same function twice is two listeners.
    const own: Listener = (events) => listener(events);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** The `seq` of the last event that was handed on; undefined before anybody counts. */
  get last(): number | undefined {
    return this.#after;
  }

  /** What this process's engine has committed. */
  emit(events: readonly EventRow[]): void {
    if (this.#after !== undefined) this.#after += events.length;
    this.#tell(events);
  }

  #tell(events: readonly EventRow[]): void {
    for (const listener of this.#listeners) listener(events);
  }

  /** Resolves when what is asked of the store from then on is followed. At once when nobody follows. */
  get begun(): Promise<void> | undefined {
    return this.#begun;
  }

  /** Begins to read the store, from now on. Twice is fine. */
  follow(): Promise<void> {
    this.#begun ??= this.#begin();
    return this.#begun;
  }

  async #begin(): Promise<void> {
    this.#after ??= await this.#store.history.lastEventSeq();
    this.#stopWatching = this.#store.watch(() => {
      this.#read().catch(this.#onError);
    });
    await this.#read();
  }

  /** Stops reading the store, when all that is in it was handed on: from here on the engine does that. */
  async unfollow(): Promise<void> {
    await this.#begun;
    this.#stopWatching?.();
    if (this.#after === undefined) this.#after = await this.#store.history.lastEventSeq();
    else await this.#read();
    await this.stop();
  }

  async stop(): Promise<void> {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    this.#begun = undefined;
    await this.#reading;
  }

  /** One reading at a time; a change meanwhile makes another one. */
  async #read(): Promise<void> {
    this.#readAgain = true;
    this.#reading ??= this.#readToEnd().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #readToEnd(): Promise<void> {
    while (this.#readAgain && this.#after !== undefined) {
      this.#readAgain = false;
      const events = await this.#store.history.listEvents(null, this.#after, PAGE);
      const last = events.at(-1);
      if (last === undefined) continue;
      this.#after = last.seq;
      this.#readAgain ||= events.length === PAGE;
      this.#tell(events);
    }
  }
}
