import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Store } from "@millrace/core";
import { openStore, parseDatabaseUrl } from "@millrace/store";
import { VirtualClock } from "@millrace/testing";
import { MemoryDatabase, MemoryStore } from "@millrace/testing/simulation";
import type { RowSetting } from "../scoreboard/row.ts";

/** Opens an empty store of a kind, and removes it when the work with it is done. */
export async function withEmptyStore<Value>(
  { store: kind, postgresUrl }: Pick<RowSetting, "store" | "postgresUrl">,
  work: (store: Store) => Promise<Value>,
): Promise<Value> {
  const folder = mkdtempSync(path.join(tmpdir(), "millrace-empty-"));
  const store = await open(kind, folder, postgresUrl);
  try {
    return await work(store);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function open(kind: RowSetting["store"], folder: string, postgresUrl: () => Promise<string>): Promise<Store> {
  if (kind === "memory") {
    const clock = new VirtualClock();
    const database = new MemoryDatabase(() => clock.now());
    return new MemoryStore(database, { clock, renewal: async (renew) => renew() });
  }
  const url = kind === "sqlite" ? `sqlite:${path.join(folder, "millrace.db")}` : await postgresUrl();
  return openStore(parseDatabaseUrl(url));
}
