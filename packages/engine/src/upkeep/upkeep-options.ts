import type { RetentionPolicy, UpkeepFiles } from "@millrace/core";

/** What a leader does about the past, and how often. */
export interface UpkeepOptions {
  readonly retention: RetentionPolicy;
  readonly files: UpkeepFiles;
  /** From the start to the first pass, in milliseconds: runs come first. Defaults to a minute. */
  readonly firstMs?: number;
  /** From the end of a pass to the next, in milliseconds. Defaults to an hour. */
  readonly everyMs?: number;
}
