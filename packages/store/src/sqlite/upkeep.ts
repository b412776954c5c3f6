import type {
  ArtifactId,
  Epoch,
  Expiry,
  FlowHistory,
  ListedFamily,
  RunId,
  StoreStatus,
  Upkeep,
  VersionId,
} from "@millrace/core";
import {
  listOldestCommands,
  listOldestReports,
  listUnusedVersions,
  removeAnsweredCommands,
  removeCacheEntries,
  removeReports,
  removeVersion,
} from "../tables/expiry.ts";
import {
  crossOffRun,
  findForgottenRun,
  listEmptiedRuns,
  markEmptied,
  recordForgottenRun,
  removeAttempts,
  removeCustomReports,
  removeEvents,
  removeOutputs,
  removeTaskRuns,
} from "../tables/forgotten-run.ts";
import {
  crossOffArtifact,
  findCacheEntryOfArtifact,
  findOutputOfArtifact,
  listReleasedArtifacts,
  releaseArtifact,
} from "../tables/released-artifact.ts";
import { forgetRun } from "../tables/run-family.ts";
import { listVersionSources, removeSource } from "../tables/source.ts";
import { removePolls, removeTicks } from "../tables/tick.ts";
import { compact } from "./compact.ts";
import type { SqliteConnection } from "./connection.ts";
import { SqliteFamilies } from "./families.ts";
import { storeStatus } from "./store-status.ts";

/**
 * Rows that one transaction of upkeep removes at most. They are removed on the thread and the connection that the
 * engine commits with: this many take about as long as a commit of its own.
 */
export const SLICE_ROWS = 400;

/** How the upkeep reaches the database: each runs work on a connection and gives failures their code. */
export interface UpkeepAccess {
  read<T>(work: (connection: SqliteConnection) => T): T;
  /** In one transaction, on the connection that writes. */
  write<T>(work: (connection: SqliteConnection) => T): T;
  /** On the connection that writes, outside of any transaction. */
  tidy<T>(work: (connection: SqliteConnection) => T): T;
  /** In one transaction that refuses a stale epoch first. */
  writeAsLeader<T>(epoch: Epoch, work: (connection: SqliteConnection) => T): T;
}

/** Growing old on SQLite. All work is done at once; only its answer is a promise. */
export class SqliteUpkeep implements Upkeep {
  readonly #access: UpkeepAccess;

  constructor(access: UpkeepAccess) {
    this.#access = access;
  }

  async nextFlow(after: string | null): Promise<string | undefined> {
    return this.#access.read((db) => new SqliteFamilies(db).nextFlow(after));
  }

  async flowHistory(flow: string, maxRuns: number | null): Promise<FlowHistory> {
    return this.#access.read((db) => new SqliteFamilies(db).flowHistory(flow, maxRuns));
  }

  async listFamilies(flow: string, after: number, limit: number): Promise<readonly ListedFamily[]> {
    return this.#access.read((db) => new SqliteFamilies(db).list(flow, after, limit));
  }

  async awaitedRuns(): Promise<readonly RunId[]> {
    return this.#access.read((db) => new SqliteFamilies(db).awaited());
  }

