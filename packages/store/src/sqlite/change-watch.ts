import { type FSWatcher, watch } from "node:fs";
import type { SqliteConnection } from "./connection.ts";

/**
 * How often to look without a hint, in milliseconds. Each look wakes the processor, which costs eighty times the look
 * itself: every 25 ms would be 1 % of a core, for nothing.
 */
const POLL_MS = 250;

/**
 * When to look after a hint, in milliseconds from one to the next. The log is written first, then synced, and only then
 * is the commit there to be seen; a slow disk takes its time between.
 */
const LOOKS_MS = [1, 2, 4, 8, 16, 32];

/**
 * Notices what other processes commit. SQLite has a number for it, `data_version`, that changes with every commit of
 * another connection; asking reads shared memory and no file. The operating system's word that the log was written is
 * the hint to ask; where it gives none (some network file systems) the slow poll is enough to lose nothing.
 */
export class ChangeWatch {
  readonly #connection: SqliteConnection;
  readonly #listeners = new Set<() => void>();
  #hints: FSWatcher | undefined;
  #poll: NodeJS.Timeout | undefined;
  #next: NodeJS.Timeout | undefined;
  #looksDone = LOOKS_MS.length;
  #seen: unknown;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  /** Adds a listener and returns what removes it. The same function twice is two listeners. */
  add(listener: () => void): () => void {
    const own = () => listener();
    this.#listeners.add(own);
    if (this.#poll === undefined) this.#start();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  /** Tells the listeners, for changes that this process knows of because it made them. */
  wake(): void {
    for (const listener of this.#listeners) listener();
  }

  stop(): void {
    this.#listeners.clear();
    clearInterval(this.#poll);
    this.#poll = undefined;
    clearTimeout(this.#next);
    this.#next = undefined;
    this.#hints?.close();
    this.#hints = undefined;
  }

  #start(): void {
    this.#seen = this.#ask();
    this.#poll = setInterval(() => this.#look(), POLL_MS);
    try {
      this.#hints = watch(`${this.#connection.path}-wal`, () => this.#hinted());
      this.#hints.on("error", () => this.#hints?.close());
    } catch {
      // No watches left, or a file system without them. The poll finds everything, only later.
      this.#hints = undefined;
    }
  }

  /** Our own commits come here as well, since they write the same log: so a hint costs one look and one timer. */
  #hinted(): void {
    this.#looksDone = 0;
    if (this.#next === undefined) this.#lookAndGoOn();
  }

  #lookAndGoOn(): void {
    this.#look();
    // A listener may have stopped the watch.
    if (this.#poll === undefined) return;
    const delay = LOOKS_MS[this.#looksDone];
    this.#looksDone += 1;
    this.#next = delay === undefined ? undefined : setTimeout(() => this.#lookAndGoOn(), delay);
  }

  #look(): void {
    const now = this.#ask();
    if (now !== undefined && now === this.#seen) return;
    this.#seen = now;
    this.wake();
  }

  /** A database that cannot be asked has changed, as far as one can tell: whoever looks meets the failure itself. */
  #ask(): unknown {
    try {
      return this.#connection.isInPlace ? this.#connection.dataVersion() : undefined;
    } catch {
      return undefined;
    }
  }
}
