import type { RunId } from "@millrace/core";

/**
 * Looks into the past that are under way outside the loop: a rerun reads its former run in several steps, and in between
 * that run may be forgotten. Nothing is locked for it: whoever comes back to the loop asks what was forgotten meanwhile,
 * and looks again if that was what it read.
 */
export class Readings {
  readonly #open = new Set<Reading>();
  /** What is being forgotten: decided, and perhaps not yet written. */
  #forgetting: Promise<unknown> | undefined;

  begin(): Reading {
    const reading = new Reading(this.#forgetting, (ended) => this.#open.delete(ended));
    this.#open.add(reading);
    return reading;
  }

  /** These runs are forgotten, from now on; `written` settles when readers see it, or nothing of it. */
  forget(runs: Iterable<RunId>, written: Promise<unknown>): void {
    const ids = [...runs];
    for (const reading of this.#open) reading.lose(ids);
    const settled = Promise.allSettled([this.#forgetting, written]).then(() => {
      if (this.#forgetting === settled) this.#forgetting = undefined;
    });
    this.#forgetting = settled;
  }
}

/** One look into the past. */
export class Reading {
  readonly #lost = new Set<RunId>();
  readonly #end: (reading: Reading) => void;
  /** To be waited for before anything is read; undefined almost always. */
  readonly begun: Promise<unknown> | undefined;

  constructor(begun: Promise<unknown> | undefined, end: (reading: Reading) => void) {
    this.begun = begun;
    this.#end = end;
  }

  lose(runs: readonly RunId[]): void {
    for (const run of runs) this.#lost.add(run);
  }

  /** Whether any of these runs was forgotten since it began. */
  hasLost(runs: readonly RunId[]): boolean {
    return runs.some((run) => this.#lost.has(run));
  }

  /** Whether anything was: what failed may have failed for that. */
  get hasLostAny(): boolean {
    return this.#lost.size > 0;
  }

  /** Back in the loop. */
  end(): void {
    this.#end(this);
  }
}
