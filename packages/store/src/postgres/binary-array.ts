import { escapeText } from "./text.ts";

/** The types of columns that commits write. */
export type ColumnType = "bigint" | "integer" | "smallint" | "text" | "boolean";

/** Object ids of PostgreSQL's types, which never change. */
const OIDS = { bigint: 20, integer: 23, smallint: 21, text: 25, boolean: 16 } as const;
const WIDTHS = { bigint: 8, integer: 4, smallint: 2, boolean: 1 } as const;

/** Dimensions, whether there are nulls, the type, the length and the first index: four bytes each. */
const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;

/**
 * An array in the form in which PostgreSQL sends and receives it. The client's own form is text, which costs twice the
 * time on both sides: every value is escaped here and parsed there.
 */
export function encodeArray(type: ColumnType, values: readonly unknown[]): Buffer {
  return type === "text" ? encodeTexts(values as readonly (string | null)[]) : encodeNumbers(type, values);
}

function encodeNumbers(type: Exclude<ColumnType, "text">, values: readonly unknown[]): Buffer {
  const width = WIDTHS[type];
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * (LENGTH_BYTES + width));
  let at = writeHeader(buffer, type, values);
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at);
      continue;
    }
    at = buffer.writeInt32BE(width, at);
    if (type === "bigint") at = writeBigint(buffer, value as number, at);
    else if (type === "integer") at = buffer.writeInt32BE(value as number, at);
    else if (type === "smallint") at = buffer.writeInt16BE(value as number, at);
    else at = buffer.writeInt8(value === true ? 1 : 0, at);
  }
  return buffer.subarray(0, at);
}

/** All our integers are safe ones, so two halves do, without the cost of a BigInt. */
function writeBigint(buffer: Buffer, value: number, at: number): number {
  const low = value % 2 ** 32;
  buffer.writeInt32BE((value - low) / 2 ** 32 - (low < 0 ? 1 : 0), at);
  return buffer.writeUInt32BE(low < 0 ? low + 2 ** 32 : low, at + 4);
}

function encodeTexts(values: readonly (string | null)[]): Buffer {
  const texts = values.map((value) => (value === null ? null : escapeText(value)));
  let bytes = HEADER_BYTES;
  for (const text of texts) bytes += LENGTH_BYTES + (text === null ? 0 : Buffer.byteLength(text));
  const buffer = Buffer.allocUnsafe(bytes);
  let at = writeHeader(buffer, "text", values);
  for (const text of texts) {
    if (text === null) {
      at = buffer.writeInt32BE(-1, at);
      continue;
    }
    const written = buffer.write(text, at + LENGTH_BYTES);
    buffer.writeInt32BE(written, at);
    at += LENGTH_BYTES + written;
  }
  return buffer;
}

function writeHeader(buffer: Buffer, type: ColumnType, values: readonly unknown[]): number {
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  buffer.writeInt32BE(OIDS[type], 8);
  buffer.writeInt32BE(values.length, 12);
  return buffer.writeInt32BE(1, 16);
}
