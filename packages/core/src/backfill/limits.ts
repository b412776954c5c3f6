/** A backfill has no more runs than this, unless somebody has said how many it may have. */
export const MAX_BACKFILL_RUNS = 1_000_000;

/** No backfill has more runs under way at once than this, whatever somebody asks for. */
export const MAX_AT_ONCE = 10_000;
