import { createHash } from "node:crypto";
import type { PeopleStore } from "@millrace/core";

/** So many wrong passwords are compared of one account, */
const MOST_GUESSES = 10;
/** within so long, in milliseconds. */
const WINDOW_MS = 15 * 60_000;
/** Whoever is beaten so often by others who guess at the same account waits like them. */
const MOST_TRIES = 20;
const BEATEN_MS = 1_000;
const CLEANING_MS = 60_000;

/** `taken`: the guess counts, until it turns out to be none. */
export type Guess = { readonly kind: "taken" } | { readonly kind: "limited"; readonly retryMs: number };

/**
 * How often somebody may guess at a password. Counted in the store before anything is compared, so that neither a restart
 * nor a second server nor a thousand guesses at once give more. Of an account that is not there the same is counted.
 */
export class LoginLimit {
  readonly #store: PeopleStore;
  readonly #now: () => number;
  #cleanedAtMs = Number.NEGATIVE_INFINITY;

  constructor(store: PeopleStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Counts a guess, if one may be made. */
  async take(name: string): Promise<Guess> {
    await this.#clean();
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const nowMs = this.#now();
      const { version, atMs } = await this.#read(name);
      const recent = atMs.filter((each) => each > nowMs - WINDOW_MS);
      const [oldest] = recent;
      if (oldest !== undefined && recent.length >= MOST_GUESSES) {
        return { kind: "limited", retryMs: Math.max(oldest + WINDOW_MS - nowMs, BEATEN_MS) };
      }
      if (await this.#write(name, version + 1, [...recent, nowMs])) return { kind: "taken" };
    }
    return { kind: "limited", retryMs: BEATEN_MS };
  }

  /** The guess was right: it does not count. Wrong ones before it do. */
  async giveBack(name: string): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { version, atMs } = await this.#read(name);
      if (await this.#write(name, version + 1, atMs.slice(0, -1))) return;
    }
  }

  /** Somebody who may has given a new password: nothing that was guessed before is one of it. */
  async forget(name: string): Promise<void> {
    const { version } = await this.#read(name);
    if (version > 0) await this.#write(name, version + 1, []);
  }

  async #read(name: string): Promise<{ readonly version: number; readonly atMs: readonly number[] }> {
    return (await this.#store.findGuesses(accountOf(name))) ?? { version: 0, atMs: [] };
  }

  #write(name: string, version: number, atMs: readonly number[]): Promise<boolean> {
    return this.#store.putGuesses({ account: accountOf(name), version, atMs, lastAtMs: this.#now() });
  }

  async #clean(): Promise<void> {
    const nowMs = this.#now();
    if (nowMs - this.#cleanedAtMs < CLEANING_MS) return;
    this.#cleanedAtMs = nowMs;
    await this.#store.removeGuesses(nowMs - WINDOW_MS);
  }
}

/** What is typed as a name may be a password that went into the wrong field. */
function accountOf(name: string): string {
  return createHash("sha256").update("millrace account\0").update(name).digest("hex");
}
