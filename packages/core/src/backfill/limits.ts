/** A backfill has no more runs than this. */
export const MAX_BACKFILL_RUNS = 1_000_000;
