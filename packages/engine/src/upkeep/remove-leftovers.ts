import {
  type Clock,
  forgetsAnything,
  LEFTOVERS_MS,
  type RetentionPolicy,
  retentionOf,
  type Store,
  tickRetention,
  type UpkeepFiles,
  type VersionId,
} from "@millrace/core";

/** Files that are removed before the next look at the list. */
const FILES_AT_ONCE = 50;
const VERSIONS_AT_ONCE = 1_000;

/**
 * How long an artifact rests after its last reference went, and after it was last written, in milliseconds. A task that
 * has written one says so only when it ends, and the same value is the same artifact: within this time there may be
 * somebody who is about to name it.
 */
const ARTIFACT_REST_MS = 60 * 60 * 1000;

export interface LeftoverWays {
  readonly store: Store;
  readonly clock: Clock;
  readonly files: UpkeepFiles;
  /** Nobody else works on the project: what has no reference now gets none. */
  readonly isAlone: boolean;
  /** Lets others go first, after a piece of work that began at this instant. Rejects when the work is to end here. */
  readonly rest: (begunAtMs: number) => Promise<void>;
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
  async remove(policy: RetentionPolicy): Promise<number> {
    const rows = (await this.#sweep()) + (await this.#expire(policy)) + (await this.#removeTicks(policy));
    await this.#removeVersions();
    await this.#removeArtifacts();
    await this.#compact();
    return rows;
  }

  /** Rows and files in turn, so that neither waits until all of the other is gone. */
  async #sweep(): Promise<number> {
    const { store, clock, rest } = this.#ways;
    let rows = 0;
    for (;;) {
      const begunAtMs = clock.now();
      const swept = await store.upkeep.sweep(begunAtMs);
      await rest(begunAtMs);
      // Files are removed beside everything else, and nobody rests for that.
      const runs = await this.#removeLogs();
      if (swept === 0 && runs === 0) return rows;
      rows += swept;
    }
  }

  async #expire({ cacheMs, reportsMs }: Pick<RetentionPolicy, "cacheMs" | "reportsMs">): Promise<number> {
    const { store, clock, rest } = this.#ways;
    const nowMs = clock.now();
    const before = (ms: number | null): number | null => (ms === null ? null : nowMs - ms);
    const expiry = {
      nowMs,
      commandsMs: nowMs - LEFTOVERS_MS,
      pollsMs: nowMs - LEFTOVERS_MS,
      cacheMs: before(cacheMs),
      reportsMs: before(reportsMs),
    };
    let rows = 0;
    for (;;) {
      const begunAtMs = clock.now();
      const removed = await store.upkeep.expire(expiry);
      if (removed === 0) return rows;
      rows += removed;
      await rest(begunAtMs);
    }
  }

  /** Of triggers that are no more as well: what they did is history like any other. */
  async #removeTicks(policy: RetentionPolicy): Promise<number> {
    const { store, clock, rest } = this.#ways;
    if (![policy, ...Object.values(policy.flows)].some((rule) => forgetsAnything({ ...policy, ...rule }))) return 0;
    let rows = 0;
    for (const { flow, name } of await store.triggers.list()) {
      const keptMs = tickRetention(retentionOf(policy, flow));
      if (keptMs === null) continue;
      for (;;) {
        const begunAtMs = clock.now();
        const removed = await store.upkeep.removeTicks({ flow, trigger: name }, begunAtMs - keptMs);
        await rest(begunAtMs);
        if (removed === 0) break;
        rows += removed;
      }
    }
    return rows;
  }

  async #compact(): Promise<void> {
    const { store, clock, rest } = this.#ways;
    for (;;) {
      const begunAtMs = clock.now();
      if (!(await store.upkeep.compact())) return;
      await rest(begunAtMs);
    }
  }

  /** Rows went first; a crash in between leaves the run on the list. Gives the number of runs. */
  async #removeLogs(): Promise<number> {
    const { store, files } = this.#ways;
    const runs = await store.upkeep.listEmptiedRuns(FILES_AT_ONCE);
    await Promise.all(runs.map((run) => files.removeLogs(run)));
    if (runs.length > 0) await store.upkeep.crossOffRuns(runs);
    return runs.length;
  }

  async #removeVersions(): Promise<void> {
    const { store, clock, files, isAlone, rest } = this.#ways;
    const unused = await store.upkeep.listUnusedVersions(clock.now() - LEFTOVERS_MS, VERSIONS_AT_ONCE);
    for (const version of unused) {
      if (!isAlone && !this.#unused.has(version)) continue;
      // The folder first: it is made again from the store when somebody wants it after all.
      await files.removeVersion(version);
      const begunAtMs = clock.now();
      await store.upkeep.removeVersion(version);
      await rest(begunAtMs);
    }
    this.#unused = new Set(unused);
  }

  async #removeArtifacts(): Promise<void> {
    const { store, clock, files, isAlone, rest } = this.#ways;
    const writtenBeforeMs = clock.now() - ARTIFACT_REST_MS;
    const releasedBeforeMs = isAlone ? clock.now() + 1 : writtenBeforeMs;
    for (;;) {
      const begunAtMs = clock.now();
      const artifacts = await store.upkeep.listUnusedArtifacts(releasedBeforeMs, FILES_AT_ONCE);
      const gone = [];
      for (const artifact of artifacts) if (await files.removeArtifact(artifact, writtenBeforeMs)) gone.push(artifact);
      if (gone.length > 0) await store.upkeep.crossOffArtifacts(gone);
      // What was written again lately stays on the list, at its front.
      if (gone.length < artifacts.length || artifacts.length < FILES_AT_ONCE) return;
      await rest(begunAtMs);
    }
  }
}
