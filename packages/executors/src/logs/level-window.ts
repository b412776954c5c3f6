import type { FileHandle } from "node:fs/promises";
import { openIfThere } from "./file-log-reader.ts";
import { decodeLine } from "./log-format.ts";
import type { Block, LogOutline } from "./log-outline.ts";
import type { LogHit, LogLevelPage, LogLevelWindow } from "./log-store.ts";

/** Lines that are loud enough, by their place among those that are. */
export async function readLevelWindow(
  path: string,
  outline: LogOutline,
  { level, begin, limit }: Pick<LogLevelWindow, "level" | "begin" | "limit">,
): Promise<LogLevelPage> {
  const numbers =
    "line" in begin
      ? outline.find(level, { from: begin.line, limit })
      : outline.find(level, { from: 0, skip: begin.place, limit });
  return {
    place: "line" in begin ? outline.placeOf(level, begin.line) : begin.place,
    hits: await readLines(path, outline, numbers),
    matching: outline.count(level),
    count: outline.lines,
    closed: outline.isClosed,
  };
}

/** Lines by their numbers, in this order. A block in which several of them stand in a row is read once. */
export async function readLines(path: string, outline: LogOutline, numbers: readonly number[]): Promise<LogHit[]> {
  const file = numbers.length === 0 ? undefined : await openIfThere(path);
  if (file === undefined) return [];
  try {
    const hits: LogHit[] = [];
    let read: { readonly line: number; readonly texts: readonly string[] } | undefined;
    for (const number of numbers) {
      const block = outline.blockOf(number);
      if (read?.line !== block.line) read = { line: block.line, texts: await textsOf(file, block) };
      const line = decodeLine(read.texts[number - block.line] ?? "");
      if (line !== "end") hits.push({ number, line });
    }
    return hits;
  } finally {
    await file.close();
  }
}

async function textsOf(file: FileHandle, { offset, end }: Block): Promise<string[]> {
  const bytes = Buffer.allocUnsafe(end - offset);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
  return bytes.toString("utf8", 0, bytesRead).split("\n");
}
