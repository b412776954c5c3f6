import type { ErrorCode } from "@millrace/core";
import type { Relation } from "./relation.ts";
import type { RenderedStatement } from "./render.ts";
import type { Dialect } from "./tokens.ts";

/**
 * An open database, as far as the `sql` kind needs one. The three databases differ behind it, and nowhere else.
 *
 * Values come out the same from all of them: whole numbers as `number`, or `bigint` where a number would round;
 * decimals as `number` up to 15 digits and as text beyond; timestamps as `Date`, those without a zone read as UTC;
 * dates (`2026-01-31`), times, intervals and UUIDs as text; bytes as `Uint8Array`; JSON parsed; lists and structs as
 * lists and objects. SQLite, which knows no such types, gives numbers, text and bytes.
 */
export interface SqlSession {
  readonly dialect: Dialect;
  /** What stands before the number of a bound value. */
  readonly mark: "?" | "$";
  /** The client library's own object. */
  readonly client: unknown;
  /** How `IN (:name)` with a list is written; each list is bound, whatever its length. */
  listText(list: readonly unknown[], negated: boolean, bind: (value: unknown) => string): string;
  /**
   * Runs one statement. Rows are to be read to their end before the next one.
   *
   * @throws StatementFailure
   */
  run(statement: RenderedStatement, options?: RunOptions): Promise<StatementResult>;
  begin(onlyReads: boolean): Promise<void>;
  commit(): Promise<void>;
  /** Does nothing where no transaction is open. */
  rollback(): Promise<void>;
  /** Whether a statement that says `name` would find a table or view of the database. */
  hasTable(name: string): Promise<boolean>;
  /** Makes a temporary table with the rows, which lives as long as the session. */
  addRelation(name: string, relation: Relation): Promise<void>;
  /** What goes around a query to have the database itself write its rows to a file, where it can. */
  readonly copyText?: (path: string, format: FileFormat) => { before: string; after: string };
  close(): Promise<void>;
}

export interface RunOptions {
  /** It is a query that may give many rows: fetch them in pieces. */
  readonly large?: boolean;
}

export interface StatementResult {
  /** Empty for a statement that gives no rows. Each name is there once: later ones of the same name get a number. */
  readonly columns: readonly string[];
  readonly batches: AsyncIterable<readonly (readonly unknown[])[]>;
  /** Rows inserted, updated or deleted, where the database says. */
  readonly changes: number | null;
}

export type FileFormat = "csv" | "ndjson" | "parquet";

/** A statement that the database refused. */
export class StatementFailure extends Error {
  override readonly name = "StatementFailure";
  readonly code: ErrorCode;
  /** Where in the text that was sent, or null where the database does not say. */
  readonly offset: number | null;
  /** A word of the statement that the message is about, for where there is no offset. */
  readonly near: string | null;
  readonly hint: string | null;

  constructor(
    message: string,
    about: { code?: ErrorCode; offset?: number | null; near?: string | null; hint?: string | null; cause: unknown },
  ) {
    super(message, { cause: about.cause });
    this.code = about.code ?? "SQL_FAILED";
    this.offset = about.offset ?? null;
    this.near = about.near ?? null;
    this.hint = about.hint ?? null;
  }
}

/** Gives each column a name of its own: `id`, `id_2`. */
export function uniqueColumns(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let number = 2; taken.has(unique); number += 1) unique = `${name}_${number}`;
    taken.add(unique);
    return unique;
  });
}

/** Rows that are already there. */
export async function* oneBatch(
  rows: readonly (readonly unknown[])[],
): AsyncGenerator<readonly (readonly unknown[])[]> {
  if (rows.length > 0) yield rows;
}

/** A whole number without loss. */
export function exactInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The digits that a double always keeps. */
const EXACT_DIGITS = 15;

/** A decimal without loss: a number where its digits fit one, else its text. */
export function exactDecimal(text: string): number | string {
  const digits = text.replace(/^[+-]?[0.]*/, "").replace(".", "");
  return digits.length <= EXACT_DIGITS || !/^[+-]?[\d.]+$/.test(text) ? numberOr(text) : text;
}

function numberOr(text: string): number | string {
  const number = Number(text.replace(/^([+-]?)infinity$/i, "$1Infinity"));
  return Number.isNaN(number) && text !== "NaN" ? text : number;
}

/** Quotes an identifier; all three databases take the standard's way. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
