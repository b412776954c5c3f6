/** One place of what was given that does not fit, and why. */
export interface Issue {
  /** From the outside in. Empty: the value itself, all of it. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** An error as plain data: what is stored, sent and shown. */
export interface ErrorInfo {
  /** A code of Millrace (`TIMEOUT`, `OUTPUT_NOT_STORABLE` …) or null for an error of the user's code. */
  readonly code: string | null;
  /** The class: `TypeError`, `MillraceError`, … */
  readonly name: string;
  readonly message: string;
  /** Mapped to the author's sources by source maps; null where there is none. */
  readonly stack: string | null;
  /** The source line it came from, with two around it, ready to print; null where unknown. */
  readonly frame: string | null;
  readonly cause: ErrorInfo | null;
  /** What to try, or null. */
  readonly hint: string | null;
  /** Each place that does not fit, where what was given was checked with a schema; the message names them too. */
  readonly issues?: readonly Issue[];
}
