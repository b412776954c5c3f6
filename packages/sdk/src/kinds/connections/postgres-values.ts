import { parseForeignJson, toPlainJson } from "../plain-json.ts";
import { type ColumnType, textOf } from "../sql/relation.ts";
import { exactDecimal, exactInteger } from "../sql/session.ts";

type Parse = (text: string) => unknown;

/** Types by their object ids, which are the same on every server (pg_type.dat), with the ids of their arrays. */
const PARSERS: readonly (readonly [id: number, array: number, parse: Parse])[] = [
  [16, 1000, (text) => text === "t"],
  [17, 1001, (text) => new Uint8Array(Buffer.from(text.slice(2), "hex"))],
  [19, 1003, String],
  [20, 1016, (text) => exactInteger(BigInt(text))],
  [21, 1005, Number],
  [23, 1007, Number],
  [25, 1009, String],
  [26, 1028, Number],
  [114, 199, parseForeignJson],
  [700, 1021, Number],
  [701, 1022, Number],
  [1042, 1014, String],
  [1043, 1015, String],
  [1082, 1182, String],
  [1083, 1183, String],
  [1114, 1115, instant],
  [1184, 1185, instant],
  [1186, 1187, String],
  [1700, 1231, exactDecimal],
  [2950, 2951, String],
  [3802, 3807, parseForeignJson],
];

const BY_ID = new Map<number, Parse>(PARSERS.map(([id, , parse]) => [id, parse]));
const ELEMENT_BY_ARRAY = new Map<number, Parse>(PARSERS.map(([, array, parse]) => [array, parse]));
/** Of `text[]`: its parser of the client library gives nested lists of texts. */
export const TEXT_ARRAY = 1009;

/** How the text of a value becomes a plain one. Types without an entry stay text. */
export function parserOf(typeId: number, parseTextArray: Parse): Parse {
  const element = ELEMENT_BY_ARRAY.get(typeId);
  if (element !== undefined) return (text) => parseElements(parseTextArray(text), element);
  return BY_ID.get(typeId) ?? ((text) => text);
}

function parseElements(list: unknown, parse: Parse): unknown {
  if (Array.isArray(list)) return list.map((item) => parseElements(item, parse));
  return typeof list === "string" ? parse(list) : null;
}

/** `2026-01-31 10:00:00.123+00`, or without a zone; infinities stay text. */
function instant(text: string): Date | string {
  const [, day, time, zone] = /^(\d+-\d\d-\d\d) ([\d:.]+)([+-]\d\d(?::\d\d)*)?$/.exec(text) ?? [];
  if (day === undefined) return text;
  const offset = zone === undefined || zone === "+00" ? "Z" : zone.length === 3 ? `${zone}:00` : zone;
  const date = new Date(`${day}T${time}${offset}`);
  return Number.isNaN(date.getTime()) ? text : date;
}

/** A parameter as the client library takes it: lists become arrays, other structures JSON text, dates UTC. */
export function boundValue(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.some(isStructure) ? toPlainJson(value) : value.map(boundValue);
  return isStructure(value) ? toPlainJson(value) : value;
}

function isStructure(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return !(value instanceof Date || value instanceof Uint8Array);
}

export const COLUMN_TYPES: Readonly<Record<ColumnType, string>> = {
  boolean: "boolean",
  integer: "bigint",
  decimal: "numeric",
  double: "double precision",
  text: "text",
  timestamp: "timestamptz",
  date: "date",
  bytes: "bytea",
  json: "jsonb",
};

/** A value of a relation on its way through `json_to_recordset`. */
export function recordValue(value: unknown, type: ColumnType): unknown {
  if (value === undefined || value === null) return null;
  if (value instanceof Uint8Array && type === "bytes") return `\\x${Buffer.from(value).toString("hex")}`;
  if (type === "text") return textOf(value);
  // JSON has no word for NaN and the infinities; as text they are what PostgreSQL reads.
  return type === "double" && typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
