import type { z } from "zod";

/** A row that is kept aside, with all that is wrong with it. */
export interface Reject {
  source: string;
  /** Its position in the source, from 0. */
  row: number;
  reason: string;
  /** The row itself, as JSON. */
  record: string;
}

/** What a source gave: the rows that are good, and those that are not. */
export interface SortedOut<Row> {
  accepted: Row[];
  rejected: Reject[];
}

/** Divides rows by a schema. Accepted rows are as the schema makes them: coerced, and without other fields. */
export function sortOut<Row>(source: string, schema: z.ZodType<Row>, rows: Iterable<unknown>): SortedOut<Row> {
  const sorted: SortedOut<Row> = { accepted: [], rejected: [] };
  let position = 0;
  for (const row of rows) {
    const result = schema.safeParse(row);
    if (result.success) sorted.accepted.push(result.data);
    else sorted.rejected.push({ source, row: position, reason: reasonOf(result.error), record: JSON.stringify(row) });
    position += 1;
  }
  return sorted;
}

/** `city is not known; state is not known`. */
export function reasonOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`.trim()).join("; ");
}
