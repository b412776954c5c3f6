/** A backfill has no more runs than this, unless somebody has said how many it may have. */
export const MAX_BACKFILL_RUNS = 1_000_000;
