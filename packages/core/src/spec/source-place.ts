/** Where in the author's sources something was written. Lines and columns count from 1. */
export interface SourcePlace {
  /** Relative to the project's folder, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
