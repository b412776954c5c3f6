import type { Store } from "@millrace/core";
import type { DatabaseAddress } from "./database-address.ts";
import type { PostgresStoreOptions } from "./postgres/settings.ts";
import { openSqliteStore } from "./sqlite/open.ts";

/** How a store behaves. An embedded database needs none of it: its lock has no clock, and it is never away. */
export type StoreOptions = Omit<PostgresStoreOptions, "url" | "schema">;

/**
 * Opens a project's store, wherever it is, and brings its schema up to date. PostgreSQL's client is loaded only when it
 * is asked for: those who use SQLite never wait for it.
 */
export async function openStore(address: DatabaseAddress, options: StoreOptions = {}): Promise<Store> {
  if (address.kind === "sqlite") return openSqliteStore({ path: address.path });
  const { openPostgresStore } = await import("./postgres/open.ts");
  return openPostgresStore({ ...options, url: address.url, schema: address.schema });
}
