/** What one look of the doctor found. */
export interface Finding {
  readonly what: string;
  /** `broken` makes the command fail; `odd` is worth knowing. */
  readonly verdict: "good" | "odd" | "broken";
  readonly text: string;
  readonly hint?: string;
}
