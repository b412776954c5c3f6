/** A flow whose last run failed. */
export interface FailingFlow {
  readonly sinceMs: number;
  /** Runs that have failed in a row. */
  readonly runs: number;
  /** By rule, when it last told of it; of those that do not tell of each run. */
  readonly toldAtMs?: Readonly<Record<string, number>>;
}
