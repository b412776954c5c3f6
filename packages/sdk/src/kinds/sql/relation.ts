import { plainText } from "../plain-json.ts";

/** The types that columns of a relation can have; each database has its own name for them. */
export type ColumnType =
  | "boolean"
  /** 64 bits. */
  | "integer"
  /** Whole numbers beyond 64 bits, and decimals. */
  | "decimal"
  | "double"
  | "text"
  /** An instant. */
  | "timestamp"
  | "date"
  | "bytes"
  | "json";

/** A list of records as a table: its columns are found in the records. */
export interface Relation {
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** True for a list, not empty, of plain objects. */
export function isRecordList(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord);
}

function isRecord(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false;
  return !(value instanceof Date || value instanceof Map || value instanceof Set);
}

/**
 * The relation that a list of records is. Columns are all fields that occur, in the order of their first appearance;
 * each has the type that holds all its values: whole numbers and fractions together are doubles, other mixtures text,
 * and everything with lists or objects in it JSON. A column without any value is text.
 *
 * @param declared types that the author gave; they win, and come first.
 */
export function relationOf(
  rows: readonly Readonly<Record<string, unknown>>[],
  declared: Readonly<Record<string, ColumnType>> = {},
): Relation {
  const types = new Map<string, ColumnType | null>(Object.entries(declared));
  const open = new Set<string>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      if (!types.has(name)) {
        types.set(name, null);
        open.add(name);
      }
      if (open.has(name)) types.set(name, commonType(types.get(name) ?? null, typeOf(value)));
    }
  }
  return { columns: [...types].map(([name, type]) => ({ name, type: type ?? "text" })), rows };
}

/** The type of the elements of a list of scalars. */
export function elementType(list: readonly unknown[]): ColumnType {
  return list.reduce<ColumnType | null>((type, value) => commonType(type, typeOf(value)), null) ?? "text";
}

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

function typeOf(value: unknown): ColumnType | null {
  if (value === undefined) return null;
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "integer" : "double";
  if (typeof value === "bigint") return value >= MIN_INT64 && value <= MAX_INT64 ? "integer" : "decimal";
  return typeof value === "object" ? typeOfObject(value) : "text";
}

function typeOfObject(value: object | null): ColumnType | null {
  if (value === null) return null;
  if (value instanceof Date) return "timestamp";
  return value instanceof Uint8Array ? "bytes" : "json";
}

const NUMERIC: readonly ColumnType[] = ["integer", "double", "decimal"];

function commonType(one: ColumnType | null, other: ColumnType | null): ColumnType | null {
  if (one === null || one === other) return other ?? one;
  if (other === null) return one;
  if (one === "json" || other === "json") return "json";
  if (!NUMERIC.includes(one) || !NUMERIC.includes(other)) return "text";
  return one === "double" || other === "double" ? "double" : "decimal";
}

/** A scalar as text, for columns of mixed types. */
export function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : plainText(value);
}
