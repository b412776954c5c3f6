import { statSync } from "node:fs";
import type { StoreStatus, TableStatus } from "@millrace/core";
import type { SqliteConnection } from "./connection.ts";

/** Tables that SQLite keeps for itself. */
const INTERNAL = /^sqlite_/;

/** Looks at everything. Nobody's writes wait for it, but it reads every page. */
export function storeStatus(connection: SqliteConnection): StoreStatus {
  const one = (sql: string): unknown => Object.values(connection.query(sql)[0] ?? {})[0];
  const pageBytes = Number(one("pragma page_size"));
  const oldest = one("select created_at from run order by num limit 1");
  return {
    engine: `SQLite ${String(one("select sqlite_version()"))}`,
    address: `sqlite:${connection.path}`,
    migrations: connection.query("select number, name, applied_at from migration order by number").map((row) => ({
      name: `${String(row["number"]).padStart(4, "0")}-${String(row["name"])}`,
      appliedAtMs: Number(row["applied_at"]),
    })),
    bytes: Number(one("pragma page_count")) * pageBytes,
    freeBytes: Number(one("pragma freelist_count")) * pageBytes,
    logBytes: statSync(`${connection.path}-wal`, { throwIfNoEntry: false })?.size ?? 0,
    tables: tables(connection),
    forgottenRuns: Number(one("select count(*) from forgotten_run")),
    oldestRunAtMs: oldest === undefined ? null : Number(oldest),
    vacuumedAtMs: null,
  };
}

function tables(connection: SqliteConnection): TableStatus[] {
  // An index counts with the table that it is of.
  const sizes = connection.query(`
    select s.tbl_name as name, sum(d.pgsize) as bytes
    from dbstat as d join sqlite_schema as s on s.name = d.name
    where d.aggregate = true group by s.tbl_name order by s.tbl_name`);
  return sizes
    .map((row) => ({ name: String(row["name"]), bytes: Number(row["bytes"]) }))
    .filter(({ name }) => !INTERNAL.test(name))
    .map(({ name, bytes }) => ({
      name,
      bytes,
      rows: Number(connection.query(`select count(*) as rows from "${name}"`)[0]?.["rows"]),
    }));
}
