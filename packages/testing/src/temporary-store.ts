import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Artifacts, Store } from "@millrace/core";
import { FileArtifacts } from "@millrace/executors";
import { openSqliteStore } from "@millrace/store";

/** A store on real files in a folder of its own. */
export interface TemporaryStore {
  readonly dir: string;
  readonly store: Store;
  readonly artifacts: Artifacts;
  /** Closes the store and removes the folder. */
  remove(): Promise<void>;
}

/** Opens an SQLite store in a new folder of the system's temporary one. Whoever opens it removes it. */
export async function openTemporaryStore(): Promise<TemporaryStore> {
  const dir = await mkdtemp(join(tmpdir(), "millrace-test-"));
  const store = await openSqliteStore({ path: join(dir, "millrace.db") });
  return {
    dir,
    store,
    artifacts: new FileArtifacts(join(dir, "artifacts")),
    async remove() {
      await store.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
