import { DatabaseSync } from "node:sqlite";
import { schemaVersion } from "../migrations.ts";
import type { Part, Row } from "../transfer/format.ts";
import { TRANSFERRED } from "../transfer/tables.ts";
import { toStoreError } from "./failure.ts";
import { openConnection } from "./open-connection.ts";

/** Rows that are handed over together. */
const CHUNK_ROWS = 500;

/**
 * Everything in the database at one moment, in parts. Nobody's writes wait for it; while it lasts the write-ahead log
 * keeps what is written, so it should not be left standing half read.
 */
export async function* exportSqlite(path: string): AsyncGenerator<readonly Part[]> {
  // For the checks that opening makes.
  openConnection(path, { readonly: true, busyTimeoutMs: 5_000 }).close();
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  try {
    // The first statement takes the snapshot that all others see.
    db.exec("begin");
    const { version } = db.prepare("select sqlite_version() as version").get() as { version: string };
    const header = { schema: schemaVersion("sqlite"), from: `SQLite ${version}`, madeAt: new Date().toISOString() };
    yield [
      { kind: "header", header },
      { kind: "counters", counters: counters(db) },
    ];
    for (const table of TRANSFERRED) yield* tableOf(db, table);
  } catch (error) {
    throw toStoreError(error, path);
  } finally {
    db.close();
  }
}

function counters(db: DatabaseSync) {
  const lease = db.prepare("select epoch, last_event, last_attempt from lease").get() as Record<string, number>;
  const runs = db.prepare("select seq from sqlite_sequence where name = 'run'").get() as { seq: number } | undefined;
  return {
    epoch: Number(lease["epoch"]),
    run: runs?.seq ?? 0,
    attempt: Number(lease["last_attempt"]),
    event: Number(lease["last_event"]),
  };
}

function* tableOf(
  db: DatabaseSync,
  { name, key }: { readonly name: string; readonly key: readonly string[] },
): Generator<readonly Part[]> {
  const columns = columnsOf(db, name);
  const statement = db.prepare(
    `select ${columns.map(quoted).join(", ")} from ${name} order by ${key.map(quoted).join(", ")}`,
  );
  statement.setReturnArrays(true);
  let parts: Part[] = [{ kind: "table", table: name, columns }];
  for (const row of statement.iterate() as Iterable<unknown> as Iterable<Row>) {
    parts.push({ kind: "row", row });
    if (parts.length < CHUNK_ROWS) continue;
    yield parts;
    parts = [];
  }
  if (parts.length > 0) yield parts;
}

/** In the order of their names, which is the same on every database. */
export function columnsOf(db: DatabaseSync, table: string): readonly string[] {
  const rows = db.prepare("select name from pragma_table_info(?) order by name").all(table);
  return rows.map((row) => String(row["name"]));
}

export function quoted(name: string): string {
  return `"${name}"`;
}
