import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { type ErrorCode, MillraceError } from "@millrace/core";
import { toPlainJson } from "../plain-json.ts";
import { type ColumnType, type Relation, textOf } from "../sql/relation.ts";
import type { RenderedStatement } from "../sql/render.ts";
import {
  exactInteger,
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
import type { SqliteConfig } from "./connection-config.ts";
import { type LockWait, untilUnlocked } from "./lock-retry.ts";

/** How long SQLite itself waits for a lock. Short, because it blocks the thread; the rest is waited for outside. */
const BUSY_TIMEOUT_MS = 100;
const ROWS_A_BATCH = 1_000;

/** Result codes of SQLite that have a meaning of their own here (sqlite.org/rescode.html). */
const CODES: Readonly<Record<number, ErrorCode>> = {
  5: "DATABASE_LOCKED",
  6: "DATABASE_LOCKED",
  8: "DATABASE_READ_ONLY",
  11: "DATABASE_CORRUPT",
  13: "DISK_FULL",
  26: "DATABASE_CORRUPT",
};

const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  DATABASE_READ_ONLY: "Check who owns the file and its folder, and the option `readOnly` of the connection.",
  DATABASE_CORRUPT: "Check that the path names a SQLite database, and restore the file from a backup if it does.",
  DISK_FULL: "Free space where the database file is.",
};

export async function openSqlite(config: SqliteConfig, place: OpenPlace): Promise<SqlSession> {
  const path = config.path === ":memory:" ? config.path : resolve(place.projectDir, config.path);
  const wait: LockWait = {
    name: place.name,
    timeoutMs: config.lockTimeoutMs,
    signal: place.signal,
    isLocked: (failure) => failure instanceof StatementFailure && failure.code === "DATABASE_LOCKED",
  };
  if (path !== ":memory:" && !config.readOnly) mkdirSync(dirname(path), { recursive: true });
  let session: SqliteSession | undefined;
  try {
    session = new SqliteSession(new DatabaseSync(path, { readOnly: config.readOnly, timeout: BUSY_TIMEOUT_MS }), wait);
    for (const [pragma, value] of Object.entries(config.pragmas)) await session.execute(`PRAGMA ${pragma} = ${value}`);
    return session;
  } catch (cause) {
    await session?.close();
    place.signal.throwIfAborted();
    throw notOpened(path, place.name, cause);
  }
}

function notOpened(path: string, name: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof MillraceError) return cause;
  const { code, hint } = asFailure(cause);
  return neverAgain(
    new MillraceError(code, `The database of connection "${name}", ${path}, could not be opened: ${cause.message}.`, {
      hint: hint ?? "Check the path and the rights of the file and its folder.",
      cause,
    }),
  );
}

class SqliteSession implements SqlSession {
  readonly dialect = "sqlite";
  readonly mark = "?";
  readonly client: DatabaseSync;
  readonly #wait: LockWait;

  constructor(database: DatabaseSync, wait: LockWait) {
    this.client = database;
    this.#wait = wait;
  }

  listText(list: readonly unknown[], negated: boolean, bind: (value: unknown) => string): string {
    return `${negated ? "NOT IN" : "IN"} (SELECT value FROM json_each(${bind(toPlainJson(list))}))`;
  }

