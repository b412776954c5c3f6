import { MillraceError } from "@millrace/core";
import type { Client } from "pg";
import type { Counters, Row, Value } from "../transfer/format.ts";
import type { Target } from "../transfer/import-parts.ts";
import { TRANSFERRED } from "../transfer/tables.ts";
import { type Connector, destroy } from "./connector.ts";
import { columnsOf, quoted } from "./export.ts";
import { toStoreError } from "./failure.ts";
import { escapeText } from "./text.ts";

/** Columns that the server numbers by itself. */
const NUMBERED = ["report", "command", "partition_key"];

/** Fills a schema in one transaction. Its caller leads, so nobody else writes runs meanwhile. */
export class PostgresTarget implements Target {
  readonly #connector: Connector;
  readonly #client: Client;
  #insert = "";
  #columns: readonly string[] = [];

  private constructor(connector: Connector, client: Client) {
    this.#connector = connector;
    this.#client = client;
  }

  static async open(connector: Connector): Promise<PostgresTarget> {
    const client = await connector.connect("migrate");
    const target = new PostgresTarget(connector, client);
    await target.#run("begin");
    return target;
  }

  async requireEmpty(): Promise<void> {
    for (const { name } of TRANSFERRED) {
      const where = name === "project" ? "where active_version is not null" : "";
      const found = await this.#run(`select 1 from ${name} ${where} limit 1`);
      if (found.length === 0) continue;
      throw new MillraceError("USAGE", `The database ${this.#connector.place} is not empty: it has rows in ${name}.`, {
        hint: "Import into a database, or another schema of it, that no run was made in. Nothing was changed.",
      });
    }
    await this.#run("delete from project");
  }

  columns(table: string): Promise<readonly string[]> {
    return columnsOf(this.#client, table);
  }

  async begin(table: string, columns: readonly string[]): Promise<void> {
    this.#columns = columns;
    const names = columns.map(quoted).join(", ");
    this.#insert = `insert into ${table} (${names}) overriding system value
select ${names} from json_populate_recordset(null::${table}, $1)`;
  }

  /** As JSON, which the server reads by the types of the table's columns. */
  async insert(rows: readonly Row[]): Promise<void> {
    const objects = rows.map((row) => {
      return Object.fromEntries(this.#columns.map((column, index) => [column, forJson(row[index] ?? null)]));
    });
    await this.#run(this.#insert, [JSON.stringify(objects)]);
  }

  async finish({ epoch, run, attempt, event }: Counters): Promise<void> {
    for (const table of NUMBERED) {
      await this.#run(
        `select setval(pg_get_serial_sequence('${table}', 'num'), (select coalesce(max(num), 0) + 1 from ${table}), false)`,
      );
    }
    // An epoch of its own, over at once: the next leader takes the counters over from it.
    const [lease] = await this.#run(
      "update lease set epoch = greatest(epoch, $1) + 1, expires_at = 0 where cell = 'default' returning epoch",
      [epoch],
    );
    await this.#run(
      `insert into ledger (cell, epoch, number, last_run, last_attempt, last_event, last_event_at, written)
values ('default', $1, 0, $2, $3, $4, 0, true)`,
      [(lease as { epoch: number }).epoch, run, attempt, event],
    );
    await this.#run("commit");
    // What the planner knows of these tables is that they are empty, until vacuum comes by.
    await this.#run(`analyze ${TRANSFERRED.map(({ name }) => name).join(", ")}`);
  }

  /** Without `finish`, nothing of it happened. */
  async close(): Promise<void> {
    destroy(this.#client);
  }

  async #run(text: string, values: readonly unknown[] = []): Promise<unknown[]> {
    try {
      return (await this.#client.query(text, [...values])).rows;
    } catch (error) {
      throw toStoreError(error, this.#connector.place);
    }
  }
}

function forJson(value: Value): unknown {
  if (typeof value === "string") return escapeText(value);
  if (!(value instanceof Uint8Array)) return value;
  return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}`;
}
