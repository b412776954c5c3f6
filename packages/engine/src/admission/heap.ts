/** An item that knows its place in a heap, so that it can be moved or taken out without a search. */
export interface HeapItem {
  /** -1 when in no heap. Written by the heap only. */
  heapIndex: number;
}

/** A binary heap: the least item, by `before`, comes out first. All acts cost the logarithm of its size. */
export class Heap<Item extends HeapItem> {
  readonly #items: Item[] = [];
  readonly #before: (a: Item, b: Item) => boolean;

  constructor(before: (a: Item, b: Item) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): Item | undefined {
    return this.#items[0];
  }

  items(): readonly Item[] {
    return this.#items;
  }

  push(item: Item): void {
    item.heapIndex = this.#items.length;
    this.#items.push(item);
    this.#up(item.heapIndex);
  }

  pop(): Item | undefined {
    const first = this.#items[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  remove(item: Item): void {
    const at = item.heapIndex;
    if (at === -1) return;
    const last = this.#items.pop() as Item;
    item.heapIndex = -1;
    if (last === item) return;
    this.#items[at] = last;
    last.heapIndex = at;
    this.moved(last);
  }

  /** The item's order has changed: puts it where it belongs now. */
  moved(item: Item): void {
    this.#up(item.heapIndex);
    this.#down(item.heapIndex);
  }

  #up(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(this.#items[at] as Item, this.#items[parent] as Item)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #down(from: number): void {
    let at = from;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= this.#items.length) return;
      const right = left + 1;
      const least =
        right < this.#items.length && this.#before(this.#items[right] as Item, this.#items[left] as Item)
          ? right
          : left;
      if (!this.#before(this.#items[least] as Item, this.#items[at] as Item)) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #swap(a: number, b: number): void {
    const first = this.#items[a] as Item;
    const second = this.#items[b] as Item;
    this.#items[a] = second;
    this.#items[b] = first;
    second.heapIndex = a;
    first.heapIndex = b;
  }
}
