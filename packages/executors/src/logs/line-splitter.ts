const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A longer line is cut here, in bytes. */
export const MAX_LINE_BYTES = 64 * 1024;

/** Takes a line without its end; `cut` when it was longer than a line may be. */
export type LineListener = (text: string, cut: boolean) => void;

/** Makes lines of bytes that arrive in chunks. Holds back one line at most, and of that no more than is kept. */
export class LineSplitter {
  readonly #onLine: LineListener;
  #parts: Buffer[] = [];
  #bytes = 0;
  /** The line has been given already, cut; the rest of it is dropped. */
  #dropping = false;

  constructor(onLine: LineListener) {
    this.#onLine = onLine;
  }

  /** Takes what it needs of the chunk: its memory may be used again afterwards. */
  push(chunk: Buffer): void {
    let at = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, at)) {
      // Lines that are whole, and not too long, are most of what comes.
      if (this.#bytes === 0 && !this.#dropping && end - at <= MAX_LINE_BYTES) this.#give(chunk, at, end);
      else {
        this.#take(chunk, at, end);
        this.#finishLine();
      }
      at = end + 1;
    }
    this.#take(chunk, at, chunk.length);
  }

  /** Gives a last line that has no end. */
  finish(): void {
    if (this.#bytes > 0) this.#finishLine();
    this.#dropping = false;
  }

  #take(chunk: Buffer, from: number, to: number): void {
    if (this.#dropping || from === to) return;
    const kept = Math.min(to - from, MAX_LINE_BYTES - this.#bytes);
    this.#parts.push(Buffer.from(chunk.subarray(from, from + kept)));
    this.#bytes += kept;
    if (kept === to - from) return;
    this.#giveParts(true);
    this.#dropping = true;
  }

  #finishLine(): void {
    if (this.#dropping) this.#dropping = false;
    else this.#giveParts(false);
  }

  #giveParts(cut: boolean): void {
    const [only] = this.#parts;
    const line = this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts, this.#bytes);
    this.#parts = [];
    this.#bytes = 0;
    if (cut) this.#onLine(line.toString("utf8"), true);
    else this.#give(line, 0, line.length);
  }

  #give(bytes: Buffer, from: number, to: number): void {
    const end = to > from && bytes[to - 1] === CARRIAGE_RETURN ? to - 1 : to;
    this.#onLine(bytes.toString("utf8", from, end), false);
  }
}
