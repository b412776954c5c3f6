import { appendFile, mkdir } from "node:fs";
import { dirname } from "node:path";
import { encodeEnd, encodeIndexEntry, encodeLine, indexPath, LINES_PER_INDEX_ENTRY } from "./log-format.ts";
import type { LogLine, LogWriter } from "./log-store.ts";

export interface FileLogWriterOptions {
  readonly path: string;
  /** Of the file; what comes after is dropped, and a line says so. */
  readonly maxBytes: number;
  /** Told once for each writer that could not write. */
  readonly onProblem: (error: Error) => void;
}

/** Buffered bytes from which a writer writes without being told, and from which it asks to be spared. */
const WRITE_BYTES = 64 * 1024;
const OVERFULL_BYTES = 1024 * 1024;

/** Appends to one file, one write at a time. A disk that is full loses lines, never the attempt. */
export class FileLogWriter implements LogWriter {
  readonly #options: FileLogWriterOptions;
  #pending: string[] = [];
  #pendingBytes = 0;
  #pendingIndex: Buffer[] = [];
  /** Of all that was taken, on the disk or on its way there: where in the file the next line begins. */
  #bytes = 0;
  #lines = 0;
  #writing = false;
  #folderMade = false;
  #full = false;
  #failed = false;
  #discarded = false;
  #closing: (() => void) | null = null;
  #relief: (() => void)[] = [];

  constructor(options: FileLogWriterOptions) {
    this.#options = options;
  }

  get overfull(): boolean {
    return this.#pendingBytes >= OVERFULL_BYTES;
  }

  append(line: LogLine): void {
    if (this.#full || this.#closing !== null) return;
    const text = encodeLine(line);
    const bytes = Buffer.byteLength(text);
    if (this.#bytes + bytes > this.#options.maxBytes) {
      this.#full = true;
      this.#push(encodeLine({ t: line.t, level: "warn", source: "system", text: this.#fullText() }));
      return;
    }
    this.#push(text, bytes);
    if (this.#pendingBytes >= WRITE_BYTES) this.#write();
  }

  flush(): void {
    this.#write();
  }

  relieved(callback: () => void): void {
    if (this.overfull) this.#relief.push(callback);
    else callback();
  }

  discard(): void {
    this.#discarded = true;
    this.#full = true;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#pendingIndex = [];
  }

  close(done: () => void): void {
    if (this.#lines > 0 && !this.#discarded) this.#push(encodeEnd(this.#lines));
    this.#closing = done;
    this.#write();
  }

  #fullText(): string {
    const megabytes = Math.round(this.#options.maxBytes / 1_000_000);
    return `This log has reached its limit of ${megabytes} MB. What the attempt writes from here on is not kept.`;
  }

  #push(text: string, bytes: number = Buffer.byteLength(text)): void {
    if (this.#lines > 0 && this.#lines % LINES_PER_INDEX_ENTRY === 0) {
      this.#pendingIndex.push(encodeIndexEntry(this.#lines, this.#bytes));
    }
    this.#lines += 1;
    this.#pending.push(text);
    this.#pendingBytes += bytes;
    this.#bytes += bytes;
  }

  #write(): void {
    if (this.#writing) return;
    if (this.#pendingBytes === 0) {
      const closing = this.#closing;
      if (closing === null) return;
      this.#closing = ignore;
      closing();
      return;
    }
    this.#writing = true;
    if (this.#folderMade) {
      this.#append();
      return;
    }
    mkdir(dirname(this.#options.path), { recursive: true }, (error) => {
      this.#folderMade = error === null;
      if (error !== null) this.#fail(error);
      this.#append();
    });
  }

  /** Lines first, index behind: an index never points past what is there. */
  #append(): void {
    if (this.#discarded) {
      this.#written();
      return;
    }
    const text = this.#pending.join("");
    const index = this.#pendingIndex;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#pendingIndex = [];
    appendFile(this.#options.path, text, (error) => {
      if (error !== null) this.#fail(error);
      if (index.length === 0 || this.#failed || this.#discarded) this.#written();
      else appendFile(indexPath(this.#options.path), Buffer.concat(index), () => this.#written());
    });
  }

  #written(): void {
    this.#writing = false;
    const relief = this.#relief;
    this.#relief = [];
    for (const callback of relief) callback();
    if (this.#pendingBytes >= WRITE_BYTES || this.#closing !== null) this.#write();
  }

  #fail(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#full = true;
    this.#options.onProblem(error);
  }
}

function ignore(): void {
  // A writer closes once.
}
