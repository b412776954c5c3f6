import type { Store } from "@millrace/core";
import type { DatabaseAddress } from "./database-address.ts";
import type { PostgresStoreOptions } from "./postgres/settings.ts";
import { openSqliteStore, type SqliteStoreOptions } from "./sqlite/open.ts";

/**
 * How a store behaves. What is for PostgreSQL an embedded database does not need: its lock has no clock, and it is never
 * away.
 */
export interface StoreOptions
  extends Omit<PostgresStoreOptions, "url" | "schema">,
    Pick<SqliteStoreOptions, "readsHere" | "waitsForDisk"> {}

/**
 * Opens a project's store, wherever it is, and brings its schema up to date. PostgreSQL's client is loaded only when it
 * is asked for: those who use SQLite never wait for it.
 */
export async function openStore(address: DatabaseAddress, options: StoreOptions = {}): Promise<Store> {
  const { readsHere, waitsForDisk, ...forServer } = options;
  if (address.kind === "sqlite") {
    const forFile = {
      ...(readsHere === undefined ? {} : { readsHere }),
      ...(waitsForDisk === undefined ? {} : { waitsForDisk }),
    };
    return openSqliteStore({ path: address.path, ...forFile });
  }
  const { openPostgresStore } = await import("./postgres/open.ts");
  return openPostgresStore({ ...forServer, url: address.url, schema: address.schema });
}