  async run(statement: RenderedStatement, _options?: RunOptions): Promise<StatementResult> {
    const values = statement.values.map(boundValue);
    return await untilUnlocked(this.#wait, () => {
      try {
        return start(this.client.prepare(statement.text), values);
      } catch (cause) {
        throw asFailure(cause);
      }
    });
  }

  async begin(onlyReads: boolean): Promise<void> {
    // A transaction that first reads and then writes can lose the race for the lock in a way that waiting cannot mend.
    await this.execute(onlyReads ? "BEGIN" : "BEGIN IMMEDIATE");
  }

  async commit(): Promise<void> {
    await this.execute("COMMIT");
  }

  async rollback(): Promise<void> {
    if (this.client.isTransaction) this.client.exec("ROLLBACK");
  }

  async execute(text: string): Promise<void> {
    await this.run({ text, values: [], sourceOffset: (offset) => offset });
  }

  async hasTable(name: string): Promise<boolean> {
    const found = this.client
      .prepare("SELECT 1 FROM pragma_table_list WHERE lower(name) = lower(?1) AND schema <> 'temp' LIMIT 1")
      .get(name);
    return found !== undefined;
  }

  async addRelation(name: string, relation: Relation): Promise<void> {
    const columns = relation.columns.map((column) => `${quoteName(column.name)} ${COLUMN_TYPES[column.type]}`);
    const marks = relation.columns.map((_, index) => `?${index + 1}`);
    this.client.exec("BEGIN");
    try {
      this.client.exec(`CREATE TEMP TABLE ${quoteName(name)} (${columns.join(", ")})`);
      const insert = this.client.prepare(`INSERT INTO temp.${quoteName(name)} VALUES (${marks.join(", ")})`);
      for (const row of relation.rows) {
        insert.run(...relation.columns.map((column) => columnValue(row[column.name], column.type)));
      }
      this.client.exec("COMMIT");
    } catch (cause) {
      await this.rollback();
      throw asFailure(cause);
    }
  }

  async close(): Promise<void> {
    if (this.client.isOpen) this.client.close();
  }
}

function start(prepared: StatementSync, values: SQLInputValue[]): StatementResult {
  prepared.setReadBigInts(true);
  const columns = uniqueColumns(prepared.columns().map((column) => column.name));
  if (columns.length === 0) {
    const { changes } = prepared.run(...values);
    return { columns, batches: oneBatch([]), changes: Number(changes) };
  }
  prepared.setReturnArrays(true);
  const rows = prepared.iterate(...values)[Symbol.iterator]();
  // The first step is where a lock is met, so it is taken here, where it can be waited for.
  const first = rows.next();
  return { columns, batches: batchesOf(rows, first), changes: null };
}

async function* batchesOf(
  rows: Iterator<unknown>,
  first: IteratorResult<unknown>,
): AsyncGenerator<readonly (readonly unknown[])[]> {
  let batch: unknown[][] = [];
  try {
    for (let step = first; step.done !== true; step = rows.next()) {
      batch.push((step.value as unknown[]).map(plainValue));
      if (batch.length < ROWS_A_BATCH) continue;
      yield batch;
      batch = [];
    }
  } catch (cause) {
    throw asFailure(cause);
  } finally {
    rows.return?.();
  }
  if (batch.length > 0) yield batch;
}

function plainValue(value: unknown): unknown {
  return typeof value === "bigint" ? exactInteger(value) : value;
}

const COLUMN_TYPES: Readonly<Record<ColumnType, string>> = {
  boolean: "INTEGER",
  integer: "INTEGER",
  decimal: "TEXT",
  double: "REAL",
  text: "TEXT",
  timestamp: "TEXT",
  date: "TEXT",
  bytes: "BLOB",
  json: "TEXT",
};

/** `node:sqlite` binds every number as a fraction; whole ones are to arrive as integers. */
function boundValue(value: unknown): SQLInputValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value === "bigint" || typeof value === "string") return value;
  if (value instanceof Date) return value.toISOString();
  return value instanceof Uint8Array ? value : toPlainJson(value);
}

function columnValue(value: unknown, type: ColumnType): SQLInputValue {
  if (value === undefined || value === null) return null;
  if (type === "json") return toPlainJson(value);
  if (type === "text" || type === "decimal") return textOf(value);
  if (type === "date" && value instanceof Date) return value.toISOString().slice(0, 10);
  return boundValue(value);
}

const NEAR = [
  /near "(.+?)": syntax error/s,
  /no such (?:column|table|function|index|view|savepoint): (\S+)/,
  /ambiguous column name: (\S+)/,
  /has no column named (\S+)/,
  /unrecognized token: "(.+?)"/s,
  /^table (\S+) (?:already exists|has )/,
];

function asFailure(cause: unknown): StatementFailure {
  if (cause instanceof StatementFailure) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const { errcode = 1 } = cause as { readonly errcode?: number };
  // The low byte is the primary code, the rest says more about it.
  const code = CODES[errcode & 0xff] ?? "SQL_FAILED";
  const near = NEAR.map((pattern) => pattern.exec(message)?.[1]).find((found) => found !== undefined);
  return new StatementFailure(message, {
    code,
    near: near?.split(".").at(-1) ?? null,
    hint: HINTS[code] ?? null,
    cause,
  });
}
