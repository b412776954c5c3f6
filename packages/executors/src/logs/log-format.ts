import type { LogLine } from "./log-store.ts";

/**
 * A log is a file of JSON lines: `{"t":…,"level":…,"source":…,"text":…}`. The last line of a closed log is
 * `{"end":<lines>}`. A log of more than a thousand lines has an index beside it (`.idx`): an entry for each thousandth
 * line, sixteen bytes, the number of the line and its offset, both little-endian 64-bit. An index that is missing or
 * short costs time only.
 */

/** One index entry for this many lines. */
export const LINES_PER_INDEX_ENTRY = 1000;
const ENTRY_BYTES = 16;

/** The index beside a log's file. */
export function indexPath(path: string): string {
  return path.replace(/\.ndjson$/, ".idx");
}

export function encodeLine(line: LogLine): string {
  return `${JSON.stringify(line)}\n`;
}

export function encodeEnd(lines: number): string {
  return `{"end":${lines}}\n`;
}

/** As many bytes as an end mark has at most, and the end of the line before it. */
export const END_BYTES = 32;

/** How many lines a closed log has, told by its last bytes; undefined where it is open, or foreign lines came after. */
export function linesByEnd(tail: string): number | undefined {
  const [, lines] = /(?:^|\n)\{"end":(\d+)\}\n$/.exec(tail) ?? [];
  return lines === undefined ? undefined : Number(lines);
}

/** A line of a log file, or that it is the end mark. A torn or foreign line shows as it is. */
export function decodeLine(text: string): LogLine | "end" {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) {
      if ("end" in value) return "end";
      if ("t" in value && "text" in value) return value as LogLine;
    }
  } catch {
    // A crash tore it.
  }
  return { t: 0, level: "warn", source: "system", text };
}

export function encodeIndexEntry(line: number, offset: number): Buffer {
  const entry = Buffer.alloc(ENTRY_BYTES);
  entry.writeBigUInt64LE(BigInt(line), 0);
  entry.writeBigUInt64LE(BigInt(offset), 8);
  return entry;
}

export interface IndexEntry {
  readonly line: number;
  readonly offset: number;
}

/** The last indexed line at or before `line`; the beginning where the index knows none. */
export function findInIndex(index: Buffer, line: number): IndexEntry {
  return lastEntry(index, (entry) => entry.line <= line);
}

/** The last indexed line that begins at or before `offset`; the beginning where the index knows none. */
export function entryBefore(index: Buffer, offset: number): IndexEntry {
  return lastEntry(index, (entry) => entry.offset <= offset);
}

/** All that the index knows, in order. */
export function entriesOf(index: Buffer): IndexEntry[] {
  return Array.from({ length: Math.floor(index.length / ENTRY_BYTES) }, (_, place) =>
    entryAt(index, place * ENTRY_BYTES),
  );
}

/** Lines and offsets grow together, so whatever is asked of either is true up to some entry. */
function lastEntry(index: Buffer, isBefore: (entry: IndexEntry) => boolean): IndexEntry {
  let low = 0;
  let high = Math.floor(index.length / ENTRY_BYTES) - 1;
  let found: IndexEntry = { line: 0, offset: 0 };
  while (low <= high) {
    const middle = (low + high) >> 1;
    const entry = entryAt(index, middle * ENTRY_BYTES);
    if (isBefore(entry)) {
      found = entry;
      low = middle + 1;
    } else high = middle - 1;
  }
  return found;
}

function entryAt(index: Buffer, at: number): IndexEntry {
  return { line: Number(index.readBigUInt64LE(at)), offset: Number(index.readBigUInt64LE(at + 8)) };
}
