import type { Store } from "@millrace/core";
import { openConnection } from "./open-connection.ts";
import { SqliteStore } from "./store.ts";

export interface SqliteStoreOptions {
  /** The database's file. Its folder is made if it is missing; three more files stand beside it while it is open. */
  readonly path: string;
  /** Reads only, and refuses every write. The file must exist. Defaults to false. */
  readonly readonly?: boolean;
  /**
   * How long a write waits for another process's write before it fails with `DATABASE_LOCKED`, in milliseconds. Writes
   * take a few milliseconds each, so that only a lock that somebody holds on to lasts this long. Defaults to 5,000.
   */
  readonly busyTimeoutMs?: number;
  /**
   * Reads history on the thread that asks, however long that takes, instead of starting another for what takes long: for
   * those who have nothing else to do meanwhile. Defaults to `readonly`.
   */
  readonly readsHere?: boolean;
  /**
   * Whether a commit has happened only when the disk has it. False for a database that nobody misses when the machine goes
   * down, because it is made anew: that is several times as fast. Defaults to true.
   */
  readonly waitsForDisk?: boolean;
}

const BUSY_TIMEOUT_MS = 5_000;

/** Opens the project's database, makes it if it is not there, and brings its schema up to date. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const readonly = options.readonly ?? false;
  const busyTimeoutMs = options.busyTimeoutMs ?? BUSY_TIMEOUT_MS;
  const { waitsForDisk = true } = options;
  const connection = openConnection(options.path, { readonly, busyTimeoutMs, waitsForDisk });
  return new SqliteStore(connection, { readonly, busyTimeoutMs, readsHere: options.readsHere ?? readonly });
}
