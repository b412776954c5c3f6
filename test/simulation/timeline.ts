import { createHash, type Hash } from "node:crypto";

interface Happening {
  readonly atMs: number;
  /** Of two at the same instant, the smaller goes first. */
  readonly order: number;
  readonly what: string;
  readonly action: () => unknown;
  cancelled: boolean;
}

/**
 * True time, and all that is going to happen in it. One thing happens at a time, and everything that follows from it
 * without waiting happens before the next: so the same seed gives the same story, whatever the machine does. What
 * happened is written into a hash, by which two stories are compared.
 */
export class Timeline {
  /** Called with each line of the story. */
  onLine: ((line: string) => void) | undefined;
  #nowMs: number;
  #order = 0;
  #steps = 0;
  readonly #heap: Happening[] = [];
  readonly #hash: Hash = createHash("sha256");

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many things have happened. */
  get steps(): number {
    return this.#steps;
  }

  /** Lets something happen later; what it returns is waited for. Gives what cancels it. */
  after(delayMs: number, what: string, action: () => unknown): () => void {
    this.#order += 1;
    const happening = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order, what, action, cancelled: false };
    this.#push(happening);
    return () => {
      happening.cancelled = true;
    };
  }

  /** Writes into the story. */
  note(line: string): void {
    this.#hash.update(line);
    this.#hash.update("\n");
    this.onLine?.(line);
  }

  /** Stands for everything that has happened. Ends the story. */
  digest(): string {
    return this.#hash.digest("hex");
  }

  /** Lets the next thing happen. False when nothing will happen any more. */
  async step(): Promise<boolean> {
    for (let next = this.#pop(); next !== undefined; next = this.#pop()) {
      if (next.cancelled) continue;
      this.#nowMs = next.atMs;
      this.#steps += 1;
      this.note(`${next.atMs} ${next.what}`);
      await next.action();
      // All that was waiting for promises has gone on by then.
      await new Promise<void>((resolve) => setImmediate(resolve));
      return true;
    }
    return false;
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let at = heap.push(happening) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(heap[parent] as Happening, happening)) break;
      heap[at] = heap[parent] as Happening;
      at = parent;
    }
    heap[at] = happening;
  }

  #pop(): Happening | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Happening, heap[child] as Happening)) child += 1;
      if (isBefore(last, heap[child] as Happening)) break;
      heap[at] = heap[child] as Happening;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs;
}
