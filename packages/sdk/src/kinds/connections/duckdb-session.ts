import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from "@duckdb/node-api";
import { type ErrorCode, MillraceError } from "@millrace/core";
import type { Relation } from "../sql/relation.ts";
import type { RenderedStatement } from "../sql/render.ts";
import {
  type FileFormat,
  oneBatch,
  quoteName,
  type RunOptions,
  type SqlSession,
  StatementFailure,
  type StatementResult,
  uniqueColumns,
} from "../sql/session.ts";
import { neverAgain } from "../verdict.ts";
import type { OpenPlace } from "./connection.ts";
import type { DuckdbConfig } from "./connection-config.ts";
import { type DuckdbModule, DuckdbValues } from "./duckdb-values.ts";
import { untilUnlocked } from "./lock-retry.ts";
import { loadPeer } from "./peer.ts";

export async function openDuckdb(config: DuckdbConfig, place: OpenPlace): Promise<SqlSession> {
  const duckdb = await loadPeer({ name: "@duckdb/node-api", load: () => import("@duckdb/node-api") }, place.projectDir);
  const path = config.path === ":memory:" ? config.path : resolve(place.projectDir, config.path);
  if (path !== ":memory:" && !config.readOnly) mkdirSync(dirname(path), { recursive: true });
  const settings = Object.entries(config.settings).map(([name, value]) => [name, String(value)]);
  const access = config.readOnly ? { access_mode: "READ_ONLY" } : {};
  const instance = await untilUnlocked(
    { name: place.name, timeoutMs: config.lockTimeoutMs, signal: place.signal, isLocked },
    () => duckdb.DuckDBInstance.create(path, { ...access, ...Object.fromEntries(settings) }),
  ).catch((cause: unknown) => {
    place.signal.throwIfAborted();
    throw notOpened(path, place.name, cause);
  });
  const session = new DuckdbSession({ duckdb, instance, client: await instance.connect(), signal: place.signal });
  try {
    for (const text of ["SET TimeZone = 'UTC'", ...config.setup]) await session.execute(text);
  } catch (failed) {
    await session.close();
    throw failed;
  }
  return session;
}

function isLocked(failure: unknown): boolean {
  return failure instanceof Error && /Could not set lock on file|Conflicting lock is held/.test(failure.message);
}

function notOpened(path: string, name: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof MillraceError) return cause;
  const code = codeOf(cause.message);
  return neverAgain(
    new MillraceError(code, `The database of connection "${name}", ${path}, could not be opened: ${cause.message}`, {
      hint: HINTS[code] ?? "Check the path and the rights of the file and its folder.",
      cause,
    }),
  );
}

const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  DATABASE_READ_ONLY: "Check who owns the file and its folder, and the option `readOnly` of the connection.",
  DATABASE_NEWER: "Install a newer @duckdb/node-api: the file was written by one.",
  DATABASE_CORRUPT: "Check that the path names a DuckDB database, and restore the file from a backup if it does.",
  DISK_FULL: "Free space where the database file is.",
};

/** DuckDB has classes of errors, but tells these apart in its messages only. */
function codeOf(message: string): ErrorCode {
  if (/not a valid DuckDB database file|Corrupt|checksum/i.test(message)) return "DATABASE_CORRUPT";
  if (/newer (?:DuckDB )?version|can only read version/i.test(message)) return "DATABASE_NEWER";
  if (/read-only|Permission denied|Read-only file system/i.test(message)) return "DATABASE_READ_ONLY";
  return /No space left on device/i.test(message) ? "DISK_FULL" : "SQL_FAILED";
}

interface OpenedDuckdb {
  readonly duckdb: DuckdbModule;
  readonly instance: DuckDBInstance;
  readonly client: DuckDBConnection;
  readonly signal: AbortSignal;
}

class DuckdbSession implements SqlSession {
  readonly dialect = "duckdb";
  readonly mark = "$";
  readonly client: DuckDBConnection;
  readonly #duckdb: DuckdbModule;
  readonly #values: DuckdbValues;
  readonly #instance: DuckDBInstance;
  readonly #signal: AbortSignal;
  #inTransaction = false;
  #interrupting: NodeJS.Timeout | undefined;

