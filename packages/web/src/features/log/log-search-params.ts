import type { LogLevel } from "../../api/shapes.ts";
import type { LinePlace } from "./line-range.ts";

/** What of a log is shown, and how: all of it is in the address. */
export interface LogSearch {
  /** 61, or `61-80`. */
  readonly line?: LinePlace | undefined;
  readonly q?: string | undefined;
  /** Quieter lines are left out; debug and undefined leave out none. */
  readonly level?: LogLevel | undefined;
  /** Long lines are broken. */
  readonly wrap?: boolean | undefined;
  /** Since the attempt began; else the time of day. */
  readonly times?: "start" | undefined;
}

export type ChangeLog = (next: LogSearch) => void;
