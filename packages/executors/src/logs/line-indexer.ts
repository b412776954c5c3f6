import { encodeIndexEntry, LINES_PER_INDEX_ENTRY } from "./log-format.ts";

const NEWLINE = 0x0a;

/** Makes the index of a log whose bytes come in pieces: wherever these are cut, an entry is where a line begins. */
export class LineIndexer {
  #line: number;
  #offset: number;

  /** Goes on at the beginning of a line, or, with `offset` inside one, in the line of this number. */
  constructor({ line, offset }: { readonly line: number; readonly offset: number }) {
    this.#line = line;
    this.#offset = offset;
  }

  /** Takes the next bytes of the file. Gives what is to be added to the index, which often is nothing. */
  take(bytes: Buffer): Buffer {
    const entries: Buffer[] = [];
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, end + 1)) {
      this.#line += 1;
      if (this.#line % LINES_PER_INDEX_ENTRY !== 0) continue;
      entries.push(encodeIndexEntry(this.#line, this.#offset + end + 1));
    }
    this.#offset += bytes.length;
    return Buffer.concat(entries);
  }
}