  constructor({ duckdb, instance, client, signal }: OpenedDuckdb) {
    this.client = client;
    this.#duckdb = duckdb;
    this.#values = new DuckdbValues(duckdb);
    this.#instance = instance;
    this.#signal = signal;
    signal.addEventListener("abort", this.#interrupt, { once: true });
  }

  listText(list: readonly unknown[], negated: boolean, bind: (value: unknown) => string): string {
    // One by one, so that each takes the type of what it is compared with.
    const items = list.length === 0 ? "SELECT NULL WHERE false" : list.map(bind).join(", ");
    return `${negated ? "NOT IN" : "IN"} (${items})`;
  }

  async run(statement: RenderedStatement, options: RunOptions = {}): Promise<StatementResult> {
    this.#signal.throwIfAborted();
    try {
      const bound = statement.values.map((value) => this.#values.bound(value));
      const values = bound.map(({ value }) => value);
      const types = bound.map(({ type }) => type);
      const result =
        options.large === true
          ? await this.client.stream(statement.text, values, types)
          : await this.client.run(statement.text, values, types);
      return this.#resultOf(result);
    } catch (cause) {
      this.#signal.throwIfAborted();
      throw asFailure(statement.text, cause);
    }
  }

  #resultOf(result: DuckDBResult): StatementResult {
    const { ResultReturnType } = this.#duckdb;
    if (result.returnType !== ResultReturnType.QUERY_RESULT) {
      const changes = result.returnType === ResultReturnType.CHANGED_ROWS ? result.rowsChanged : null;
      return { columns: [], batches: oneBatch([]), changes };
    }
    return { columns: uniqueColumns(result.columnNames()), batches: this.#batchesOf(result), changes: null };
  }

  async *#batchesOf(result: DuckDBResult): AsyncGenerator<readonly (readonly unknown[])[]> {
    const readers = result.columnTypes().map((type) => this.#values.reader(type));
    try {
      for await (const rows of result.yieldRows()) {
        if (rows.length > 0) yield rows.map((row) => row.map((value, column) => readers[column]?.(value)));
      }
    } catch (cause) {
      this.#signal.throwIfAborted();
      throw asFailure("", cause);
    }
  }

  async execute(text: string): Promise<void> {
    await this.run({ text, values: [], sourceOffset: (offset) => offset });
  }

  async begin(): Promise<void> {
    await this.execute("BEGIN TRANSACTION");
    this.#inTransaction = true;
  }

  async commit(): Promise<void> {
    await this.execute("COMMIT");
    this.#inTransaction = false;
  }

  async rollback(): Promise<void> {
    clearInterval(this.#interrupting);
    if (!this.#inTransaction) return;
    this.#inTransaction = false;
    // After an interruption too, so not by `run`, which would refuse.
    await this.client.run("ROLLBACK");
  }

  async hasTable(name: string): Promise<boolean> {
    const found = await this.client.runAndReadAll(
      "SELECT 1 FROM duckdb_tables() WHERE lower(table_name) = lower($1) AND NOT temporary " +
        "UNION ALL SELECT 1 FROM duckdb_views() WHERE lower(view_name) = lower($1) AND NOT internal LIMIT 1",
      [name],
    );
    return found.currentRowCount > 0;
  }

  async addRelation(name: string, { columns, rows }: Relation): Promise<void> {
    const typed = columns.map((column) => ({
      name: column.name,
      ...this.#values.column(
        column.type,
        rows.map((row) => row[column.name]),
      ),
    }));
    const list = typed.map((column) => `${quoteName(column.name)} ${column.type.alias ?? column.type.toString()}`);
    await this.execute(`CREATE TEMP TABLE ${quoteName(name)} (${list.join(", ")})`);
    const types = typed.map((column) => column.type);
    const appender = await this.client.createAppender(name, null, "temp");
    try {
      for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
        const part = rows.slice(start, start + CHUNK_ROWS);
        const chunk = this.#duckdb.DuckDBDataChunk.create(types, part.length);
        chunk.setColumns(typed.map((column) => part.map((row) => column.convert(row[column.name]))));
        appender.appendDataChunk(chunk);
      }
    } finally {
      appender.closeSync();
    }
  }

  readonly copyText = (path: string, format: FileFormat): { before: string; after: string } => {
    const options = { csv: "FORMAT csv, HEADER", ndjson: "FORMAT json", parquet: "FORMAT parquet" }[format];
    return { before: "COPY (", after: `) TO '${path.replaceAll("'", "''")}' (${options})` };
  };

  async close(): Promise<void> {
    this.#signal.removeEventListener("abort", this.#interrupt);
    clearInterval(this.#interrupting);
    this.client.closeSync();
    this.#instance.closeSync();
  }

  /** An interruption that comes before the query has begun is lost, so it is repeated until somebody stops it. */
  readonly #interrupt = (): void => {
    this.client.interrupt();
    this.#interrupting = setInterval(() => this.client.interrupt(), INTERRUPT_MS);
  };
}

const INTERRUPT_MS = 50;
/** Rows in one of DuckDB's vectors. */
const CHUNK_ROWS = 2_048;

/** Where DuckDB says the trouble is: `LINE 3: …text…` and a mark under it. */
const LINE = /\n+LINE (\d+): (.*)\n( *)\^\s*$/;

function asFailure(text: string, cause: unknown): StatementFailure {
  if (cause instanceof StatementFailure) return cause;
  const whole = cause instanceof Error ? cause.message : String(cause);
  const match = LINE.exec(whole);
  const code = codeOf(whole);
  return new StatementFailure(whole.replace(LINE, ""), {
    code,
    offset: match === null ? null : offsetOf(text, match),
    hint: HINTS[code] ?? null,
    cause,
  });
}

function offsetOf(text: string, [, line, excerpt = "", spaces = ""]: RegExpExecArray): number | null {
  const lines = text.split("\n");
  const index = Number(line) - 1;
  const found = lines[index];
  if (found === undefined) return null;
  // Long lines are cut at both ends, with dots in place of what is missing.
  const shown = excerpt.replace(/^\.\.\./, "").replace(/\.\.\.$/, "");
  const dots = excerpt.startsWith("...") ? 3 : 0;
  const column = spaces.length - `LINE ${line}: `.length - dots;
  const start = found.indexOf(shown);
  if (start < 0 || column < 0) return null;
  return lines.slice(0, index).reduce((sum, each) => sum + each.length + 1, 0) + start + column;
}
