/** Lets a few do something at once, and the others wait for their turn, no source more than its share. */
export class Turns {
  readonly #atOnce: number;
  readonly #waitingEach: number;
  readonly #waiting = new Map<string, (() => void)[]>();
  #running = 0;

  /** @param waitingEach how many of one source may wait. */
  constructor(atOnce: number, waitingEach: number) {
    this.#atOnce = atOnce;
    this.#waitingEach = waitingEach;
  }

  /** Does the work when it is its turn; undefined, and no work, when too many of that source wait already. */
  async take<Result>(source: string, work: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#running < this.#atOnce) this.#running += 1;
    else if (!(await this.#wait(source))) return undefined;
    try {
      return await work();
    } finally {
      // Whoever is called takes this place over, so that nobody comes in between.
      if (!this.#callNext()) this.#running -= 1;
    }
  }

  async #wait(source: string): Promise<boolean> {
    const line = this.#waiting.get(source) ?? [];
    if (line.length >= this.#waitingEach) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(source, [...line, resolve]);
    await promise;
    return true;
  }

  /** The source that has waited longest gives one, and goes to the end of the line. */
  #callNext(): boolean {
    const [next] = this.#waiting;
    if (next === undefined) return false;
    const [source, [call, ...others]] = next;
    this.#waiting.delete(source);
    if (others.length > 0) this.#waiting.set(source, others);
    call?.();
    return true;
  }
}
