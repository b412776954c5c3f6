import { DatabaseSync, type StatementSync } from "node:sqlite";
import { MillraceError } from "@millrace/core";
import type { Counters, Row } from "../transfer/format.ts";
import type { Target } from "../transfer/import-parts.ts";
import { TRANSFERRED } from "../transfer/tables.ts";
import { columnsOf, quoted } from "./export.ts";
import { toStoreError } from "./failure.ts";

/** Fills a database in one transaction. Its caller leads, so nobody else writes runs meanwhile. */
export class SqliteTarget implements Target {
  readonly #path: string;
  readonly #db: DatabaseSync;
  #insert: StatementSync | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#db = new DatabaseSync(path, { timeout: 5_000 });
    this.#db.exec("pragma synchronous = full; pragma fullfsync = on; begin immediate");
  }

  async requireEmpty(): Promise<void> {
    for (const { name } of TRANSFERRED) {
      const where = name === "project" ? "where active_version is not null" : "";
      const found = this.#try(() => this.#db.prepare(`select 1 from ${name} ${where} limit 1`).get());
      if (found === undefined) continue;
      throw new MillraceError("USAGE", `The database ${this.#path} is not empty: it has rows in ${name}.`, {
        hint: "Import into a database that no run was made in. Nothing was changed.",
      });
    }
    this.#db.exec("delete from project");
  }

  async columns(table: string): Promise<readonly string[]> {
    return this.#try(() => columnsOf(this.#db, table));
  }

  async begin(table: string, columns: readonly string[]): Promise<void> {
    const places = columns.map(() => "?").join(", ");
    const sql = `insert into ${table} (${columns.map(quoted).join(", ")}) values (${places})`;
    this.#insert = this.#try(() => this.#db.prepare(sql));
  }

  async insert(rows: readonly Row[]): Promise<void> {
    this.#try(() => {
      for (const row of rows) this.#insert?.run(...row);
    });
  }

  async finish({ epoch, run, attempt, event }: Counters): Promise<void> {
    this.#try(() => {
      this.#db
        .prepare("update lease set epoch = max(epoch, ?) + 1, last_event = ?, last_attempt = ?")
        .run(epoch, event, attempt);
      this.#db.prepare("delete from sqlite_sequence where name = 'run'").run();
      this.#db.prepare("insert into sqlite_sequence (name, seq) values ('run', ?)").run(run);
      this.#db.exec("commit");
    });
  }

  /** Without `finish`, nothing of it happened. */
  async close(): Promise<void> {
    if (this.#db.isTransaction) this.#db.exec("rollback");
    this.#db.close();
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toStoreError(error, this.#path);
    }
  }
}
