import { StringDecoder } from "node:string_decoder";

/** A line longer than this is handed on in pieces: a program that never ends its line must not fill the memory. */
const LONGEST_LINE = 64 * 1024;

/** Cuts a stream of UTF-8 bytes into lines, across the borders of chunks. */
export class LineCutter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Uint8Array): void {
    this.#cut(this.#rest + this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
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
    for (; text.length - start > LONGEST_LINE; start += LONGEST_LINE) {
      this.#onLine(text.slice(start, start + LONGEST_LINE));
    }
    this.#rest = text.slice(start);
  }
}
