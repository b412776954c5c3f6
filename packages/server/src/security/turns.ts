/** Who wants a turn, and where they stand in line for it. */
export interface Waiter {
  /** Lines are served one after the other, so that a long one holds up nobody in a short one. */
  readonly line: string;
  /** Where the wish comes from: only so many of one source wait, in whatever lines. */
  readonly source: string;
}

interface Waiting {
  readonly source: string;
  readonly call: () => void;
}

/** Lets a few do something at once, and the others wait for their turn. */
export class Turns {
  readonly #atOnce: number;
  readonly #waitingEach: number;
  /** In the order in which they are served. None is empty. */
  readonly #lines = new Map<string, readonly Waiting[]>();
  #running = 0;

  /** @param waitingEach how many of one source may wait. */
  constructor(atOnce: number, waitingEach: number) {
    this.#atOnce = atOnce;
    this.#waitingEach = waitingEach;
  }

  /** Does the work when it is its turn; undefined, and no work, when too many of that source wait already. */
  async take<Result>(waiter: Waiter, work: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#running < this.#atOnce) this.#running += 1;
    else if (!(await this.#wait(waiter))) return undefined;
    try {
      return await work();
    } finally {
      // Whoever is called takes this place over, so that nobody comes in between.
      if (!this.#callNext()) this.#running -= 1;
    }
  }

  async #wait({ line, source }: Waiter): Promise<boolean> {
    const all = [...this.#lines.values()].flat();
    if (all.filter((each) => each.source === source).length >= this.#waitingEach) return false;
    const { promise, resolve: call } = Promise.withResolvers<void>();
    this.#lines.set(line, [...(this.#lines.get(line) ?? []), { source, call }]);
    await promise;
    return true;
  }

  /** The line that was not served for longest gives one, and goes behind the others. */
  #callNext(): boolean {
    const [next] = this.#lines;
    if (next === undefined) return false;
    const [line, [first, ...others]] = next;
    this.#lines.delete(line);
    if (others.length > 0) this.#lines.set(line, others);
    first?.call();
    return true;
  }
}
