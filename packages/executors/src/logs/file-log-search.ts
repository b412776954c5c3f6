import { type FileHandle, readFile } from "node:fs/promises";
import { openIfThere, type ReadPosition, seekLine } from "./file-log-reader.ts";
import { decodeLine, entriesOf, entryBefore, indexPath } from "./log-format.ts";
import { LOG_LEVELS, type LogHit, type LogSearch } from "./log-store.ts";

/** Searched at once: short enough that nobody else on the thread notices. */
const CHUNK_BYTES = 512 * 1024;
const NEWLINE = 0x0a;
/** How each line of ours begins, and where in it what is searched begins. */
const LINE = '{"t":';
const TEXT = '"text":"';

type Asked = Pick<LogSearch, "text" | "level" | "from" | "limit" | "isBackward">;

/** A stretch of the file, from the beginning of a line. */
interface Stretch {
  readonly start: ReadPosition;
  readonly end: number;
}

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
    if (asked.isBackward === true) return await searchBackward(file, asked, index);
    const search = new Search(asked, index, await seekLine(path, asked.from));
    await readChunks(file, search, Number.POSITIVE_INFINITY);
    return search.hits;
  } finally {
    await file.close();
  }
}

/** Stretch by stretch, from the last one on: in each the hits are found in their order, and given in the other one. */
async function searchBackward(file: FileHandle, asked: Asked, index: Buffer): Promise<readonly LogHit[]> {
  const found: LogHit[] = [];
  const { size } = await file.stat();
  for (const { start, end } of stretchesBefore(asked.from, index, size)) {
    const search = new Search({ ...asked, from: 0, limit: Number.POSITIVE_INFINITY }, index, start);
    await readChunks(file, search, end);
    const hits = search.hits.filter(({ number }) => number <= asked.from).reverse();
    found.push(...hits.slice(0, asked.limit - found.length));
    if (found.length >= asked.limit) break;
  }
  return found;
}

/** What the file is cut into by its index, the last first, without what stands behind a line. */
function stretchesBefore(line: number, index: Buffer, size: number): Stretch[] {
  const stretches: Stretch[] = [];
  let start: ReadPosition = { line: 0, offset: 0 };
  for (const entry of entriesOf(index)) {
    if (entry.line > line) return [{ start, end: entry.offset }, ...stretches.reverse()];
    if (entry.offset - start.offset < CHUNK_BYTES) continue;
    stretches.push({ start, end: entry.offset });
    start = entry;
  }
  return [{ start, end: size }, ...stretches.reverse()];
}

/** Hands on whole lines, some at a time. */
async function readChunks(file: FileHandle, search: Search, end: number): Promise<void> {
  let bytes = Buffer.allocUnsafe(CHUNK_BYTES);
  let kept = 0;
  let { offset } = search.position;
  while (offset < end) {
    // A line that is longer than all there is room for.
    if (kept === bytes.length) bytes = Buffer.concat([bytes, Buffer.allocUnsafe(bytes.length)]);
    const { bytesRead } = await file.read(bytes, kept, Math.min(bytes.length - kept, end - offset), offset);
    if (bytesRead === 0) return;
    offset += bytesRead;
    const filled = bytes.subarray(0, kept + bytesRead);
    const whole = filled.lastIndexOf(NEWLINE) + 1;
    if (whole > 0 && !search.take(filled.subarray(0, whole))) return;
    filled.copyWithin(0, whole);
    kept = filled.length - whole;
  }
}

class Search {
  readonly hits: LogHit[] = [];
  /** Up to where it has looked: the beginning of a line, and its number. */
  position: ReadPosition;
  readonly #asked: Asked;
  readonly #wanted: string;
  readonly #probe: string;
  /** Below this a line is too quiet. */
  readonly #least: number;
  readonly #index: Buffer;

  constructor(asked: Asked, index: Buffer, start: ReadPosition) {
    this.#asked = asked;
    this.#wanted = asked.text.toLowerCase();
    this.#probe = probeOf(this.#wanted);
    this.#least = LOG_LEVELS.indexOf(asked.level ?? "debug");
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
    if (line === "end" || LOG_LEVELS.indexOf(line.level) < this.#least) return;
    if (line.text.toLowerCase().includes(this.#wanted)) this.hits.push({ number, line });
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
