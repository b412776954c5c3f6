import { mkdirSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { MillraceError } from "@millrace/core";
import { type ConnectionOptions, SqliteConnection } from "./connection.ts";
import { isBusy, requireFile, toStoreError } from "./failure.ts";
import { isCurrent, migrate, requireCurrentSchema } from "./migrate.ts";

interface OpenOptions extends ConnectionOptions {
  /** Defaults to true. */
  readonly waitsForDisk?: boolean;
}

/** A connection that is set up and whose schema is the newest. */
export function openConnection(file: string, options: OpenOptions): SqliteConnection {
  let connection: SqliteConnection | undefined;
  let path = resolve(file);
  try {
    if (options.readonly) requireFile(path);
    else mkdirSync(dirname(path), { recursive: true });
    path = realFile(path);
    connection = new SqliteConnection(path, options);
    if (options.readonly) requireCurrentSchema(connection);
    else {
      const current = isCurrent(connection);
      setUp(connection, options);
      if (!current) migrate(connection);
    }
    return connection;
  } catch (error) {
    connection?.close();
    throw toStoreError(error, path);
  }
}

/** The file behind links in its folder's name: SQLite names the files beside it so, and the leader's lock must too. */
function realFile(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    // The file is made when it is opened. Its folder must be there by now, or opening says what is wrong.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return join(realFolder(dirname(path)), basename(path));
  }
}

function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function setUp(connection: SqliteConnection, { busyTimeoutMs, waitsForDisk = true }: OpenOptions): void {
  // Only a database without tables takes this; then pruned history can give its pages back to the disk.
  connection.exec("pragma auto_vacuum = incremental");
  if (journalMode(connection) !== "wal") becomeWal(connection, busyTimeoutMs);
  connection.exec(`
    pragma synchronous = ${waitsForDisk ? "full" : "off"};
    pragma fullfsync = on;
    pragma checkpoint_fullfsync = on;
    pragma foreign_keys = on;
    pragma temp_store = memory;
    pragma cache_size = -16000;
    pragma journal_size_limit = 67108864;
  `);
}

function journalMode(connection: SqliteConnection): unknown {
  return connection.query("pragma journal_mode")[0]?.["journal_mode"];
}

/**
 * The change to a write-ahead log needs the file alone, and does not wait for it as other statements do: two processes
 * that make one database at the same time meet here.
 */
function becomeWal(connection: SqliteConnection, busyTimeoutMs: number): void {
  const giveUpAt = performance.now() + busyTimeoutMs;
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      connection.exec("pragma journal_mode = wal");
      if (journalMode(connection) === "wal") return;
      throw new MillraceError("STORE_FAILED", `${connection.path} cannot have a write-ahead log where it is.`, {
        hint: "Put the database on a local disk: network file systems lack the shared memory that it needs.",
      });
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error;
      Atomics.wait(sleeper, 0, 0, 10);
    }
  }
}
