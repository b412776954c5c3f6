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

  push(chunk: Buffer): void {
    let at = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, at)) {
      this.#take(chunk.subarray(at, end));
      this.#finishLine();
      at = end + 1;
    }
    // Copied, because the chunk may be a view of a buffer that is used again.
    if (at < chunk.length) this.#take(Buffer.from(chunk.subarray(at)));
  }

  /** Gives a last line that has no end. */
  finish(): void {
    if (this.#bytes > 0) this.#finishLine();
    this.#dropping = false;
  }

  #take(bytes: Buffer): void {
    if (this.#dropping || bytes.length === 0) return;
    const room = MAX_LINE_BYTES - this.#bytes;
    this.#parts.push(bytes.length > room ? bytes.subarray(0, room) : bytes);
    this.#bytes += Math.min(bytes.length, room);
    if (bytes.length <= room) return;
    this.#give(true);
    this.#dropping = true;
  }

  #finishLine(): void {
    if (this.#dropping) this.#dropping = false;
    else this.#give(false);
  }

  #give(cut: boolean): void {
    const [only] = this.#parts;
    const line = this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts, this.#bytes);
    const length = !cut && line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length;
    this.#parts = [];
    this.#bytes = 0;
    this.#onLine(line.toString("utf8", 0, length), cut);
  }
}
