import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openStore, parseDatabaseUrl } from "@millrace/store";
import { MemoryDatabase, MemoryStore } from "@millrace/testing/simulation";
import type { StoreName } from "../scoreboard/row.ts";
import type { EmptyStore } from "./stand.ts";

/** Opens an empty store for each sequence. */
export type StoreMaker = () => Promise<EmptyStore>;

/** Time of leases stands still: that a leader is replaced is decided by the sequence and nothing else. */
const STILL = { now: () => 0, at: () => () => {}, after: () => () => {} };

export async function openMemoryStore(): Promise<EmptyStore> {
  const database = new MemoryDatabase(STILL.now);
  const store = new MemoryStore(database, { clock: STILL, renewal: async (work) => work() });
  return { store, close: () => store.close() };
}

/** @param postgresUrl gives a database of which every sequence gets a schema. */
export async function storeMaker(kind: StoreName, postgresUrl: () => Promise<string>): Promise<StoreMaker> {
  if (kind === "memory") return openMemoryStore;
  if (kind === "sqlite") return openSqliteStore;
  const address = parseDatabaseUrl(await postgresUrl());
  if (address.kind !== "postgres") throw new Error("this is no address of a PostgreSQL");
  let schemas = 0;
  return async () => {
    schemas += 1;
    const store = await openStore({ ...address, schema: `model_${schemas}` });
    return { store, close: () => store.close() };
  };
}

async function openSqliteStore(): Promise<EmptyStore> {
  const folder = mkdtempSync(path.join(tmpdir(), "millrace-model-"));
  const store = await openStore(parseDatabaseUrl(`sqlite:${path.join(folder, "millrace.db")}`));
  return {
    store,
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
