import { existsSync } from "node:fs";
import type { DatabaseAddress } from "./database-address.ts";
import { type Migration, readMigrations } from "./migrations.ts";
import { SqliteConnection } from "./sqlite/connection.ts";
import { toStoreError } from "./sqlite/failure.ts";
import { listMissing } from "./sqlite/migrate.ts";

/** What opening a store would do to its schema, by the names of the migrations. Changes nothing. */
export async function findMissingMigrations(address: DatabaseAddress): Promise<readonly string[]> {
  const missing = address.kind === "sqlite" ? missingInFile(address.path) : await missingOnServer(address);
  return missing.map(({ number, name }) => `${String(number).padStart(4, "0")}-${name}`);
}

function missingInFile(path: string): readonly Migration[] {
  if (!existsSync(path)) return readMigrations("sqlite");
  let connection: SqliteConnection | undefined;
  try {
    connection = new SqliteConnection(path, { readonly: true, busyTimeoutMs: 5_000 });
    return listMissing(connection);
  } catch (error) {
    throw toStoreError(error, path);
  } finally {
    connection?.close();
  }
}

async function missingOnServer(
  address: DatabaseAddress & { readonly kind: "postgres" },
): Promise<readonly Migration[]> {
  const { findMissing } = await import("./postgres/open.ts");
  return findMissing(address);
}
