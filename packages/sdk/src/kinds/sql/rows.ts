import type { StatementResult } from "./session.ts";

/** A row as an object, by column. */
export type Row = Record<string, unknown>;

export async function collectRows(result: StatementResult): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of result.batches) {
    for (const values of batch) rows.push(rowOf(result.columns, values));
  }
  return rows;
}

export function rowOf(columns: readonly string[], values: readonly unknown[]): Row {
  // `fromEntries` defines properties, so that a column may even be called `__proto__`.
  return Object.fromEntries(columns.map((column, index) => [column, values[index]]));
}
