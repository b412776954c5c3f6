import { DatabaseSync, type StatementSync } from "node:sqlite";
import { Client } from "pg";

/** Writes what a batch of tasks comes to with no engine around: a row when one begins, an update and an event at its end. */
export interface CeilingWriter {
  /** Durable when it returns. */
  write(begun: readonly number[], ended: readonly number[]): Promise<void> | void;
  close(): Promise<void> | void;
}

export class SqliteCeiling implements CeilingWriter {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #event: StatementSync;

  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
      CREATE TABLE task (id INTEGER PRIMARY KEY, state TEXT, at INTEGER) STRICT;
      CREATE TABLE event (seq INTEGER PRIMARY KEY, task INTEGER, at INTEGER) STRICT;`);
    this.#insert = this.#db.prepare("INSERT INTO task VALUES (?, 'running', ?)");
    this.#update = this.#db.prepare("UPDATE task SET state = 'success', at = ? WHERE id = ?");
    this.#event = this.#db.prepare("INSERT INTO event (task, at) VALUES (?, ?)");
  }

  write(begun: readonly number[], ended: readonly number[]): void {
    this.#db.exec("BEGIN IMMEDIATE");
    for (const task of ended) {
      this.#update.run(Date.now(), task);
      this.#event.run(task, Date.now());
    }
    for (const task of begun) this.#insert.run(task, Date.now());
    this.#db.exec("COMMIT");
  }

  close(): void {
    this.#db.close();
  }
}

/** One round trip a batch: a single statement is a transaction of its own. */
const WRITE = `
  WITH ended AS (UPDATE task SET state = 'success', at = $3 WHERE id = ANY($1::int[])),
    events AS (INSERT INTO event (task, at) SELECT e.id, $3 FROM unnest($1::int[]) AS e(id))
  INSERT INTO task SELECT b.id, 'running', $3 FROM unnest($2::int[]) AS b(id)`;

export class PostgresCeiling implements CeilingWriter {
  readonly #client: Client;
  readonly #schema: string;

  private constructor(client: Client, schema: string) {
    this.#client = client;
    this.#schema = schema;
  }

  /** Makes tables of its own in a schema that `close` drops. */
  static async open(url: string, schema: string): Promise<PostgresCeiling> {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(`CREATE SCHEMA ${schema}; SET search_path TO ${schema};
      CREATE TABLE task (id INT PRIMARY KEY, state TEXT, at BIGINT) WITH (fillfactor = 70);
      CREATE TABLE event (seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, task INT, at BIGINT);`);
    return new PostgresCeiling(client, schema);
  }

  async write(begun: readonly number[], ended: readonly number[]): Promise<void> {
    await this.#client.query({ name: "write", text: WRITE, values: [ended, begun, Date.now()] });
  }

  async close(): Promise<void> {
    await this.#client.query(`DROP SCHEMA ${this.#schema} CASCADE`);
    await this.#client.end();
  }
}
