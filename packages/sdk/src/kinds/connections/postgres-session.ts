import { type ErrorCode, MillraceError } from "@millrace/core";
import type { Client, FieldDef, QueryArrayResult } from "pg";
import { toPlainJson } from "../plain-json.ts";
import { maskSecrets, maskUrl, readSecret } from "../secret.ts";
import type { Relation } from "../sql/relation.ts";
import type { RenderedStatement } from "../sql/render.ts";
import {
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
import type { PostgresConfig } from "./connection-config.ts";
import { loadPeer } from "./peer.ts";
import { boundValue, COLUMN_TYPES, parserOf, recordValue, TEXT_ARRAY } from "./postgres-values.ts";

export async function openPostgres(config: PostgresConfig, place: OpenPlace): Promise<SqlSession> {
  const { default: pg } = await loadPeer({ name: "pg", load: () => import("pg") }, place.projectDir);
  const url = await readSecret(config.url, `url of connection "${place.name}"`, place);
  place.signal.throwIfAborted();
  const parseTextArray: (text: string) => unknown = pg.types.getTypeParser(TEXT_ARRAY as never, "text");
  const makeClient = (): Client =>
    new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: config.connectTimeoutMs,
      application_name: `millrace ${place.name}`,
      types: { getTypeParser: (id) => parserOf(id, parseTextArray) as never },
    });
  const client = makeClient();
  // A connection that breaks is told by the query it breaks; without a listener it would end the process.
  client.on("error", () => undefined);
  client.on("notice", () => undefined);
  try {
    await client.connect();
    for (const [name, value] of Object.entries(config.settings)) {
      await client.query("SELECT set_config($1, $2, false)", [name, String(value)]);
    }
  } catch (cause) {
    await client.end();
    throw notOpened(url, place.name, cause);
  }
  return new PostgresSession(client, makeClient, place.signal);
}

function notOpened(url: string, name: string, cause: unknown): MillraceError {
  const why = cause instanceof Error ? maskSecrets(messageOf(cause)) : String(cause);
  const failed = new MillraceError("SQL_FAILED", `Connection "${name}" could not be opened, ${maskUrl(url)}: ${why}.`, {
    hint: "Check that the server runs and can be reached, and the name, user and password in the URL.",
    cause,
  });
  // Class 28: wrong user or password. Class 3D: no such database.
  return /^(?:28|3D)/.test(String((cause as { code?: unknown }).code)) ? neverAgain(failed) : failed;
}

/** A refused connection to a host with several addresses has its reasons inside. */
function messageOf(cause: Error): string {
  return cause instanceof AggregateError ? cause.errors.map(String).join(", ") : cause.message;
}

class PostgresSession implements SqlSession {
  readonly dialect = "postgres";
  readonly mark = "$";
  readonly client: Client;
  readonly #makeClient: () => Client;
  readonly #signal: AbortSignal;
  #inTransaction = false;
  #cursors = 0;

  constructor(client: Client, makeClient: () => Client, signal: AbortSignal) {
    this.client = client;
    this.#makeClient = makeClient;
    this.#signal = signal;
    signal.addEventListener("abort", this.#cancel, { once: true });
  }

  listText(list: readonly unknown[], negated: boolean, bind: (value: unknown) => string): string {
    return `${negated ? "<> ALL" : "= ANY"} (${bind(list)})`;
  }

  async run(statement: RenderedStatement, options: RunOptions = {}): Promise<StatementResult> {
    if (options.large === true && this.#inTransaction) return await this.#fetch(statement);
    const result = await this.#query(statement.text, statement.values);
    const columns = columnsOf(result.fields);
    const changes = columns.length > 0 || result.command === "SELECT" ? null : result.rowCount;
    return { columns, batches: oneBatch(result.rows), changes };
  }

  /** The rows of a query in pieces, through a cursor of the server. */
  async #fetch(statement: RenderedStatement): Promise<StatementResult> {
    const cursor = `millrace_${++this.#cursors}`;
    const before = `DECLARE ${cursor} NO SCROLL CURSOR FOR `;
    await this.#query(before + statement.text, statement.values, before.length);
    const fetchText = `FETCH ${ROWS_A_BATCH} FROM ${cursor}`;
    const first = await this.#query(fetchText, []);
    const query = (): Promise<QueryArrayResult<unknown[]>> => this.#query(fetchText, []);
    async function* batches(): AsyncGenerator<readonly (readonly unknown[])[]> {
      for (let part = first; part.rows.length > 0; part = await query()) yield part.rows;
    }
    return { columns: columnsOf(first.fields), batches: batches(), changes: null };
  }

  async #query(text: string, values: readonly unknown[], shift = 0): Promise<QueryArrayResult<unknown[]>> {
    this.#signal.throwIfAborted();
    try {
      return await this.client.query({ text, values: values.map(boundValue), rowMode: "array" });
    } catch (cause) {
      this.#signal.throwIfAborted();
      throw asFailure(cause, shift);
    }
  }

