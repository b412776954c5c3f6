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
import { PostgresFamilies } from "./families.ts";
import { all, get, type Queries, run } from "./statement.ts";

/** Rows that one transaction of upkeep removes at most: few enough that nobody's disk is busy with it for long. */
const SLICE_ROWS = 2_000;

/** How the upkeep reaches the database. Work may be done twice: a connection that breaks is made anew. */
export interface UpkeepAccess {
  read<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** In one transaction. */
  write<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** In one transaction that refuses a stale epoch first. */
  writeAsLeader<T>(epoch: Epoch, work: (queries: Queries) => Promise<T>): Promise<T>;
  /** Gives back a piece of what is empty; false when there is none. */
  compact(): Promise<boolean>;
  /** Everything that people want to know. */
  status(): Promise<StoreStatus>;
}

/** Growing old on PostgreSQL. Space inside the tables is found and used again by the server's own vacuum. */
export class PostgresUpkeep implements Upkeep {
  readonly #access: UpkeepAccess;

  constructor(access: UpkeepAccess) {
    this.#access = access;
  }

  async nextFlow(after: string | null): Promise<string | undefined> {
    return this.#access.read((queries) => new PostgresFamilies(queries).nextFlow(after));
  }

  async flowHistory(flow: string, maxRuns: number | null): Promise<FlowHistory> {
    return this.#access.read((queries) => new PostgresFamilies(queries).flowHistory(flow, maxRuns));
  }

  async listFamilies(flow: string, after: number, limit: number): Promise<readonly ListedFamily[]> {
    return this.#access.read((queries) => new PostgresFamilies(queries).list(flow, after, limit));
  }

  async awaitedRuns(): Promise<readonly RunId[]> {
    return this.#access.read((queries) => new PostgresFamilies(queries).awaited());
  }

  async forgetRuns(epoch: Epoch, roots: readonly RunId[], atMs: number): Promise<readonly RunId[]> {
    return this.#access.writeAsLeader(epoch, async (queries) => {
      const families = new PostgresFamilies(queries);
      const forgotten: RunId[] = [];
      for (const root of roots) {
        const members = await families.members(root);
        if (members.some(({ settled }) => settled === 0)) continue;
        for (const { num, id } of members) {
          await run(queries, recordForgottenRun, { num, id, forgotten_at: atMs });
          await run(queries, forgetRun, { num });
          forgotten.push(id as RunId);
        }
      }
      return forgotten;
    });
  }

  async sweep(nowMs: number): Promise<number> {
    return this.#access.write(async (queries) => {
      let left = SLICE_ROWS;
      while (left > 0) {
        const forgotten = await get(queries, findForgottenRun, {});
        if (forgotten === undefined) break;
        left -= await removeChildren(queries, forgotten.num, { rows: left, nowMs });
        if (left <= 0) break;
        await run(queries, markEmptied, { num: forgotten.num });
        left -= 1;
      }
      return SLICE_ROWS - left;
    });
  }

  async listEmptiedRuns(limit: number): Promise<readonly RunId[]> {
    return this.#access.read(async (queries) =>
      (await all(queries, listEmptiedRuns, { limit })).map(({ id }) => id as RunId),
    );
  }

  async crossOffRuns(runs: readonly RunId[]): Promise<void> {
    await this.#access.write(async (queries) => {
      for (const id of runs) await run(queries, crossOffRun, { id });
    });
  }

  async expire({ nowMs, commandsMs, pollsMs, cacheMs, reportsMs }: Expiry): Promise<number> {
    return this.#access.write(async (queries) => {
      const command = lastBefore(await all(queries, listOldestCommands, { limit: SLICE_ROWS }), commandsMs);
      const commands = command === undefined ? 0 : await run(queries, removeAnsweredCommands, { to: command });
      if (commands > 0) return commands;
      const polls = await run(queries, removePolls, { before: pollsMs, limit: SLICE_ROWS });
      if (polls > 0) return polls;
      const report =
        reportsMs === null
          ? undefined
          : lastBefore(await all(queries, listOldestReports, { limit: SLICE_ROWS }), reportsMs);
      const reports = report === undefined ? 0 : await run(queries, removeReports, { to: report });
      if (reports > 0 || cacheMs === null) return reports;
      const entries = await all(queries, removeCacheEntries, { before: cacheMs, limit: SLICE_ROWS });
      await release(queries, entries, nowMs);
      return entries.length;
    });
  }

  async removeTicks(of: { readonly flow: string; readonly trigger: string }, beforeMs: number): Promise<number> {
    return this.#access.write((queries) => run(queries, removeTicks, { ...of, before: beforeMs, limit: SLICE_ROWS }));
  }

  async listUnusedVersions(beforeMs: number, limit: number): Promise<readonly VersionId[]> {
    return this.#access.read(async (queries) =>
      (await all(queries, listUnusedVersions, { before: beforeMs, limit })).map(({ id }) => id as VersionId),
    );
  }

  async removeVersion(version: VersionId): Promise<boolean> {
    return this.#access.write(async (queries) => {
      const sources = await all(queries, listVersionSources, { version });
      if ((await run(queries, removeVersion, { id: version })) === 0) return false;
      for (const { hash } of sources) if (hash !== null) await run(queries, removeSource, { hash });
      return true;
    });
  }

  async listUnusedArtifacts(beforeMs: number, limit: number): Promise<readonly ArtifactId[]> {
    return this.#access.write(async (queries) => {
      const unused: ArtifactId[] = [];
      const released = await all(queries, listReleasedArtifacts, { before: beforeMs, limit: SLICE_ROWS });
      for (const { artifact } of released) {
        if (unused.length === limit) break;
        const user =
          (await get(queries, findOutputOfArtifact, { artifact })) ??
          (await get(queries, findCacheEntryOfArtifact, { artifact }));
        if (user === undefined) unused.push(artifact as ArtifactId);
        // Whoever removes that row releases it again.
        else await run(queries, crossOffArtifact, { artifact });
      }
      return unused;
    });
  }

  async crossOffArtifacts(artifacts: readonly ArtifactId[]): Promise<void> {
    await this.#access.write(async (queries) => {
      for (const artifact of artifacts) await run(queries, crossOffArtifact, { artifact });
    });
  }

  /** Days of events that are empty go whole; any other table gives space back by itself, when vacuum finds its end empty. */
  async compact(): Promise<boolean> {
    return this.#access.compact();
  }

  async status(): Promise<StoreStatus> {
    return this.#access.status();
  }
}

/** Removes what hangs on a forgotten run, and gives how many rows that were. As many as asked for: there may be more. */
async function removeChildren(
  queries: Queries,
  num: number,
  at: { readonly rows: number; readonly nowMs: number },
): Promise<number> {
  let left = at.rows;
  for (const remove of [removeTaskRuns, removeAttempts, removeEvents, removeCustomReports]) {
    left -= await run(queries, remove, { run: num, limit: left });
    if (left <= 0) return at.rows;
  }
  const outputs = await all(queries, removeOutputs, { run: num, limit: left });
  await release(queries, outputs, at.nowMs);
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

async function release(
  queries: Queries,
  rows: readonly { readonly artifact: string | null }[],
  nowMs: number,
): Promise<void> {
  for (const { artifact } of rows)
    if (artifact !== null) await run(queries, releaseArtifact, { artifact, released_at: nowMs });
}
