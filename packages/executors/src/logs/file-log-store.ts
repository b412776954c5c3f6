import { rm } from "node:fs/promises";
import { join } from "node:path";
import { BEGINNING, followLines, seekLine, visitLines } from "./file-log-reader.ts";
import { searchLines } from "./file-log-search.ts";
import { FileLogWriter } from "./file-log-writer.ts";
import { decodeLine } from "./log-format.ts";
import type { LogFollow, LogKey, LogLine, LogPage, LogStore, LogWindow, LogWriter } from "./log-store.ts";

export interface FileLogStoreOptions {
  /** A folder; it is made when the first line is written. */
  readonly dir: string;
  /** No log of an attempt grows over this many bytes; a line says so. Defaults to 100 MB. */
  readonly maxBytes?: number;
  /** Told when a log cannot be written, for instance because the disk is full. Defaults to nobody. */
  readonly onProblem?: (error: Error) => void;
}

const DEFAULT_MAX_BYTES = 100_000_000;

/** Logs in files, `<dir>/<run>/<attempt>.ndjson`; the format is described in `log-format.ts`. */
export function createFileLogStore(options: FileLogStoreOptions): LogStore {
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const onProblem = options.onProblem ?? (() => undefined);
  const pathOf = (key: LogKey) => join(options.dir, key.run, `${key.attempt}.ndjson`);
  return {
    writer: (key): LogWriter => new FileLogWriter({ path: pathOf(key), maxBytes, onProblem }),
    read: (window) => readWindow(pathOf(window), window),
    remove: (run) => rm(join(options.dir, run), { recursive: true, force: true }),
    search: (search) => searchLines(pathOf(search), search),
    follow: (follow: LogFollow) => followLines(pathOf(follow), follow.from, follow.signal),
  };
}

async function readWindow(path: string, { from, limit }: LogWindow): Promise<LogPage> {
  const lines: LogLine[] = [];
  let ended = false;
  const start = await seekLine(path, from);
  const stop = await visitLines(path, start, (text, number) => {
    const line = decodeLine(text);
    if (line === "end") ended = true;
    else if (number >= from && lines.length < limit) lines.push(line);
    else if (number >= from) return false;
    return !ended;
  });
  // No file, or an empty one: nobody wrote, and nobody can tell a log that never starts from one that is to come.
  return { from, lines, ended: ended || stop.offset === BEGINNING.offset };
}