  async begin(): Promise<void> {
    await this.#query("BEGIN", []);
    this.#inTransaction = true;
  }

  async commit(): Promise<void> {
    this.#inTransaction = false;
    await this.#query("COMMIT", []);
  }

  async rollback(): Promise<void> {
    if (!this.#inTransaction) return;
    this.#inTransaction = false;
    await this.client.query("ROLLBACK");
  }

  async hasTable(name: string): Promise<boolean> {
    const found = await this.#query("SELECT to_regclass($1)::text", [quoteName(name)]);
    return found.rows[0]?.[0] !== null;
  }

  async addRelation(name: string, { columns, rows }: Relation): Promise<void> {
    const list = columns.map((column) => `${quoteName(column.name)} ${COLUMN_TYPES[column.type]}`).join(", ");
    await this.#query(`CREATE TEMP TABLE ${quoteName(name)} (${list})`, []);
    for (let start = 0; start < rows.length; start += ROWS_A_BATCH) {
      const part = rows
        .slice(start, start + ROWS_A_BATCH)
        .map((row) => Object.fromEntries(columns.map(({ name, type }) => [name, recordValue(row[name], type)])));
      await this.#query(
        `INSERT INTO pg_temp.${quoteName(name)} SELECT * FROM json_to_recordset($1::json) AS rows (${list})`,
        [toPlainJson(part)],
      );
    }
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener("abort", this.#cancel);
    await this.client.end();
  }

  /**
   * Asks the server, over a connection of its own, to end this one. A cancelled query would be the milder way, but a
   * request to cancel that arrives before the query does is lost.
   */
  readonly #cancel = (): void => {
    const { processID } = this.client as Client & { readonly processID?: number | null };
    if (processID === undefined || processID === null) return;
    const other = this.#makeClient();
    other.on("error", () => undefined);
    // When the server cannot be reached, the query cannot be either, and fails by itself.
    terminate(other, processID).catch(() => undefined);
  };
}

async function terminate(client: Client, processID: number): Promise<void> {
  try {
    await client.connect();
    await client.query("SELECT pg_terminate_backend($1)", [processID]);
  } finally {
    await client.end();
  }
}

const ROWS_A_BATCH = 2_000;

function columnsOf(fields: readonly FieldDef[]): string[] {
  return uniqueColumns(fields.map((field) => field.name));
}

/** SQLSTATEs that have a meaning of their own here. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  "25006": "DATABASE_READ_ONLY",
  "53100": "DISK_FULL",
  "55P03": "DATABASE_LOCKED",
  XX001: "DATABASE_CORRUPT",
  XX002: "DATABASE_CORRUPT",
};

function asFailure(cause: unknown, shift: number): StatementFailure {
  if (!(cause instanceof Error)) return new StatementFailure(String(cause), { cause });
  const { code = "", position, detail, hint } = cause as Error & Readonly<Partial<Record<string, string>>>;
  return new StatementFailure(detail === undefined ? cause.message : `${cause.message} (${detail})`, {
    code: CODES[code] ?? "SQL_FAILED",
    // The server counts characters from 1.
    offset: position === undefined ? null : Number(position) - 1 - shift,
    hint: hint ?? null,
    cause,
  });
}
