import { dynamicNames, type PartitionsSpec, type Store } from "@millrace/core";
import { type Partitions, partitionsAt } from "@millrace/core/time";

/** Keys of dynamic partitions as the leader knows them: read when they are first needed, and kept. */
export class PartitionBook {
  readonly #store: Store;
  readonly #known = new Map<string, readonly string[]>();
  readonly #reading = new Map<string, Promise<void>>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The partitions of a flow at an instant. */
  async at(spec: PartitionsSpec, nowMs: number): Promise<Partitions> {
    await this.ready(spec);
    return partitionsAt(spec, { nowMs, keysOf: (name) => this.keysOf(name) });
  }

  /** Reads what a definition needs, so that `keysOf` knows it. */
  async ready(spec: PartitionsSpec): Promise<void> {
    for (const name of dynamicNames(spec)) await this.read(name);
  }

  async read(name: string): Promise<void> {
    if (this.#known.has(name)) return;
    const reading = this.#reading.get(name) ?? this.#read(name);
    this.#reading.set(name, reading);
    await reading;
  }

  async #read(name: string): Promise<void> {
    try {
      const keys = await this.#store.triggers.listPartitionKeys(name);
      // A change that was made meanwhile knows better.
      if (!this.#known.has(name)) this.#known.set(name, keys);
    } finally {
      this.#reading.delete(name);
    }
  }

  keysOf(name: string): readonly string[] {
    return this.#known.get(name) ?? [];
  }

  /** Keys as they are from this turn on. */
  set(name: string, keys: readonly string[]): void {
    this.#known.set(name, keys);
  }

  /** What was changed in memory may not have been written: all is read again. */
  forget(): void {
    this.#known.clear();
  }
}
