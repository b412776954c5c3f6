import { type BigIntStats, statSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely";
import { type Act, compileAct, type Parameter } from "../act.ts";
import type { Tables } from "../schema.ts";

/**
 * Kysely builds and compiles queries here and never runs one: its driver interface is asynchronous, and a transaction
 * on the hot path must not let go of the thread between two statements.
 */
export const sqliteQueries = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

interface PreparedAct {
  readonly statement: StatementSync;
  readonly parameters: readonly Parameter[];
}

export interface ConnectionOptions {
  readonly readonly: boolean;
  /** How long a statement waits for the lock of another process. */
  readonly busyTimeoutMs: number;
}

/** One connection with its prepared statements. Synchronous throughout; errors are SQLite's own. */
export class SqliteConnection {
  readonly path: string;
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<object, PreparedAct>();
  #dataVersion: StatementSync | undefined;
  readonly #file: BigIntStats | undefined;

  constructor(path: string, options: ConnectionOptions) {
    this.path = path;
    this.#db = new DatabaseSync(path, { readOnly: options.readonly, timeout: options.busyTimeoutMs });
    this.#file = statSync(path, { bigint: true, throwIfNoEntry: false });
  }

  /**
   * Whether the file is still where it was opened. SQLite goes on writing to one that was removed or replaced, and all of
   * that is gone with the connection.
   */
  get isInPlace(): boolean {
    const now = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    return now !== undefined && now.ino === this.#file?.ino && now.dev === this.#file.dev;
  }

  get isOpen(): boolean {
    return this.#db.isOpen;
  }

  /** Runs an act that writes, and says how many rows it touched. */
  run<Args extends object>(act: Act<Args, unknown>, given: Args): number {
    const { statement, parameters } = this.#prepare(act);
    return Number(statement.run(...bind(parameters, given)).changes);
  }

  get<Args extends object, Row>(act: Act<Args, Row>, given: Args): Row | undefined {
    const { statement, parameters } = this.#prepare(act);
    return statement.get(...bind(parameters, given)) as Row | undefined;
  }

  all<Args extends object, Row>(act: Act<Args, Row>, given: Args): Row[] {
    const { statement, parameters } = this.#prepare(act);
    return statement.all(...bind(parameters, given)) as Row[];
  }

  /**
   * All or nothing. It takes the write lock at once (`immediate`): a transaction that begins by reading and wants to
   * write later can meet another writer between the two, and then no waiting helps.
   */
  transaction<T>(work: () => T): T {
    this.#db.exec("begin immediate");
    try {
      const result = work();
      this.#db.exec("commit");
      return result;
    } catch (error) {
      // Some failures (a full disk) have rolled back already; a second rollback would hide their cause.
      if (this.#db.isTransaction) this.#db.exec("rollback");
      throw error;
    }
  }

  /** Runs a script of several statements; a prepared statement would run only the first. */
  exec(script: string): void {
    this.#db.exec(script);
  }

  /** The rows of a statement that is no act: a pragma, or a question about the schema. */
  query(sql: string): Record<string, unknown>[] {
    return this.#db.prepare(sql).all();
  }

  /** Changes whenever another connection has committed; commits of this one leave it. */
  dataVersion(): unknown {
    this.#dataVersion ??= this.#db.prepare("pragma data_version");
    return this.#dataVersion.get()?.["data_version"];
  }

  close(): void {
    this.#prepared.clear();
    if (this.#db.isOpen) this.#db.close();
  }

  #prepare(act: Act<never, unknown>): PreparedAct {
    const known = this.#prepared.get(act);
    if (known !== undefined) return known;
    const { sql, parameters } = compileAct(act as Act<object, unknown>, sqliteQueries);
    const prepared = { statement: this.#db.prepare(sql), parameters };
    this.#prepared.set(act, prepared);
    return prepared;
  }
}

function bind(parameters: readonly Parameter[], given: object): SQLInputValue[] {
  const values: unknown[] = [];
  for (const parameter of parameters) {
    values.push("name" in parameter ? (given as Record<string, unknown>)[parameter.name] : parameter.constant);
  }
  return values as SQLInputValue[];
}
