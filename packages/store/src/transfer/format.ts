import { createHash } from "node:crypto";
import { MillraceError } from "@millrace/core";

/**
 * ## Exported projects
 *
 * Lines of JSON, UTF-8, each ended by a line feed. **This is a storage format**: what is described here is read for ever;
 * anything else gets another number.
 *
 * 1. `{"millrace":"export","format":1,"schema":4,"from":"SQLite 3.53","madeAt":"…"}`. `schema` is the number of migrations
 *    that the rows are written for.
 * 2. `{"counters":{"epoch":…,"run":…,"attempt":…,"event":…}}`: the largest numbers that were ever given.
 * 3. For each table `{"table":"…","columns":["…",…]}`, and behind it its rows in the order of its key, each an array of
 *    the values of these columns: numbers, texts and null as they are, bytes as `{"base64":"…"}`.
 * 4. `{"end":true,"rows":…,"sha256":"…"}`: the number of rows, and the hash of everything before this line.
 */
const FORMAT = 1;

export type Value = number | string | null | Uint8Array;
export type Row = readonly Value[];

/** The largest numbers that were given: who goes on from here gives larger ones. */
export interface Counters {
  readonly epoch: number;
  readonly run: number;
  readonly attempt: number;
  readonly event: number;
}

interface Header {
  readonly schema: number;
  /** The database it is from, for people. */
  readonly from: string;
  /** ISO 8601. */
  readonly madeAt: string;
}

/** Part of an export. */
export type Part =
  | { readonly kind: "header"; readonly header: Header }
  | { readonly kind: "counters"; readonly counters: Counters }
  | { readonly kind: "table"; readonly table: string; readonly columns: readonly string[] }
  | { readonly kind: "row"; readonly row: Row };

/** Parts as lines, with the end behind them. */
export class LineWriter {
  readonly #hash = createHash("sha256");
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  /** Some parts in one text. */
  write(parts: Iterable<Part>): string {
    let text = "";
    for (const part of parts) {
      if (part.kind === "row") this.#rows += 1;
      text += `${lineOf(part)}\n`;
    }
    this.#hash.update(text);
    return text;
  }

  end(): string {
    return `${JSON.stringify({ end: true, rows: this.#rows, sha256: this.#hash.digest("hex") })}\n`;
  }
}

function lineOf(part: Part): string {
  switch (part.kind) {
    case "header":
      return JSON.stringify({ millrace: "export", format: FORMAT, ...part.header });
    case "counters":
      return JSON.stringify({ counters: part.counters });
    case "table":
      return JSON.stringify({ table: part.table, columns: part.columns });
    case "row":
      return JSON.stringify(part.row.map(encodeValue));
  }
}

function encodeValue(value: Value): unknown {
  if (!(value instanceof Uint8Array)) return value;
  return { base64: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64") };
}

/** Lines as parts. What is not as it was written is refused with `USAGE`, at the latest at its end. */
export class LineReader {
  readonly #hash = createHash("sha256");
  #lines = 0;
  #rows = 0;
  #isOver = false;

  /** Undefined for the last line. */
  read(line: string): Part | undefined {
    this.#lines += 1;
    if (this.#isOver) throw this.#refusal("goes on behind its end");
    const value = this.#parse(line);
    if (this.#lines === 1) return this.#header(line, value);
    if (Array.isArray(value)) {
      this.#rows += 1;
      this.#take(line);
      return { kind: "row", row: value.map((one: unknown) => this.#value(one)) };
    }
    const known = value as { readonly counters?: Counters; readonly table?: string; readonly columns?: string[] };
    if ("end" in value) {
      this.#checkEnd(value as { readonly rows?: number; readonly sha256?: string });
      return undefined;
    }
    this.#take(line);
    if (known.counters !== undefined) return { kind: "counters", counters: known.counters };
    if (known.table !== undefined && known.columns !== undefined) {
      return { kind: "table", table: known.table, columns: known.columns };
    }
    throw this.#refusal("has something that this version of Millrace does not know");
  }

  /** The input is over. */
  finish(): void {
    if (!this.#isOver) throw this.#refusal(this.#lines === 0 ? "is empty" : "ends too early: part of it is missing");
  }

  #take(line: string): void {
    this.#hash.update(line).update("\n");
  }

  #parse(line: string): object {
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === "object" && value !== null) return value;
    } catch {
      // Said below.
    }
    throw this.#refusal(this.#lines === 1 ? "is no export of Millrace's" : "is damaged");
  }

  #header(line: string, value: object): Part {
    const header = value as Partial<Header> & { readonly millrace?: unknown; readonly format?: unknown };
    if (header.millrace !== "export") throw this.#refusal("is no export of Millrace's");
    if (header.format !== FORMAT) {
      throw new MillraceError(
        "USAGE",
        `The export has format ${String(header.format)}; this version reads ${FORMAT}.`,
        {
          hint: "Import it with the version of Millrace that wrote it, or a later one.",
        },
      );
    }
    this.#take(line);
    const { schema = 0, from = "", madeAt = "" } = header;
    return { kind: "header", header: { schema, from, madeAt } };
  }

  #value(value: unknown): Value {
    if (value === null || typeof value === "string" || typeof value === "number") return value;
    const { base64 } = value as { readonly base64?: unknown };
    if (typeof base64 === "string") return new Uint8Array(Buffer.from(base64, "base64"));
    throw this.#refusal("is damaged");
  }

  #checkEnd({ rows, sha256 }: { readonly rows?: number; readonly sha256?: string }): void {
    this.#isOver = true;
    if (rows !== this.#rows || sha256 !== this.#hash.digest("hex")) throw this.#refusal("is damaged");
  }

  #refusal(what: string): MillraceError {
    return new MillraceError("USAGE", `The export ${what} (line ${this.#lines}).`, {
      hint: "Nothing was imported. Export the project again, or fetch the file again.",
    });
  }
}
