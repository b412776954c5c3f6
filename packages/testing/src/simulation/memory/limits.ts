import type { Limits, PoolRow, RateRow } from "@millrace/core";
import type { MemoryDatabase } from "./database.ts";

export class MemoryLimits implements Limits {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    this.#database = database;
  }

  async listPools(): Promise<readonly PoolRow[]> {
    const set = [...this.#database.pools.values()].filter(({ slots }) => slots !== null);
    return set.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async listRates(): Promise<readonly RateRow[]> {
    return Array.from(this.#database.rates, ([name, fullAtMs]) => ({ name, fullAtMs }));
  }

  async removeFullRates(beforeMs: number): Promise<void> {
    for (const [name, fullAtMs] of this.#database.rates) if (fullAtMs < beforeMs) this.#database.rates.delete(name);
  }
}
