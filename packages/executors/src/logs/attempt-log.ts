import { LineSplitter, MAX_LINE_BYTES } from "./line-splitter.ts";
import type { LogLevel, LogLine, LogSource, LogWriter } from "./log-store.ts";
import type { SecretMask } from "./secret-mask.ts";

/** One call of a logger, or of the console. */
export interface LogCall {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly source: LogSource;
  readonly data?: unknown;
  /** The child kept only the beginning of the text. */
  readonly cut?: boolean;
}

/** What is written under a stream's name has this level: tools put progress, not only errors, on stderr. */
const STREAM_LEVELS = { stdout: "info", stderr: "warn" } as const;

/**
 * All that is said during an attempt, on its way to the log: streams become lines, long lines are cut, secrets go.
 * Nothing is opened or allocated for an attempt that says nothing.
 */
export class AttemptLog {
  readonly #open: () => LogWriter;
  readonly #mask: SecretMask;
  #writer: LogWriter | null = null;
  #isDiscarded = false;
  #stdout: LineSplitter | null = null;
  #stderr: LineSplitter | null = null;

  constructor(open: () => LogWriter, mask: SecretMask) {
    this.#open = open;
    this.#mask = mask;
  }

  get overfull(): boolean {
    return this.#writer?.overfull ?? false;
  }

  relieved(callback: () => void): void {
    if (this.#writer === null) callback();
    else this.#writer.relieved(callback);
  }

  /** Bytes of a stream. */
  chunk(source: "stdout" | "stderr", bytes: Buffer): void {
    if (source === "stdout") {
      this.#stdout ??= this.#splitter("stdout");
      this.#stdout.push(bytes);
    } else {
      this.#stderr ??= this.#splitter("stderr");
      this.#stderr.push(bytes);
    }
  }

  /** A text that is whole: each of its lines becomes a line of the log; fields go with the first. */
  call(call: LogCall, text: string): void {
    const lines = text.split("\n");
    const last = lines.length - 1;
    for (const [index, line] of lines.entries()) {
      const cut = line.length > MAX_LINE_BYTES || (index === last && call.cut === true);
      this.#write({
        t: call.atMs,
        level: call.level,
        source: call.source,
        text: this.#clean(line.slice(0, MAX_LINE_BYTES), cut),
        ...(index === 0 && call.data !== undefined ? { data: this.#mask.maskData(call.data) } : {}),
      });
    }
  }

  /** Writes what is buffered soon, so that followers see it. */
  flush(): void {
    this.#writer?.flush();
  }

  /** Drops what is not written, and all that comes. */
  discard(): void {
    this.#isDiscarded = true;
    this.#writer?.discard();
  }

  /** Calls back when everything is written; at once when there was nothing. */
  close(done: () => void): void {
    this.#stdout?.finish();
    this.#stderr?.finish();
    if (this.#writer === null) done();
    else this.#writer.close(done);
  }

  #splitter(source: "stdout" | "stderr"): LineSplitter {
    return new LineSplitter((text, cut) => {
      this.#write({ t: Date.now(), level: STREAM_LEVELS[source], source, text: this.#clean(text, cut) });
    });
  }

  #clean(text: string, cut: boolean): string {
    if (!cut) return this.#mask.mask(text);
    return `${this.#mask.maskCut(text)} … [cut: a line of a log has at most ${MAX_LINE_BYTES / 1024} KB]`;
  }

  #write(line: LogLine): void {
    if (this.#isDiscarded) return;
    this.#writer ??= this.#open();
    this.#writer.append(line);
  }
}
