import type { Store } from "@millrace/core";
import { Connector } from "./connector.ts";
import { isNotReady, toStoreError } from "./failure.ts";
import { isCurrent, migrate } from "./migrate.ts";
import { persist } from "./retry.ts";
import { type PostgresStoreOptions, resolveSettings } from "./settings.ts";
import { PostgresStore } from "./store.ts";

/**
 * Opens the project's schema, makes it if it is not there, and brings it up to date. A server that is about to be ready is
 * waited for; one that cannot be reached is an error at once, because the address may be wrong.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const connector = await makeConnector(options);
  const patience = { ms: connector.settings.patienceMs, signal: new AbortController().signal, waitsOut: isNotReady };
  const store = new PostgresStore(connector);
  try {
    const current = await persist(patience, () => store.reader.once((queries) => isCurrent(queries, connector)));
    if (!current) await persist(patience, () => migrate(connector));
    return store;
  } catch (error) {
    await store.close();
    throw toStoreError(error, connector.place);
  }
}

/** What makes connections. The client is loaded only now. */
export async function makeConnector(options: PostgresStoreOptions): Promise<Connector> {
  const { default: driver } = await import("pg");
  return new Connector(driver, resolveSettings(options));
}
