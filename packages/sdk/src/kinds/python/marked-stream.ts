import { Readable } from "node:stream";

/** The bytes of a stream up to a mark, across the borders of chunks. What comes after the mark is dropped. */
export class MarkedStream extends Readable {
  readonly #mark: Buffer;
  /** May be the beginning of the mark. */
  #held: Buffer = Buffer.alloc(0);
  #isOver = false;
  /** The mark has come. */
  isMarked = false;

  constructor(mark: string) {
    super();
    this.#mark = Buffer.from(mark);
  }

  /** There is nothing to ask for: what is there is pushed. */
  override _read(): void {}

  write(chunk: Buffer): void {
    if (this.#isOver) return;
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const at = bytes.indexOf(this.#mark);
    if (at !== -1) {
      this.#held = Buffer.alloc(0);
      if (at > 0) this.push(bytes.subarray(0, at));
      this.isMarked = true;
      this.end();
      return;
    }
    const kept = this.#beginningOfMark(bytes);
    this.#held = bytes.subarray(bytes.length - kept);
    if (kept < bytes.length) this.push(bytes.subarray(0, bytes.length - kept));
  }

  /** Nothing more comes, mark or not. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#held.length > 0) this.push(this.#held);
    this.push(null);
  }

  /** How many bytes at the end may be those with which the mark begins. */
  #beginningOfMark(bytes: Buffer): number {
    for (let length = Math.min(bytes.length, this.#mark.length - 1); length > 0; length -= 1) {
      if (bytes.subarray(bytes.length - length).equals(this.#mark.subarray(0, length))) return length;
    }
    return 0;
  }
}
