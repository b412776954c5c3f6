import type { CurrentLeader, RetentionPolicy, StoreStatus } from "@millrace/core";
import type { PrunedFlows } from "@millrace/engine";
import { describeAddress, findMissingMigrations, openStore } from "@millrace/store";
import type { Project } from "../project/project.ts";
import { projectRetention } from "./project-retention.ts";
import { previewIn } from "./prune-project.ts";

/** What `millrace db status` tells. */
export interface DatabaseStatus {
  /** For people: no password. */
  readonly address: string;
  /** By name. A database without all of them is not looked into any further. */
  readonly missingMigrations: readonly string[];
  readonly now: {
    readonly store: StoreStatus;
    readonly leader: CurrentLeader | null;
    readonly unfinishedRuns: number;
    readonly retention: RetentionPolicy;
    /** What retention would forget now, by flow. */
    readonly prunable: PrunedFlows;
  } | null;
}

/** Looks at the project's database without changing it. */
export async function databaseStatus(project: Project): Promise<DatabaseStatus> {
  const address = describeAddress(project.database);
  const missingMigrations = await findMissingMigrations(project.database);
  if (missingMigrations.length > 0) return { address, missingMigrations, now: null };
  const store = await openStore(project.database);
  try {
    const retention = await projectRetention(project, store);
    const now = {
      store: await store.upkeep.status(),
      leader: (await store.findLeader()) ?? null,
      unfinishedRuns: (await store.unfinishedRuns()).length,
      retention,
      prunable: await previewIn(store, retention, null),
    };
    return { address, missingMigrations, now };
  } finally {
    await store.close();
  }
}

/** Brings the schema up to date, which opening a project does as well. Gives the names of what that took. */
export async function migrateDatabase(project: Project): Promise<readonly string[]> {
  const missing = await findMissingMigrations(project.database);
  if (missing.length > 0) await (await openStore(project.database)).close();
  return missing;
}
