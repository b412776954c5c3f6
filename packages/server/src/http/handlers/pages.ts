import { Refusal } from "../refusal.ts";

/** A page of rows that are in memory anyway. Its cursor is the place of its first row. */
export function pageOfRows<Row, View>(
  rows: readonly Row[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  view: (row: Row) => View,
): { items: View[]; next: string | null } {
  const from = cursor === undefined ? 0 : placeOf(cursor);
  const end = from + limit;
  return { items: rows.slice(from, end).map(view), next: end < rows.length ? String(end) : null };
}

/** @throws Refusal for what no page gave. */
export function placeOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new Refusal("INVALID_REQUEST", "query.cursor: it is not the `next` of a page.");
}
