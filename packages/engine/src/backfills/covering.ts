import type { BackfillId, RunId, RunRow } from "@millrace/core";

/** What a tick stands for, as a backfill may cover it. */
export type CoveredTick = Pick<RunRow, "flow" | "slice" | "window" | "scheduledAtMs"> & { readonly schedule: string };

/** Who makes the run of a tick, or has made it. */
export interface Covering {
  readonly backfill: BackfillId;
  /** Null where it has not been made yet, or has ended. */
  readonly run: RunId | null;
}
