import type { DatabaseAddress } from "./database-address.ts";

/**
 * How far the database's clock is ahead of this machine's, in milliseconds. Null where they are the same clock: SQLite is
 * in this process.
 */
export async function databaseClockSkew(address: DatabaseAddress): Promise<number | null> {
  if (address.kind === "sqlite") return null;
  const { readClockSkew } = await import("./postgres/read-clock.ts");
  return await readClockSkew(address);
}
