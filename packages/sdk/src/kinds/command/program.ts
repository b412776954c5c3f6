import type { Readable, Writable } from "node:stream";

/** A program that runs: what `ChildProcess` is, as far as running a command needs it. */
export interface Program {
  /** It leads a process group of its own. Undefined when it could not be started. */
  readonly pid?: number | undefined;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  once(event: "error", listener: (error: Error) => void): unknown;
  once(event: "exit", listener: () => void): unknown;
  /** It has ended, and its output has been read. */
  once(event: "close", listener: (code: number | null, signal: NodeJS.Signals | null) => void): unknown;
}
