import { StringDecoder } from "node:string_decoder";

/** A line longer than this is handed on in pieces: a program that never ends its line must not fill the memory. */
const LONGEST_LINE = 64 * 1024;

/** Cuts a stream of UTF-8 bytes into lines, across the borders of chunks. */
export class LineCutter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  readonly #longest: number;
  #rest = "";

  constructor(onLine: (line: string) => void, longest: number = LONGEST_LINE) {
    this.#onLine = onLine;
    this.#longest = longest;
  }

  write(chunk: Uint8Array): void {
    const text = this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    // A line that goes on for many chunks is put together once, not searched again with each of them.
    if (!text.includes("\n") && this.#rest.length + text.length <= this.#longest) this.#rest += text;
    else this.#cut(this.#rest + text);
  }

  /** Hands on what is left, a last line without an end. */
  end(): void {
    this.#cut(this.#rest + this.#decoder.end());
    if (this.#rest !== "") this.#onLine(this.#rest);
    this.#rest = "";
  }

  #cut(text: string): void {
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      this.#onLine(text.slice(start, text[end - 1] === "\r" ? end - 1 : end));
      start = end + 1;
    }
    for (; text.length - start > this.#longest; start += this.#longest) {
      this.#onLine(text.slice(start, start + this.#longest));
    }
    this.#rest = text.slice(start);
  }
}
