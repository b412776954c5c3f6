import { MillraceError } from "@millrace/core";
import { type AppliedMigration, type Migration, missingMigrations, readMigrations } from "../migrations.ts";
import type { SqliteConnection } from "./connection.ts";

/** What the database knows about its own schema; made with the first migration. */
const MIGRATION_TABLE = `
create table migration (
  number integer primary key,
  name text not null,
  checksum text not null,
  applied_at integer not null
) strict`;

/**
 * Refuses a database that is not ours to write, and says whether its schema is the newest. Reads only: whoever is
 * refused finds the file as it was.
 */
export function isCurrent(connection: SqliteConnection): boolean {
  return listMissing(connection).length === 0;
}

/** Brings the schema up to date in one transaction under the write lock. */
export function migrate(connection: SqliteConnection): void {
  connection.transaction(() => {
    // Another process may have migrated while this one waited for the lock.
    const missing = listMissing(connection);
    if (missing[0]?.number === 1) connection.exec(MIGRATION_TABLE);
    for (const migration of missing) {
      connection.exec(migration.sql);
      connection.exec(
        `insert into migration values (${migration.number}, '${migration.name}', '${migration.checksum}', unixepoch() * 1000)`,
      );
    }
  });
}

/** For readers, which cannot migrate: refuses a schema that is not the one the queries are written for. */
export function requireCurrentSchema(connection: SqliteConnection): void {
  if (isCurrent(connection)) return;
  throw new MillraceError("DATABASE_READ_ONLY", `The database ${connection.path} has an older schema.`, {
    hint: "Open it once for writing with this version of Millrace (`millrace doctor` does), then read it.",
  });
}

/** How many migrations the database has; 0 for a new one. */
export function schemaVersion(connection: SqliteConnection): number {
  return listApplied(connection).length;
}

/** The migrations that the database still needs. Refuses one that is not ours, or a newer version's. */
export function listMissing(connection: SqliteConnection): readonly Migration[] {
  return missingMigrations(connection.path, listApplied(connection), readMigrations("sqlite"));
}

function listApplied(connection: SqliteConnection): AppliedMigration[] {
  const tables = connection.query("select name from sqlite_schema where type = 'table'").map((row) => row["name"]);
  if (!tables.includes("migration")) {
    if (tables.length === 0) return [];
    throw new MillraceError("USAGE", `${connection.path} is a SQLite database of another program.`, {
      hint: "Give Millrace a file of its own. Nothing was changed.",
    });
  }
  return connection
    .query("select name, checksum from migration order by number")
    .map((row) => ({ name: String(row["name"]), checksum: String(row["checksum"]) }));
}
