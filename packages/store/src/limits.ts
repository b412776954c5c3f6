import type { Limits, PoolRow, RateRow } from "@millrace/core";
import type { Act } from "./act.ts";
import { listPools, poolFromColumns } from "./tables/pool.ts";
import { listRates, removeFullRates } from "./tables/rate.ts";

/** Runs one act and gives its rows. Each store has its own way, and gives failures their code. */
export type LimitsAccess = <Args extends object, Row>(act: Act<Args, Row>, given: NoInfer<Args>) => Promise<Row[]>;

/** What is remembered of limits, on any database. */
export class StoreLimits implements Limits {
  readonly #do: LimitsAccess;

  constructor(access: LimitsAccess) {
    this.#do = access;
  }

  async listPools(): Promise<readonly PoolRow[]> {
    return (await this.#do(listPools, {})).map(poolFromColumns);
  }

  async listRates(): Promise<readonly RateRow[]> {
    return (await this.#do(listRates, {})).map(({ name, full_at }) => ({ name, fullAtMs: full_at }));
  }

  async removeFullRates(beforeMs: number): Promise<void> {
    await this.#do(removeFullRates, { before: beforeMs });
  }
}
