import { escapeText } from "./text.ts";

/** The types of columns that commits write. */
export type ColumnType = "bigint" | "integer" | "smallint" | "text";

/** Object ids of PostgreSQL's types, which never change. */
const OIDS = { bigint: 20, integer: 23, smallint: 21, text: 25 } as const;

/** A character of JavaScript takes at most this many bytes. */
const BYTES_A_CHARACTER = 3;

/** Of a value without its text: its type and its length, and at most eight bytes of it. */
const VALUE_BYTES = 16;

/** Large enough for most commits; grown for larger ones, and kept. */
let scratch = Buffer.allocUnsafe(64 * 1024);

/**
 * An array of rows in the form in which PostgreSQL sends and receives it: one parameter for a whole table. The client's
 * own form is text, which is escaped here and parsed there, and takes a parameter for each column: three times the work
 * on both sides for a small commit.
 *
 * @param rowType the object id of the table's row type. Its columns are the given ones, in this order.
 */
export function encodeRows(
  rowType: number,
  columns: readonly (readonly [name: string, type: ColumnType])[],
  rows: readonly object[],
): Buffer {
  let at = writeHeader(rowType, rows.length);
  for (const row of rows) {
    const start = at;
    ensure(start + 8 + columns.length * VALUE_BYTES);
    at = scratch.writeInt32BE(columns.length, start + 4);
    for (const [name, type] of columns) {
      const value = (row as Readonly<Record<string, unknown>>)[name];
      at = scratch.writeInt32BE(OIDS[type], at);
      if (value === null || value === undefined) at = scratch.writeInt32BE(-1, at);
      else if (typeof value === "string") at = writeText(value, at, columns.length);
      else at = writeNumber(type, value as number, at);
    }
    scratch.writeInt32BE(at - start - 4, start);
  }
  return Buffer.from(scratch.subarray(0, at));
}

/** Dimensions, whether there are nulls among the rows, their type, how many, and the first index. */
function writeHeader(rowType: number, count: number): number {
  scratch.writeInt32BE(1, 0);
  scratch.writeInt32BE(0, 4);
  scratch.writeUInt32BE(rowType, 8);
  scratch.writeInt32BE(count, 12);
  return scratch.writeInt32BE(1, 16);
}

/** Leaves room for the rest of the row. */
function writeText(value: string, at: number, columns: number): number {
  const text = escapeText(value);
  ensure(at + text.length * BYTES_A_CHARACTER + columns * VALUE_BYTES);
  const bytes = scratch.write(text, at + 4);
  scratch.writeInt32BE(bytes, at);
  return at + 4 + bytes;
}

function writeNumber(type: ColumnType, value: number, at: number): number {
  if (type === "integer") return scratch.writeInt32BE(value, scratch.writeInt32BE(4, at));
  if (type === "smallint") return scratch.writeInt16BE(value, scratch.writeInt32BE(2, at));
  // All our integers are safe ones, so two halves do, without the cost of a BigInt.
  const high = Math.floor(value / 2 ** 32);
  const low = scratch.writeInt32BE(high, scratch.writeInt32BE(8, at));
  return scratch.writeUInt32BE(value - high * 2 ** 32, low);
}

function ensure(bytes: number): void {
  if (bytes <= scratch.length) return;
  const larger = Buffer.allocUnsafe(Math.max(bytes, scratch.length * 2));
  scratch.copy(larger);
  scratch = larger;
}
