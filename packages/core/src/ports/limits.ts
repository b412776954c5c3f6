/** What the store remembers of limits. The leader writes it with its commits; anybody reads. */
export interface Limits {
  /** Pools whose size somebody has set, by name. */
  listPools(): Promise<readonly PoolRow[]>;
  /** Rates that were used and are not forgotten yet, in no order. */
  listRates(): Promise<readonly RateRow[]>;
  /** Forgets rates whose token buckets were full before this instant; nobody could tell the difference. */
  removeFullRates(beforeMs: number): Promise<void>;
}

/** The size of a pool as somebody set it. It counts before what the configuration says, until it is taken back. */
export interface PoolRow {
  readonly name: string;
  /** 0: nothing that needs the pool starts. Null, only when it is written: taken back. */
  readonly slots: number | null;
  readonly description: string | null;
  readonly setBy: string;
  readonly setAtMs: number;
}

/** How far a rate is used up. */
export interface RateRow {
  readonly name: string;
  /** When its token bucket is full again, and the row of no use. */
  readonly fullAtMs: number;
}
