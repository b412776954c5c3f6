import type { Store } from "@millrace/core";
import type { Client } from "pg";
import type { Migration } from "../migrations.ts";
import { Connector, destroy } from "./connector.ts";
import { isNotReady, toStoreError } from "./failure.ts";
import { isCurrent, listMissing, migrate } from "./migrate.ts";
import { persist } from "./retry.ts";
import { type PostgresStoreOptions, resolveSettings } from "./settings.ts";
import { queriesOf } from "./statement.ts";
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

/** The migrations that opening the store would apply. */
export async function findMissing(options: PostgresStoreOptions): Promise<readonly Migration[]> {
  const connector = await makeConnector(options);
  let client: Client | undefined;
  try {
    client = await connector.connect("migrate");
    const connected = client;
    const queries = queriesOf((statement, values) => connected.query({ ...statement, values: [...values] }));
    return await listMissing(queries, connector);
  } catch (error) {
    throw toStoreError(error, connector.place);
  } finally {
    if (client !== undefined) destroy(client);
  }
}
