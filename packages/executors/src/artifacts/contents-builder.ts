/** A part of an artifact's text, `[at, end)` in bytes, and what is known of its inside. */
export type ContentsNode =
  /** Text, number and the like, or something whose inside was not indexed. */
  | { readonly kind: "leaf"; readonly at: number; readonly end: number }
  | {
      readonly kind: "record";
      readonly at: number;
      readonly end: number;
      readonly fields: ReadonlyMap<string, ContentsNode>;
    }
  | ListNode;

export interface ListNode {
  readonly kind: "list";
  readonly at: number;
  readonly end: number;
  readonly count: number;
  /** Pairs: the index of an element, the offset of its first byte. Null until it is read from the file. */
  table: Float64Array | number[] | null;
  /** Where the table lies in the file. */
  readonly tableAt: number;
  readonly tableBytes: number;
}

export interface ContentsOptions {
  /** The offset of the first byte that will be pushed. Defaults to 0. */
  readonly at?: number;
  /** Index the outermost container only, and of a record only this field. Defaults to all, within limits. */
  readonly towards?: string | number;
  /** A list gets a table entry for each stretch of this many bytes. Defaults to 8 KiB. */
  readonly blockBytes?: number;
}

const DEFAULT_BLOCK_BYTES = 8 * 1024;
const MAX_RECORD_DEPTH = 3;
const MAX_FIELDS = 1000;

type Mode = "value" | "string" | "scalar" | "skip" | "skip-string" | "key" | "key-string" | "colon" | "after";

interface RecordFrame {
  readonly kind: "record";
  readonly at: number;
  readonly fields: Map<string, ContentsNode>;
  key: string;
  tooMany: boolean;
}

interface ListFrame {
  readonly kind: "list";
  readonly at: number;
  readonly table: number[];
  count: number;
  blockAt: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_RECORD = 0x7b;
const CLOSE_RECORD = 0x7d;
const SPACE = 0x20;

/**
 * Reads a JSON text once, in chunks of any size, and notes where its parts lie: fields of records near the root, and
 * every so many bytes the offset of a list's element. What it holds in memory does not depend on the size of the text,
 * but for a pair of numbers for each 8 KiB of a list.
 */
export class ContentsBuilder {
  readonly #towards: string | null;
  readonly #blockBytes: number;
  readonly #frames: (RecordFrame | ListFrame)[] = [];
  #mode: Mode = "value";
  #escaped = false;
  #stringEnded = false;
  /** Open brackets of a part whose inside is not indexed. */
  #skipDepth = 0;
  #valueAt = 0;
  #position: number;
  #keyParts: Buffer[] = [];
  #root: ContentsNode | null = null;

  constructor(options: ContentsOptions = {}) {
    this.#position = options.at ?? 0;
    this.#towards = options.towards === undefined ? null : String(options.towards);
    this.#blockBytes = options.blockBytes ?? DEFAULT_BLOCK_BYTES;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#step(chunk, at);
    this.#position += chunk.length;
  }

  finish(): ContentsNode {
    if (this.#mode === "scalar") this.#endValue({ kind: "leaf", at: this.#valueAt, end: this.#position });
    if (this.#root === null) throw new SyntaxError("the text of an artifact ends too early");
    return this.#root;
  }

  /** Reads on from `at`, as far as one kind of thing goes. Gives where to go on. */
  #step(chunk: Buffer, at: number): number {
    switch (this.#mode) {
      case "value":
        return this.#startValue(chunk[at] ?? 0, at);
      case "string":
        return this.#readText(chunk, at);
      case "scalar":
        return this.#readScalar(chunk, at);
      case "skip":
        return this.#skip(chunk, at);
      case "skip-string":
        return this.#skipString(chunk, at);
      case "key":
        return this.#startKey(chunk[at] ?? 0, at);
      case "key-string":
        return this.#readKey(chunk, at);
      case "colon":
        if (chunk[at] === COLON) this.#mode = "value";
        return at + 1;
      case "after":
        return this.#readAfter(chunk[at] ?? 0, at);
    }
  }

  #startValue(byte: number, at: number): number {
    if (byte <= SPACE) return at + 1;
    const position = this.#position + at;
    const frame = this.#frames.at(-1);
    if (byte === CLOSE_LIST) {
      this.#closeFrame(position + 1);
      return at + 1;
    }
    if (frame?.kind === "list") this.#startElement(frame, position);
    this.#valueAt = position;
    if (byte === QUOTE) this.#mode = "string";
    else if (byte === OPEN_RECORD || byte === OPEN_LIST) this.#startContainer(byte, position);
    else this.#mode = "scalar";
    return at + 1;
  }

  #startElement(frame: ListFrame, position: number): void {
    if (frame.count > 0 && position - frame.blockAt < this.#blockBytes) return;
    frame.table.push(frame.count, position);
    frame.blockAt = position;
  }

