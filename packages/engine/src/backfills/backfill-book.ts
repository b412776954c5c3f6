import type { BackfillId, BackfillRow } from "@millrace/core";
import type { LiveBackfill } from "./live-backfill.ts";

/** Backfills that have not ended, as commands see them. */
export interface BackfillBook {
  all(): Iterable<LiveBackfill>;
  find(id: BackfillId): LiveBackfill | undefined;
  /** Takes one into memory. */
  keep(live: LiveBackfill): void;
  /** Writes a backfill as it stands, and does what is to be done next. */
  write(live: LiveBackfill): void;
  /** As it was when the backfill was planned: its positions count from then. */
  seriesOf(row: Pick<BackfillRow, "version" | "flow" | "request" | "createdAtMs">): Promise<LiveBackfill["series"]>;
}
