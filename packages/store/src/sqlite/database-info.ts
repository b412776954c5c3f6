import { realpathSync, statSync } from "node:fs";
import { readMigrations } from "../migrations.ts";
import { SqliteConnection } from "./connection.ts";
import { isCorrupt, requireFile, toStoreError } from "./failure.ts";
import { schemaVersion } from "./migrate.ts";

/** What `doctor` tells about a database. */
export interface DatabaseInfo {
  readonly path: string;
  /** How many migrations the database has, and how many this version of Millrace knows. */
  readonly schema: number;
  readonly knownSchema: number;
  readonly bytes: number;
  /** Of the write-ahead log; 0 when nobody has the database open. */
  readonly logBytes: number;
  /** What SQLite's quick check found wrong, one line each. Empty: nothing, and then `rows` has every table. */
  readonly problems: readonly string[];
  /** By table. */
  readonly rows: Readonly<Record<string, number>>;
}

const TABLES = [
  "version",
  "run",
  "task_run",
  "attempt",
  "output",
  "event",
  "report",
  "cache_entry",
  "command",
] as const;

/**
 * Looks at a database without changing it, whatever its schema. It reads every page, so it takes a moment on a large
 * one; nobody's writes wait meanwhile.
 */
export async function databaseInfo(file: string): Promise<DatabaseInfo> {
  let connection: SqliteConnection | undefined;
  try {
    requireFile(file);
    const path = realpathSync(file);
    connection = new SqliteConnection(path, { readonly: true, busyTimeoutMs: 5_000 });
    return {
      path,
      schema: schemaVersion(connection),
      knownSchema: readMigrations("sqlite").length,
      bytes: statSync(path).size,
      logBytes: statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0,
      problems: quickCheck(connection),
      rows: countRows(connection),
    };
  } catch (error) {
    throw toStoreError(error, file);
  } finally {
    connection?.close();
  }
}

function quickCheck(connection: SqliteConnection): string[] {
  const found = unlessCorrupt(() => connection.query("pragma quick_check").map((row) => String(row["quick_check"])));
  if (found === undefined) return ["The check itself met damage that ended it."];
  return found.length === 1 && found[0] === "ok" ? [] : found;
}

/** Of a damaged database, the tables that can still be read. */
function countRows(connection: SqliteConnection): Record<string, number> {
  const present = connection.query("select name from sqlite_schema where type = 'table'").map((row) => row["name"]);
  const counted = TABLES.filter((table) => present.includes(table)).flatMap((table) => {
    const rows = unlessCorrupt(() => connection.query(`select count(*) as rows from ${table}`)[0]?.["rows"]);
    return rows === undefined ? [] : [[table, Number(rows)] as const];
  });
  return Object.fromEntries(counted);
}

function unlessCorrupt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isCorrupt(error)) return undefined;
    throw error;
  }
}
