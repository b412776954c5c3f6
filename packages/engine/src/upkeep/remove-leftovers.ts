import {
  type Clock,
  LEFTOVERS_MS,
  type RetentionPolicy,
  type Store,
  type UpkeepFiles,
  type VersionId,
} from "@millrace/core";

/** Files that are removed before the next look at the list. */
const FILES_AT_ONCE = 20;
const VERSIONS_AT_ONCE = 1_000;

/**
 * How long an artifact rests after its last reference went, and after it was last written, in milliseconds. A task that
 * has written one says so only when it ends, and the same value is the same artifact: within this time there may be
 * somebody who is about to name it.
 */
export const ARTIFACT_REST_MS = 60 * 60 * 1000;

export interface LeftoverWays {
  readonly store: Store;
  readonly clock: Clock;
  readonly files: UpkeepFiles;
  /** Nobody else works on the project: what has no reference now gets none. */
  readonly isAlone: boolean;
  /** Lets others go first. Rejects when the work is to end here. */
  rest(): Promise<void>;
}

/**
 * Removes what nobody can see any more: what hangs on forgotten runs, their files, old answers, old cache entries, unused
 * versions and artifacts; and gives free space back. All of it is on lists in the store, so that whoever comes after a
 * crash goes on.
 */
export class Leftovers {
  readonly #ways: LeftoverWays;
  /** Versions without a use at the last look: a run may have been about to be made with one. */
  #unused: ReadonlySet<VersionId> = new Set();

  constructor(ways: LeftoverWays) {
    this.#ways = ways;
  }

  /** Gives how many rows went. */
  async remove(policy: Pick<RetentionPolicy, "cacheMs" | "reportsMs">): Promise<number> {
    const rows = (await this.#sweep()) + (await this.#expire(policy));
    await this.#removeLogs();
    await this.#removeVersions();
    await this.#removeArtifacts();
    while (await this.#ways.store.upkeep.compact()) await this.#ways.rest();
    return rows;
  }

  async #sweep(): Promise<number> {
    const { store, clock } = this.#ways;
    return this.#each(() => store.upkeep.sweep(clock.now()));
  }

  async #expire({ cacheMs, reportsMs }: Pick<RetentionPolicy, "cacheMs" | "reportsMs">): Promise<number> {
    const { store, clock } = this.#ways;
    const nowMs = clock.now();
    const before = (ms: number | null): number | null => (ms === null ? null : nowMs - ms);
    const expiry = {
      nowMs,
      commandsMs: nowMs - LEFTOVERS_MS,
      cacheMs: before(cacheMs),
      reportsMs: before(reportsMs),
    };
    return this.#each(() => store.upkeep.expire(expiry));
  }

  /** A slice at a time, until there is none. */
  async #each(slice: () => Promise<number>): Promise<number> {
    let rows = 0;
    for (let removed = await slice(); removed > 0; removed = await slice()) {
      rows += removed;
      await this.#ways.rest();
    }
    return rows;
  }

  /** Rows went first; a crash in between leaves the run on the list. */
  async #removeLogs(): Promise<void> {
    const { store, files } = this.#ways;
    for (;;) {
      const runs = await store.upkeep.listEmptiedRuns(FILES_AT_ONCE);
      if (runs.length === 0) return;
      for (const run of runs) await files.removeLogs(run);
      await store.upkeep.crossOffRuns(runs);
      await this.#ways.rest();
    }
  }

  async #removeVersions(): Promise<void> {
    const { store, clock, files, isAlone } = this.#ways;
    const unused = await store.upkeep.listUnusedVersions(clock.now() - LEFTOVERS_MS, VERSIONS_AT_ONCE);
    for (const version of unused) {
      if (!isAlone && !this.#unused.has(version)) continue;
      // The folder first: it is made again from the store when somebody wants it after all.
      await files.removeVersion(version);
      await store.upkeep.removeVersion(version);
      await this.#ways.rest();
    }
    this.#unused = new Set(unused);
  }

  async #removeArtifacts(): Promise<void> {
    const { store, clock, files, isAlone } = this.#ways;
    const writtenBeforeMs = clock.now() - ARTIFACT_REST_MS;
    const releasedBeforeMs = isAlone ? clock.now() + 1 : writtenBeforeMs;
    for (;;) {
      const artifacts = await store.upkeep.listUnusedArtifacts(releasedBeforeMs, FILES_AT_ONCE);
      const gone = [];
      for (const artifact of artifacts) if (await files.removeArtifact(artifact, writtenBeforeMs)) gone.push(artifact);
      if (gone.length > 0) await store.upkeep.crossOffArtifacts(gone);
      // What was written again lately stays on the list, at its front.
      if (gone.length < artifacts.length || artifacts.length < FILES_AT_ONCE) return;
      await this.#ways.rest();
    }
  }
}
