import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { plainText, toPlainJson } from "../plain-json.ts";
import { rowOf } from "./rows.ts";
import type { FileFormat, StatementResult } from "./session.ts";

/** What a `sql` task gives that wrote its rows to a file. */
export interface RowFile {
  /** As it was asked for. */
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Has a file written beside its place and moves it there when it is whole, so that nobody ever reads half of it, and a
 * retry replaces it.
 */
export async function replaceFile(
  path: string,
  write: (partial: string) => Promise<number>,
): Promise<{ rows: number; bytes: number }> {
  const partial = `${path}.partial-${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    const rows = await write(partial);
    const { size } = await stat(partial);
    await rename(partial, path);
    return { rows, bytes: size };
  } catch (failed) {
    await rm(partial, { force: true });
    throw failed;
  }
}

/** Streams rows to a file, as CSV (RFC 4180, with a header; lines end in \n) or as one JSON object a line. Gives their number. */
export async function writeRows(
  result: StatementResult,
  path: string,
  format: Exclude<FileFormat, "parquet">,
): Promise<number> {
  let rows = 0;
  async function* text(): AsyncGenerator<string> {
    if (format === "csv") yield csvLine(result.columns);
    for await (const batch of result.batches) {
      rows += batch.length;
      yield batch
        .map((row) => (format === "csv" ? csvLine(row) : `${toPlainJson(rowOf(result.columns, row))}\n`))
        .join("");
    }
  }
  await pipeline(Readable.from(text()), createWriteStream(path));
  return rows;
}

function csvLine(values: readonly unknown[]): string {
  return `${values.map(csvField).join(",")}\n`;
}

/** NULL is an empty field, the empty text a quoted one. */
function csvField(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = value instanceof Uint8Array ? Buffer.from(value).toString("base64") : plainText(value);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
