import type { Frame, StoredValue } from "@millrace/core";

/** Inline outputs kept at hand, in characters of text, over all runs. What falls out is read from the store again. */
const BUDGET = 64 * 1024 * 1024;
/** What a small value costs beside its text. */
const OVERHEAD = 200;

interface Kept {
  readonly values: (StoredValue | undefined)[];
  readonly slot: number;
  readonly size: number;
}

/** Recent outputs of active runs, so that a downstream task starts without a read. First in, first out. */
export class OutputMemory {
  readonly #values = new WeakMap<Frame, (StoredValue | undefined)[]>();
  #queue: Kept[] = [];
  #head = 0;
  #size = 0;

  get(frame: Frame, slot: number): StoredValue | undefined {
    return this.#values.get(frame)?.[slot];
  }

  put(frame: Frame, slot: number, value: StoredValue): void {
    let values = this.#values.get(frame);
    if (values === undefined) {
      values = [];
      this.#values.set(frame, values);
    }
    values[slot] = value;
    if (value.kind !== "inline") return;
    const size = value.text.length + OVERHEAD;
    this.#queue.push({ values, slot, size });
    this.#size += size;
    while (this.#size > BUDGET) this.#dropOldest();
  }

  #dropOldest(): void {
    const oldest = this.#queue[this.#head] as Kept;
    oldest.values[oldest.slot] = undefined;
    this.#size -= oldest.size;
    this.#head += 1;
    if (this.#head > 10_000 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }
}