  async forgetRuns(epoch: Epoch, roots: readonly RunId[], atMs: number): Promise<readonly RunId[]> {
    return this.#access.writeAsLeader(epoch, (db) => {
      const families = new SqliteFamilies(db);
      const forgotten: RunId[] = [];
      for (const root of roots) {
        const members = families.members(root);
        if (members.some(({ settled }) => settled === 0)) continue;
        for (const { num, id } of members) {
          db.run(recordForgottenRun, { num, id, forgotten_at: atMs });
          db.run(forgetRun, { num });
          forgotten.push(id as RunId);
        }
      }
      return forgotten;
    });
  }

  async sweep(nowMs: number): Promise<number> {
    return this.#access.write((db) => {
      let left = SLICE_ROWS;
      while (left > 0) {
        const run = db.get(findForgottenRun, {});
        if (run === undefined) break;
        left -= removeChildren(db, run.num, { rows: left, nowMs });
        if (left <= 0) break;
        db.run(markEmptied, { num: run.num });
        left -= 1;
      }
      return SLICE_ROWS - left;
    });
  }

  async listEmptiedRuns(limit: number): Promise<readonly RunId[]> {
    return this.#access.read((db) => db.all(listEmptiedRuns, { limit }).map(({ id }) => id as RunId));
  }

  async crossOffRuns(runs: readonly RunId[]): Promise<void> {
    this.#access.write((db) => {
      for (const id of runs) db.run(crossOffRun, { id });
    });
  }

  async expire({ nowMs, commandsMs, pollsMs, cacheMs, reportsMs }: Expiry): Promise<number> {
    return this.#access.write((db) => {
      const command = lastBefore(db.all(listOldestCommands, { limit: SLICE_ROWS }), commandsMs);
      const commands = command === undefined ? 0 : db.run(removeAnsweredCommands, { to: command });
      if (commands > 0) return commands;
      const polls = db.run(removePolls, { before: pollsMs, limit: SLICE_ROWS });
      if (polls > 0) return polls;
      const report =
        reportsMs === null ? undefined : lastBefore(db.all(listOldestReports, { limit: SLICE_ROWS }), reportsMs);
      const reports = report === undefined ? 0 : db.run(removeReports, { to: report });
      if (reports > 0 || cacheMs === null) return reports;
      const entries = db.all(removeCacheEntries, { before: cacheMs, limit: SLICE_ROWS });
      release(db, entries, nowMs);
      return entries.length;
    });
  }

  async removeTicks(of: { readonly flow: string; readonly trigger: string }, beforeMs: number): Promise<number> {
    return this.#access.write((db) => db.run(removeTicks, { ...of, before: beforeMs, limit: SLICE_ROWS }));
  }

  async listUnusedVersions(beforeMs: number, limit: number): Promise<readonly VersionId[]> {
    return this.#access.read((db) =>
      db.all(listUnusedVersions, { before: beforeMs, limit }).map(({ id }) => id as VersionId),
    );
  }

  async removeVersion(version: VersionId): Promise<boolean> {
    return this.#access.write((db) => {
      const sources = db.all(listVersionSources, { version });
      if (db.run(removeVersion, { id: version }) === 0) return false;
      for (const { hash } of sources) if (hash !== null) db.run(removeSource, { hash });
      return true;
    });
  }

  async listUnusedArtifacts(beforeMs: number, limit: number): Promise<readonly ArtifactId[]> {
    return this.#access.write((db) => {
      const unused: ArtifactId[] = [];
      for (const { artifact } of db.all(listReleasedArtifacts, { before: beforeMs, limit: SLICE_ROWS })) {
        if (unused.length === limit) break;
        const user = db.get(findOutputOfArtifact, { artifact }) ?? db.get(findCacheEntryOfArtifact, { artifact });
        if (user === undefined) unused.push(artifact as ArtifactId);
        // Whoever removes that row releases it again.
        else db.run(crossOffArtifact, { artifact });
      }
      return unused;
    });
  }

  async crossOffArtifacts(artifacts: readonly ArtifactId[]): Promise<void> {
    this.#access.write((db) => {
      for (const artifact of artifacts) db.run(crossOffArtifact, { artifact });
    });
  }

  async compact(): Promise<boolean> {
    return this.#access.tidy(compact);
  }

  async status(): Promise<StoreStatus> {
    return this.#access.read(storeStatus);
  }
}

/** Removes what hangs on a forgotten run, and gives how many rows that were. As many as asked for: there may be more. */
function removeChildren(
  db: SqliteConnection,
  run: number,
  at: { readonly rows: number; readonly nowMs: number },
): number {
  let left = at.rows;
  for (const remove of [removeTaskRuns, removeAttempts, removeEvents, removeCustomReports]) {
    left -= db.run(remove, { run, limit: left });
    if (left <= 0) return at.rows;
  }
  const outputs = db.all(removeOutputs, { run, limit: left });
  release(db, outputs, at.nowMs);
  return at.rows - left + outputs.length;
}

/** The number of the last row before the first that is young enough. */
function lastBefore(
  oldest: readonly { readonly num: number; readonly at: number }[],
  beforeMs: number,
): number | undefined {
  const young = oldest.findIndex(({ at }) => at >= beforeMs);
  return oldest[(young === -1 ? oldest.length : young) - 1]?.num;
}

function release(db: SqliteConnection, rows: readonly { readonly artifact: string | null }[], nowMs: number): void {
  for (const { artifact } of rows) if (artifact !== null) db.run(releaseArtifact, { artifact, released_at: nowMs });
}
