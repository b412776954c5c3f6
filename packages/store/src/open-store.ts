import type { Store } from "@millrace/core";
import type { DatabaseAddress } from "./database-address.ts";
import { openSqliteStore } from "./sqlite/open.ts";

/**
 * Opens a project's store, wherever it is, and brings its schema up to date. PostgreSQL's client is loaded only when it
 * is asked for: those who use SQLite never wait for it.
 */
export async function openStore(address: DatabaseAddress): Promise<Store> {
  if (address.kind === "sqlite") return openSqliteStore({ path: address.path });
  const { openPostgresStore } = await import("./postgres/open.ts");
  return openPostgresStore(address);
}
