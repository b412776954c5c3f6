import type { Clock } from "@millrace/core";

export interface RoundsParts {
  /** Does what is to be done now. Gives when there is something to do again, in milliseconds since the epoch. */
  readonly round: () => Promise<number>;
  /** Told of the first round that failed after others that did not; there is another one after a while. Must not throw. */
  readonly onError: (error: unknown) => void;
}

/** After a round that failed, in milliseconds. */
const AGAIN_MS = 5_000;

/** Work that is done again and again, one round after the other: when its time has come, or somebody asks for it. */
export class Rounds {
  readonly #clock: Clock;
  readonly #parts: RoundsParts;
  #running: Promise<void> | undefined;
  #again = false;
  #cancel: (() => void) | undefined;
  #dueAtMs = Number.POSITIVE_INFINITY;
  #isOn = false;
  #isFailing = false;

  constructor(clock: Clock, parts: RoundsParts) {
    this.#clock = clock;
    this.#parts = parts;
  }

  start(): void {
    this.#isOn = true;
    this.wake();
  }

  /** Resolves when nothing is done any more. Twice is fine. */
  async stop(): Promise<void> {
    this.#isOn = false;
    this.#cancel?.();
    await this.#running;
  }

  /** A round at once, or another one after that which is under way. */
  wake(): void {
    if (!this.#isOn) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** A round within so many milliseconds; those who ask for one meanwhile get the same. */
  wakeAfter(ms: number): void {
    this.#wakeAt(this.#clock.now() + ms);
  }

  #wakeAt(atMs: number): void {
    if (!this.#isOn || atMs >= this.#dueAtMs) return;
    this.#cancel?.();
    this.#dueAtMs = atMs;
    this.#cancel = this.#clock.after(Math.max(0, atMs - this.#clock.now()), () => {
      this.#dueAtMs = Number.POSITIVE_INFINITY;
      this.wake();
    });
  }

  async #run(): Promise<void> {
    while (this.#again && this.#isOn) {
      this.#again = false;
      this.#wakeAt(await this.#round());
    }
  }

  async #round(): Promise<number> {
    try {
      const dueAtMs = await this.#parts.round();
      this.#isFailing = false;
      return dueAtMs;
    } catch (error) {
      // Whoever has stopped closes what rounds work with.
      if (this.#isOn && !this.#isFailing) this.#parts.onError(error);
      this.#isFailing = true;
      return this.#clock.now() + AGAIN_MS;
    }
  }
}
