import { rm } from "node:fs/promises";
import { join } from "node:path";
import { BEGINNING, followLines, lengthOf, seekLine, visitLines } from "./file-log-reader.ts";
import { searchLines } from "./file-log-search.ts";
import { FileLogWriter } from "./file-log-writer.ts";
import { readLevelWindow, readLines } from "./level-window.ts";
import { decodeLine } from "./log-format.ts";
import type { LogOutline } from "./log-outline.ts";
import type {
  LogFollow,
  LogHit,
  LogKey,
  LogLine,
  LogPage,
  LogSearch,
  LogStore,
  LogSummary,
  LogWindow,
  LogWriter,
} from "./log-store.ts";
import { OutlineShelf } from "./outline-shelf.ts";

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
  const outlines = new OutlineShelf();
  return {
    writer: (key): LogWriter => new FileLogWriter({ path: pathOf(key), maxBytes, onProblem }),
    read: (window) => readWindow(pathOf(window), window),
    remove: (run) => rm(join(options.dir, run), { recursive: true, force: true }),
    readLevel: async (window) => {
      const path = pathOf(window);
      return readLevelWindow(path, await outlines.of(path), window);
    },
    summarise: async (key) => summaryOf(await outlines.of(pathOf(key))),
    search: async (search) => {
      const path = pathOf(search);
      return search.text === "" ? findLevel(path, await outlines.of(path), search) : searchLines(path, search);
    },
    follow: (follow: LogFollow) => followLines(pathOf(follow), follow.from, follow.signal),
  };
}

async function readWindow(path: string, { from, limit }: LogWindow): Promise<LogPage> {
  const lines: LogLine[] = [];
  let ended = false;
  let isWhole = true;
  const start = await seekLine(path, from);
  const stop = await visitLines(path, start, (text, number) => {
    const line = decodeLine(text);
    if (line === "end") ended = true;
    else if (number >= from && lines.length < limit) lines.push(line);
    else if (number >= from) isWhole = false;
    return !ended && isWhole;
  });
  // Who read to the end has counted. Asked again, a log that grows meanwhile would have lines that are not among these.
  const { count, closed } = isWhole && !ended ? { count: stop.line, closed: false } : await lengthOf(path);
  // No file, or an empty one: nobody wrote, and nobody can tell a log that never starts from one that is to come.
  return { from, lines, ended: ended || stop.offset === BEGINNING.offset, count, closed };
}

/** Lines by their level alone: the outline knows them, and what it names is read. */
function findLevel(path: string, outline: LogOutline, search: LogSearch): Promise<readonly LogHit[]> {
  return readLines(path, outline, outline.find(search.level ?? "debug", search));
}

function summaryOf(outline: LogOutline): LogSummary {
  const [debug = 0, info = 0, warn = 0, error = 0] = outline.counts;
  const [lastError = null] = outline.find("error", { from: outline.lines, limit: 1, isBackward: true });
  return { count: outline.lines, closed: outline.isClosed, levels: { debug, info, warn, error }, lastError };
}
