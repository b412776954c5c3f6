import { type FileHandle, readFile } from "node:fs/promises";
import { openIfThere, type ReadPosition, seekLine } from "./file-log-reader.ts";
import { decodeLine, entryBefore, indexPath } from "./log-format.ts";
import type { LogHit, LogSearch } from "./log-store.ts";

/** Searched at once: short enough that nobody else on the thread notices. */
const CHUNK_BYTES = 512 * 1024;
const NEWLINE = 0x0a;
/** How each line of ours begins, and where in it what is searched begins. */
const LINE = '{"t":';
const TEXT = '"text":"';

type Asked = Pick<LogSearch, "text" | "from" | "limit">;

/**
 * Lines that hold a text, whatever its case. Most of a large log is not what one looks for, so its bytes are looked
 * through as they are, and only a line that may hold the text is parsed.
 *
 * Case is that of the whole text; only what of it is ASCII is looked for in the bytes. So the two signs that are no
 * ASCII and become it in lower case, İ and the Kelvin sign, are not found by `i` and `k`.
 */
export async function searchLines(path: string, asked: Asked): Promise<readonly LogHit[]> {
  const file = await openIfThere(path);
  if (file === undefined) return [];
  try {
    const index = await readFile(indexPath(path)).catch(() => Buffer.alloc(0));
    const search = new Search(asked, index, await seekLine(path, asked.from));
    await readChunks(file, search);
    return search.hits;
  } finally {
    await file.close();
  }
}

/** Hands on whole lines, some at a time. */
async function readChunks(file: FileHandle, search: Search): Promise<void> {
  let bytes = Buffer.allocUnsafe(CHUNK_BYTES);
  let kept = 0;
  let { offset } = search.position;
  for (;;) {
    // A line that is longer than all there is room for.
    if (kept === bytes.length) bytes = Buffer.concat([bytes, Buffer.allocUnsafe(bytes.length)]);
    const { bytesRead } = await file.read(bytes, kept, bytes.length - kept, offset);
    if (bytesRead === 0) return;
    offset += bytesRead;
    const filled = bytes.subarray(0, kept + bytesRead);
    const end = filled.lastIndexOf(NEWLINE) + 1;
    if (end > 0 && !search.take(filled.subarray(0, end))) return;
    filled.copyWithin(0, end);
    kept = filled.length - end;
  }
}

class Search {
  readonly hits: LogHit[] = [];
  /** Up to where it has looked: the beginning of a line, and its number. */
  position: ReadPosition;
  readonly #asked: Asked;
  readonly #wanted: string;
  readonly #probe: string;
  readonly #index: Buffer;

  constructor(asked: Asked, index: Buffer, start: ReadPosition) {
    this.#asked = asked;
    this.#wanted = asked.text.toLowerCase();
    this.#probe = probeOf(this.#wanted);
    this.#index = index;
    this.position = start;
  }

  /** Looks through whole lines that begin at the position. False when there are enough hits. */
  take(bytes: Buffer): boolean {
    const start = this.position.offset;
    // A character for each byte, so that places are the same in both.
    const text = bytes.toString("latin1").toLowerCase();
    for (let at = text.indexOf(this.#probe); at >= 0; at = text.indexOf(this.#probe, at)) {
      const from = at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
      const end = text.indexOf("\n", at);
      const textAt = text.startsWith(LINE, from) ? text.indexOf(TEXT, from) + TEXT.length : from;
      if (at < textAt && textAt <= end) {
        // In what every line has: time, level, source.
        at = textAt;
        continue;
      }
      this.#goTo(start + from, bytes.subarray(this.position.offset - start, from));
      this.#look(bytes.toString("utf8", from, end));
      if (this.hits.length >= this.#asked.limit) return false;
      at = end + 1;
      if (at >= text.length) break;
    }
    this.#goTo(start + bytes.length, bytes.subarray(this.position.offset - start));
    return true;
  }

  #look(text: string): void {
    const number = this.position.line;
    if (number < this.#asked.from) return;
    const line = decodeLine(text);
    if (line !== "end" && line.text.toLowerCase().includes(this.#wanted)) this.hits.push({ number, line });
  }

  /** Counts the lines on the way, but for those that the index has counted. */
  #goTo(offset: number, between: Buffer): void {
    const entry = entryBefore(this.#index, offset);
    let { line } = this.position;
    let at = 0;
    if (entry.offset > this.position.offset) {
      line = entry.line;
      at = entry.offset - this.position.offset;
    }
    for (let next = between.indexOf(NEWLINE, at); next >= 0; next = between.indexOf(NEWLINE, next + 1)) line += 1;
    this.position = { line, offset };
  }
}

/** The longest part of a text that is the same bytes wherever it stands in a line: ASCII, as JSON writes it. */
function probeOf(wanted: string): string {
  const written = JSON.stringify(wanted).slice(1, -1);
  const parts = written.match(/[\x20-\x7e]+/g) ?? [""];
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest));
}
