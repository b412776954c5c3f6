import { MillraceError } from "@millrace/core";
import type { Counters, Part, Row } from "./format.ts";
import { TRANSFERRED } from "./tables.ts";

/** A database that is filled, all or nothing. */
export interface Target {
  /** Throws `USAGE` when there is anything that an import could run into. */
  requireEmpty(): Promise<void>;
  columns(table: string): Promise<readonly string[]>;
  /** What is inserted from now on are rows of this table. */
  begin(table: string, columns: readonly string[]): Promise<void>;
  insert(rows: readonly Row[]): Promise<void>;
  /** Makes it true. */
  finish(counters: Counters): Promise<void>;
  close(): Promise<void>;
}

/** Rows, and the characters and bytes in them, that are inserted together. */
const CHUNK_ROWS = 500;
const CHUNK_LENGTH = 4 * 1024 * 1024;

/** Fills a target with the parts of an export, which have been checked when they end. Gives the number of rows. */
export async function importParts(target: Target, parts: AsyncIterable<Part>, schema: number): Promise<number> {
  const filling = new Filling(target, schema);
  const given = parts[Symbol.asyncIterator]();
  for (let next = await given.next(); next.done !== true; next = await given.next()) {
    try {
      await filling.take(next.value);
    } catch (error) {
      if (!(error instanceof MillraceError) || error.code !== "USAGE") await readToEnd(given);
      throw error;
    }
  }
  return await filling.finish();
}

/** What the database refuses is damaged most likely, and whoever reads it to its end says so. */
async function readToEnd(given: AsyncIterator<Part>): Promise<void> {
  for (let next = await given.next(); next.done !== true; ) next = await given.next();
}

class Filling {
  readonly #target: Target;
  readonly #schema: number;
  readonly #filled: string[] = [];
  #counters: Counters | undefined;
  #chunk: Row[] = [];
  #chunkLength = 0;
  #rows = 0;

  constructor(target: Target, schema: number) {
    this.#target = target;
    this.#schema = schema;
  }

  async take(part: Part): Promise<void> {
    switch (part.kind) {
      case "header":
        if (part.header.schema !== this.#schema) throw otherSchema(part.header.schema, this.#schema);
        return;
      case "counters":
        this.#counters = part.counters;
        return;
      case "table":
        await this.#flush();
        await this.#begin(part.table, part.columns);
        return;
      case "row":
        this.#chunk.push(part.row);
        for (const value of part.row) this.#chunkLength += typeof value === "object" ? (value?.length ?? 1) : 16;
        for (const value of part.row) if (typeof value === "string") this.#chunkLength += value.length;
        if (this.#chunk.length >= CHUNK_ROWS || this.#chunkLength >= CHUNK_LENGTH) await this.#flush();
    }
  }

  async #begin(table: string, columns: readonly string[]): Promise<void> {
    const expected = TRANSFERRED[this.#filled.length]?.name;
    if (table !== expected) throw unknownPart(`the table ${table} where ${expected ?? "no other"} belongs`);
    const own = await this.#target.columns(table);
    if (own.join() !== columns.join()) throw unknownPart(`other columns of the table ${table}`);
    await this.#target.begin(table, columns);
    this.#filled.push(table);
  }

  async #flush(): Promise<void> {
    if (this.#chunk.length === 0) return;
    await this.#target.insert(this.#chunk);
    this.#rows += this.#chunk.length;
    this.#chunk = [];
    this.#chunkLength = 0;
  }

  async finish(): Promise<number> {
    await this.#flush();
    const missing = TRANSFERRED[this.#filled.length];
    if (missing !== undefined) throw unknownPart(`no table ${missing.name}`);
    if (this.#counters === undefined) throw unknownPart("no counters");
    await this.#target.finish(this.#counters);
    return this.#rows;
  }
}

function otherSchema(found: number, known: number): MillraceError {
  return new MillraceError("USAGE", `The export is of schema ${found}; this version of Millrace has ${known}.`, {
    hint: "Import it with the version that wrote it, into an empty database, and open that with this version then.",
  });
}

function unknownPart(what: string): MillraceError {
  return new MillraceError("USAGE", `The export has ${what}.`, {
    hint: "It was made by another version of Millrace, or by hand. Nothing was imported.",
  });
}
