import type { ErrorCode } from "@millrace/core";

/** Something wrong, or odd, in a project: with its place, ready to print. */
export interface Diagnostic {
  /** An error keeps its flow (or, in the configuration, everything) out of the version; a warning keeps nothing out. */
  readonly severity: "error" | "warning";
  readonly code: ErrorCode;
  readonly message: string;
  /** Relative to the project's folder, with `/`; null where no file is to blame. */
  readonly file: string | null;
  /** Lines and columns count from 1. */
  readonly line: number | null;
  readonly column: number | null;
  /** The source line with two around it and a mark below the column, ready to print. */
  readonly frame: string | null;
  /** What to do, or null. */
  readonly hint: string | null;
}
