import type { SqliteConnection } from "./connection.ts";

/** How often to look, in milliseconds: a command of another process waits half of this on average. */
const INTERVAL_MS = 25;

/**
 * Notices what other processes commit. SQLite has a number for it, `data_version`, that grows with every commit of
 * another connection; asking reads shared memory and no file. Commits of this process are told by `wake`.
 */
export class ChangeWatch {
  readonly #connection: SqliteConnection;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #seen: unknown;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  add(listener: () => void): () => void {
    // Each call is a listener of its own, also when the same function is given twice.
    const own = () => listener();
    this.#listeners.add(own);
    this.#start();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  wake(): void {
    for (const listener of this.#listeners) listener();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    this.#seen = this.#look();
    this.#timer = setInterval(() => {
      const now = this.#look();
      if (now === this.#seen) return;
      this.#seen = now;
      this.wake();
    }, INTERVAL_MS);
  }

  /** A database that cannot be asked has changed, as far as one can tell: whoever looks meets the failure itself. */
  #look(): unknown {
    try {
      return this.#connection.dataVersion();
    } catch {
      return undefined;
    }
  }
}
