import { Console } from "node:console";
import process from "node:process";
import { Writable } from "node:stream";
import type { LogLevel } from "../logs/log-store.ts";
import type { ReportPipe } from "./report-pipe.ts";

/** One call of the console or logger carries no more text than this; the rest is cut, and the log says so. */
const MAX_CALL_LENGTH = 1024 * 1024;
/** What is written to a standard stream travels in pieces of this size. */
const PIECE_BYTES = 64 * 1024;

/** Console methods with a level of their own; all others are `info`. */
const CONSOLE_LEVELS: Readonly<Record<string, LogLevel>> = {
  debug: "debug",
  trace: "debug",
  warn: "warn",
  error: "error",
  assert: "error",
};

/**
 * Sends what is written to the console and the standard streams of this process through the report pipe. It arrives in
 * order with everything else, and none of it is lost when the process ends: a piped stdout of Node loses most of its
 * last lines at a throw, an exit or a kill. What bypasses JavaScript, and what processes write that were started with
 * our streams, comes through the real ones, which are made blocking.
 */
export function captureOutput(reports: ReportPipe): void {
  captureConsole(reports);
  replaceStream("stdout", new CapturedStream(reports, "stdout"));
  replaceStream("stderr", new CapturedStream(reports, "stderr"));
}

/** Sends one text as a line or lines of the log. */
export function sendLog(
  reports: ReportPipe,
  line: { readonly level: LogLevel; readonly source: "logger" | "console" | "system"; readonly data?: unknown },
  text: string,
): void {
  const cut = text.length > MAX_CALL_LENGTH;
  const message = { kind: "log", atMs: Date.now(), ...line, ...(cut ? { cut } : {}) } as const;
  reports.send(message, cut ? text.slice(0, MAX_CALL_LENGTH) : text);
}

function captureConsole(reports: ReportPipe): void {
  let level: LogLevel = "info";
  const write = (text: string): boolean => {
    sendLog(reports, { level, source: "console" }, text.endsWith("\n") ? text.slice(0, -1) : text);
    return true;
  };
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
  sink.write = write as Writable["write"];
  // `ignoreErrors` would add and remove a listener with every line.
  const formatter = new Console({ stdout: sink, stderr: sink, ignoreErrors: false, colorMode: false });
  const target = console as unknown as Record<string, unknown>;
  for (const [name, method] of Object.entries(formatter)) {
    if (typeof method !== "function" || typeof target[name] !== "function" || name === "Console") continue;
    const own = CONSOLE_LEVELS[name] ?? "info";
    target[name] = (...args: unknown[]): unknown => {
      const before = level;
      level = own;
      try {
        return (method as (...args: unknown[]) => unknown)(...args);
      } finally {
        level = before;
      }
    };
  }
}

class CapturedStream extends Writable {
  /** Programs look for these to see where they are writing. */
  readonly fd: number;
  readonly _isStdio = true;
  readonly #reports: ReportPipe;
  readonly #source: "stdout" | "stderr";

  constructor(reports: ReportPipe, source: "stdout" | "stderr") {
    super({ decodeStrings: true });
    this.#reports = reports;
    this.#source = source;
    this.fd = source === "stdout" ? 1 : 2;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      this.#reports.sendBytes({ kind: "output", source: this.#source }, chunk.subarray(at, at + PIECE_BYTES));
    }
    done();
  }

  /** The standard streams of a process cannot be closed. */
  override _destroy(_error: Error | null, done: (error?: Error | null) => void): void {
    done();
  }
}

/** What Node had there stays open, for whoever writes past JavaScript; but to write to it must block, as for a file. */
function replaceStream(name: "stdout" | "stderr", stream: Writable): void {
  const original = process[name] as unknown as {
    readonly _handle?: { setBlocking?(isBlocking: boolean): void } | null;
  };
  original._handle?.setBlocking?.(true);
  Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => stream });
}
