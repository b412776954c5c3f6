import { closeSync, openSync, readSync } from "node:fs";
import { LineCutter } from "../command/lines.ts";

const POLL_MS = 50;
const CHUNK_BYTES = 64 * 1024;

/** Hands on the lines of a file that another program appends to, while it does. */
export class FileTail {
  readonly #file: number;
  readonly #buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  readonly #lines: LineCutter;
  readonly #timer: NodeJS.Timeout;
  #offset = 0;
  #failure: { readonly failure: unknown } | undefined;

  /** The file must exist. */
  constructor(path: string, onLine: (line: string) => void) {
    this.#file = openSync(path, "r");
    this.#lines = new LineCutter(onLine, Number.POSITIVE_INFINITY);
    this.#timer = setInterval(() => this.#poll(), POLL_MS);
  }

  /** What goes wrong in a timer would end the process; it is kept for `stop`, which throws it. */
  #poll(): void {
    try {
      this.#read();
    } catch (failure) {
      clearInterval(this.#timer);
      this.#failure ??= { failure };
    }
  }

  /** Reads what is left, the last line too when it has no end, and lets go of the file. */
  stop(): void {
    clearInterval(this.#timer);
    try {
      if (this.#failure !== undefined) throw this.#failure.failure;
      this.#read();
      this.#lines.end();
    } finally {
      closeSync(this.#file);
    }
  }

  #read(): void {
    for (;;) {
      const bytes = readSync(this.#file, this.#buffer, 0, CHUNK_BYTES, this.#offset);
      if (bytes === 0) return;
      this.#offset += bytes;
      this.#lines.write(this.#buffer.subarray(0, bytes));
    }
  }
}
