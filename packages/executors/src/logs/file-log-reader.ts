import { watch } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { decodeLine, END_BYTES, findInIndex, indexPath, linesByEnd } from "./log-format.ts";
import type { LogLine } from "./log-store.ts";

const CHUNK_BYTES = 256 * 1024;
/** How long a follower relies on the file system's notice before it looks by itself. */
const POLL_MS = 300;
const NEWLINE = 0x0a;

/** Whether the one that reads lines wants more. */
type LineVisitor = (text: string, number: number) => boolean;

export interface ReadPosition {
  readonly line: number;
  readonly offset: number;
}

export const BEGINNING: ReadPosition = { line: 0, offset: 0 };

/** Where to start reading for line `from`. */
export async function seekLine(path: string, from: number): Promise<ReadPosition> {
  if (from === 0) return BEGINNING;
  try {
    return findInIndex(await readFile(indexPath(path)), from);
  } catch {
    return BEGINNING;
  }
}

export interface LogLength {
  readonly count: number;
  readonly closed: boolean;
}

/** How many lines a log has: by its end mark, else by the index and by counting what that does not know. */
export async function lengthOf(path: string): Promise<LogLength> {
  const file = await openIfThere(path);
  if (file === undefined) return { count: 0, closed: false };
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(END_BYTES, size));
    const { bytesRead } = await file.read(tail, 0, tail.length, size - tail.length);
    const count = linesByEnd(tail.toString("latin1", 0, bytesRead));
    if (count !== undefined) return { count, closed: true };
    return { count: await countFrom(file, await seekLine(path, Number.MAX_SAFE_INTEGER)), closed: false };
  } finally {
    await file.close();
  }
}

async function countFrom(file: FileHandle, { line, offset }: ReadPosition): Promise<number> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let [count, at] = [line, offset];
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, at);
    if (bytesRead === 0) return count;
    at += bytesRead;
    const bytes = chunk.subarray(0, bytesRead);
    for (let next = bytes.indexOf(NEWLINE); next >= 0; next = bytes.indexOf(NEWLINE, next + 1)) count += 1;
  }
}

/**
 * Shows each whole line from a position on, until the visitor has enough or the file ends. Gives the position behind
 * the last line that was shown; a line without its end is not shown yet. A file that is not there has no lines.
 */
export async function visitLines(path: string, start: ReadPosition, visit: LineVisitor): Promise<ReadPosition> {
  const file = await openIfThere(path);
  if (file === undefined) return start;
  try {
    return await visitOpenFile(file, start, visit);
  } finally {
    await file.close();
  }
}

export async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function visitOpenFile(file: FileHandle, start: ReadPosition, visit: LineVisitor): Promise<ReadPosition> {
  let { line, offset } = start;
  let rest: Buffer = Buffer.alloc(0);
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, offset + rest.length);
    if (bytesRead === 0) return { line, offset };
    const bytes =
      rest.length === 0 ? chunk.subarray(0, bytesRead) : Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    let at = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, at)) {
      const goOn = visit(bytes.toString("utf8", at, end), line);
      offset += end + 1 - at;
      at = end + 1;
      line += 1;
      if (!goOn) return { line, offset };
    }
    rest = Buffer.from(bytes.subarray(at));
  }
}

/** Follows a log's file until its end mark or the signal; from another process too. */
export async function* followLines(path: string, from: number, signal: AbortSignal): AsyncGenerator<LogLine> {
  let position = await seekLine(path, from);
  const bell = new Bell(dirname(path), signal);
  try {
    for (;;) {
      // Asked before reading: what was written before the signal is still given.
      const last = signal.aborted;
      const lines: LogLine[] = [];
      let ended = false;
      position = await visitLines(path, position, (text, number) => {
        const line = decodeLine(text);
        if (line === "end") ended = true;
        else if (number >= from) lines.push(line);
        return !ended && lines.length < 1000;
      });
      yield* lines;
      if (ended || (last && lines.length === 0)) return;
      if (lines.length === 0) await bell.rung();
    }
  } finally {
    bell.close();
  }
}

/** Rings when a folder changes, when the signal is aborted, and now and then in any case. */
class Bell {
  readonly #signal: AbortSignal;
  readonly #folder: string;
  readonly #wake = (): void => this.#ring();
  #stopWatching: (() => void) | null = null;
  #changed = false;
  #ring: () => void = () => {
    this.#changed = true;
  };

  constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
    signal.addEventListener("abort", this.#wake);
    this.#watch();
  }

  rung(): Promise<void> {
    this.#watch();
    if (this.#changed || this.#signal.aborted) {
      this.#changed = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const timer = setTimeout(this.#wake, POLL_MS);
      const quiet = this.#ring;
      this.#ring = () => {
        clearTimeout(timer);
        this.#ring = quiet;
        resolve();
      };
    });
  }

  close(): void {
    this.#signal.removeEventListener("abort", this.#wake);
    this.#stopWatching?.();
  }

  /** The folder of a run is made with its first line; watching it may have to wait, or be refused altogether. */
  #watch(): void {
    if (this.#stopWatching !== null) return;
    try {
      const watcher = watch(this.#folder, { persistent: false }, this.#wake);
      watcher.on("error", () => undefined);
      this.#stopWatching = () => watcher.close();
    } catch {
      this.#stopWatching = null;
    }
  }
}
