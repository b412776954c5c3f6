import type {
  BackfillId,
  EncodedText,
  RunClass,
  RunSelection,
  RunSlice,
  RunTrigger,
  VersionId,
  Window,
} from "@millrace/core";

/** A run that somebody or something wants: a person, a schedule, a backfill, an event, another run. */
export interface RunWish {
  readonly flow: string;
  /** Null: the active version. */
  readonly version: VersionId | null;
  /** Before the flow's schema. */
  readonly params: EncodedText;
  /** Null: that of its slice, else the newest complete one of the flow's schedule, else empty at the time it is made. */
  readonly window: Window | null;
  readonly slice: RunSlice | null;
  readonly scheduledAtMs: number | null;
  readonly backfill: BackfillId | null;
  readonly trigger: RunTrigger;
  readonly class: RunClass;
  /** The same key twice is one run. */
  readonly idempotencyKey: string | null;
  readonly selection: RunSelection | null;
}