  #startContainer(byte: number, position: number): void {
    if (!this.#isIndexed()) {
      this.#skipDepth = 1;
      this.#mode = "skip";
    } else if (byte === OPEN_RECORD) {
      this.#frames.push({ kind: "record", at: position, fields: new Map(), key: "", tooMany: false });
      this.#mode = "key";
    } else {
      this.#frames.push({ kind: "list", at: position, table: [], count: 0, blockAt: position });
    }
  }

  /** Whether the inside of the container that starts here is worth noting. */
  #isIndexed(): boolean {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return true;
    return this.#towards === null && frame.kind === "record" && this.#frames.length <= MAX_RECORD_DEPTH;
  }

  /** Reads to behind the closing quote, or to the end of the chunk; `#stringEnded` says which. */
  #readString(chunk: Buffer, from: number): number {
    this.#stringEnded = false;
    let at = from;
    while (at < chunk.length) {
      const byte = chunk[at];
      at += 1;
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) {
        this.#stringEnded = true;
        return at;
      }
    }
    return at;
  }

  #readText(chunk: Buffer, from: number): number {
    const at = this.#readString(chunk, from);
    if (this.#stringEnded) this.#endValue({ kind: "leaf", at: this.#valueAt, end: this.#position + at });
    return at;
  }

  #skipString(chunk: Buffer, from: number): number {
    const at = this.#readString(chunk, from);
    if (this.#stringEnded) this.#mode = "skip";
    return at;
  }

  #readScalar(chunk: Buffer, from: number): number {
    let at = from;
    while (at < chunk.length) {
      const byte = chunk[at] ?? 0;
      if (byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_RECORD || byte <= SPACE) {
        this.#endValue({ kind: "leaf", at: this.#valueAt, end: this.#position + at });
        break;
      }
      at += 1;
    }
    return at;
  }

  /** The hot loop: most bytes of a large value are inside the elements of a list. */
  #skip(chunk: Buffer, from: number): number {
    let at = from;
    while (at < chunk.length) {
      const byte = chunk[at];
      at += 1;
      if (byte === QUOTE) {
        this.#mode = "skip-string";
        return at;
      }
      if (byte === OPEN_RECORD || byte === OPEN_LIST) this.#skipDepth += 1;
      else if (byte === CLOSE_RECORD || byte === CLOSE_LIST) {
        this.#skipDepth -= 1;
        if (this.#skipDepth > 0) continue;
        this.#endValue({ kind: "leaf", at: this.#valueAt, end: this.#position + at });
        return at;
      }
    }
    return at;
  }

  #startKey(byte: number, at: number): number {
    if (byte === QUOTE) {
      this.#keyParts = [];
      this.#mode = "key-string";
    } else if (byte === CLOSE_RECORD) this.#closeFrame(this.#position + at + 1);
    return at + 1;
  }

  #readKey(chunk: Buffer, from: number): number {
    const end = this.#readString(chunk, from);
    const isWhole = this.#stringEnded;
    // A copy, because the rest of the key may come with another chunk, in the same buffer.
    this.#keyParts.push(Buffer.from(chunk.subarray(from, isWhole ? end - 1 : end)));
    const frame = this.#frames.at(-1);
    if (isWhole && frame?.kind === "record") {
      frame.key = JSON.parse(`"${Buffer.concat(this.#keyParts).toString("utf8")}"`) as string;
      this.#mode = "colon";
    }
    return end;
  }

  #readAfter(byte: number, at: number): number {
    if (byte === COMMA) this.#mode = this.#frames.at(-1)?.kind === "record" ? "key" : "value";
    else if (byte === CLOSE_RECORD || byte === CLOSE_LIST) this.#closeFrame(this.#position + at + 1);
    return at + 1;
  }

  #closeFrame(end: number): void {
    const frame = this.#frames.pop();
    if (frame === undefined) throw new SyntaxError("the text of an artifact closes what it did not open");
    if (frame.kind === "list") {
      const { at, count, table } = frame;
      this.#endValue({ kind: "list", at, end, count, table, tableAt: 0, tableBytes: 0 });
    } else if (frame.tooMany) this.#endValue({ kind: "leaf", at: frame.at, end });
    else this.#endValue({ kind: "record", at: frame.at, end, fields: frame.fields });
  }

  #endValue(node: ContentsNode): void {
    this.#mode = "after";
    const frame = this.#frames.at(-1);
    if (frame === undefined) this.#root = node;
    else if (frame.kind === "list") frame.count += 1;
    else this.#addField(frame, node);
  }

  #addField(frame: RecordFrame, node: ContentsNode): void {
    if (this.#towards !== null) {
      // `$` and `v` tell whether this is a record at all (core, `value/codec.ts`).
      if (frame.key === this.#towards || frame.key === "$" || frame.key === "v") frame.fields.set(frame.key, node);
    } else if (frame.fields.size < MAX_FIELDS) frame.fields.set(frame.key, node);
    else {
      frame.tooMany = true;
      frame.fields.clear();
    }
  }
}
