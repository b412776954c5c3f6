import type { AttemptId, RunId } from "@millrace/core";

/** From the quietest to the loudest. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Who wrote a line: `context.log`, `console`, the two standard streams, or Millrace itself. */
export type LogSource = "logger" | "console" | "stdout" | "stderr" | "system";

export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly t: number;
  readonly level: LogLevel;
  readonly source: LogSource;
  readonly text: string;
  /** Fields that were given to the logger. */
  readonly data?: unknown;
}

export interface LogKey {
  readonly run: RunId;
  readonly attempt: AttemptId;
}

/** A window of a log, in lines counted from 0. */
export interface LogWindow extends LogKey {
  readonly from: number;
  readonly limit: number;
}

export interface LogPage {
  /** The number of the first line. */
  readonly from: number;
  readonly lines: readonly LogLine[];
  /** Whether the log is closed and `lines` reaches its end. */
  readonly ended: boolean;
  /** How many lines the log has by now. */
  readonly count: number;
  /** Whether nobody writes to it any more. */
  readonly closed: boolean;
}

/** A window of those lines of a log that are at least so loud. */
export interface LogLevelWindow extends LogKey {
  readonly level: LogLevel;
  /** How many of them stand before the window; or the line at or after which it begins. */
  readonly begin: { readonly place: number } | { readonly line: number };
  readonly limit: number;
}

export interface LogLevelPage {
  /** How many lines of the level stand before the first one. */
  readonly place: number;
  readonly hits: readonly LogHit[];
  /** How many lines are at least so loud. */
  readonly matching: number;
  readonly count: number;
  readonly closed: boolean;
}

export interface LogSearch extends LogKey {
  /** Found anywhere in a line's text, whatever its case. Empty: in every line. */
  readonly text: string;
  /** Only lines that are at least so loud. Defaults to all. */
  readonly level?: LogLevel;
  /** The first line to look at. */
  readonly from: number;
  /** No more hits than this. */
  readonly limit: number;
  /** Towards the beginning, and so are the hits. Defaults to false. */
  readonly isBackward?: boolean;
}

/** What there is in a log. */
export interface LogSummary {
  readonly count: number;
  readonly closed: boolean;
  readonly levels: Readonly<Record<LogLevel, number>>;
  /** The number of the last line that is an error, or null. */
  readonly lastError: number | null;
}

export interface LogHit {
  readonly number: number;
  readonly line: LogLine;
}

export interface LogFollow extends LogKey {
  /** The first line to give. */
  readonly from: number;
  /** Ends the following, after all lines that are there by then. A log nobody wrote to has no other end. */
  readonly signal: AbortSignal;
}

/** What attempts said. Kept apart from the store of runs: logs are large, and losing the last second of one is bearable. */
export interface LogStore {
  /** Costs nothing until the first line. */
  writer(key: LogKey): LogWriter;
  /** Lines by number. A log that does not exist is empty and ended. */
  read(window: LogWindow): Promise<LogPage>;
  /** Lines that are loud enough, by their place among those that are. */
  readLevel(window: LogLevelWindow): Promise<LogLevelPage>;
  summarise(key: LogKey): Promise<LogSummary>;
  search(search: LogSearch): Promise<readonly LogHit[]>;
  /** Removes all logs of a run that nobody writes to any more. */
  remove(run: RunId): Promise<void>;
  /** Lines as they come, from this process or another. Ends when the log is closed or the signal is aborted. */
  follow(follow: LogFollow): AsyncIterable<LogLine>;
}

/** Writes one attempt's log. Lines are buffered and appended in chunks. */
export interface LogWriter {
  append(line: LogLine): void;
  /** Writes what is buffered soon. */
  flush(): void;
  /** Whether more is buffered than should be: stop reading from the attempt until `relieved` calls back. */
  readonly overfull: boolean;
  relieved(callback: () => void): void;
  /** Drops what is buffered and all that comes: the attempt was given up, and its log is as others have read it. */
  discard(): void;
  /** Calls back when all is written. After it nothing is taken any more. Not a promise: most logs are empty. */
  close(done: () => void): void;
}
