import { isMillraceError, type MillraceError, type Store } from "@millrace/core";
import type { Troubles } from "./troubles.ts";

/** What may pass by itself: a database that restarts, a disk that is full, a lock, a primary that has become a replica. */
const PASSING = new Set(["STORE_FAILED", "DATABASE_LOCKED", "DATABASE_READ_ONLY", "DISK_FULL"]);

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** How long to wait for a store that fails: a server outlives its database, a command on a local file says what is wrong. */
export class Patience {
  readonly #isEndless: boolean;
  readonly #troubles: Troubles;
  readonly #over = new AbortController();

  constructor(isEndless: boolean, troubles: Troubles) {
    this.#isEndless = isEndless;
    this.#troubles = troubles;
  }

  get isEndless(): boolean {
    return this.#isEndless;
  }

  /** Nobody waits any longer: what fails now fails. */
  end(): void {
    this.#over.abort();
  }

  /** Does work that may be done again, until it succeeds or fails for good. */
  async try<T>(work: () => Promise<T>): Promise<T> {
    let failures = 0;
    try {
      for (;;) {
        try {
          return await work();
        } catch (error) {
          if (!this.#waitsOut(error)) throw error;
          failures += 1;
          this.#troubles.note(work, error);
          await this.#pause(Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS));
          if (this.#over.signal.aborted) throw error;
        }
      }
    } finally {
      if (failures > 0) this.#troubles.note(work, null);
    }
  }

  /** The same store, whose reads and commands wait. What only a leader does, or what lasts, does not. */
  wrap(store: Store): Store {
    return this.#isEndless ? this.#wrap(store) : store;
  }

  #wrap<T extends object>(target: T): T {
    const made = new Map<PropertyKey, unknown>();
    return new Proxy(target, {
      get: (_, name) => {
        if (!made.has(name)) made.set(name, this.#wrapped(target, name));
        return made.get(name);
      },
    });
  }

  #wrapped(target: object, name: PropertyKey): unknown {
    const member: unknown = Reflect.get(target, name, target);
    if (typeof member === "object" && member !== null) return this.#wrap(member);
    if (typeof member !== "function") return member;
    const call = (args: unknown[]): unknown => Reflect.apply(member, target, args);
    if (NOT_AGAIN.has(name)) return (...args: unknown[]) => call(args);
    return (...args: unknown[]) => this.try(async () => await call(args));
  }

  #waitsOut(error: unknown): error is MillraceError {
    return this.#isEndless && !this.#over.signal.aborted && isMillraceError(error) && PASSING.has(error.code);
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#over;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done, { once: true });
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      }
    });
  }
}

const NOT_AGAIN = new Set<PropertyKey>(["lead", "commit", "watch", "close"]);
