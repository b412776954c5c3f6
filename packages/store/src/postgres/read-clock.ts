import type { Client } from "pg";
import { destroy } from "./connector.ts";
import { toStoreError } from "./failure.ts";
import { makeConnector } from "./open.ts";
import type { PostgresStoreOptions } from "./settings.ts";

/** How far the database's clock is ahead of this machine's, in milliseconds. */
export async function readClockSkew(options: PostgresStoreOptions): Promise<number> {
  const connector = await makeConnector(options);
  let client: Client | undefined;
  try {
    client = await connector.connect("read");
    const askedAtMs = Date.now();
    const { rows } = await client.query<{ now_ms: number }>(
      "select extract(epoch from clock_timestamp())::float8 * 1000 as now_ms",
    );
    // The answer was made somewhere between the question and its arrival.
    return Math.round(Number(rows[0]?.now_ms) - (askedAtMs + Date.now()) / 2);
  } catch (error) {
    throw toStoreError(error, connector.place);
  } finally {
    if (client !== undefined) destroy(client);
  }
}
