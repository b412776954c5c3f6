import type { ArtifactId, Epoch, RunId, VersionId } from "../ids.ts";
import type { FlowHistory, RunFamily } from "../retention.ts";

/**
 * The store's side of growing old: forgetting runs, giving space back, and telling how large everything is.
 *
 * A run is forgotten in two moves. `forgetRuns` takes it out of the lists, in one small transaction of the leader; from
 * then on nobody finds it. What hung on it (task runs, attempts, outputs, events) is a list of work that the same
 * transaction wrote down, and `sweep` does that a slice at a time: it is only garbage by then, so it needs no leader, and a
 * crash leaves the rest for later. Files go after rows, and are on the list until they are gone.
 *
 * Every method is one short transaction over a bounded number of rows, whatever the size of the database, but for
 * `status`, which is for people.
 */
export interface Upkeep {
  /** The first flow after this one in the order of names, of those that have runs; of all, with null. */
  nextFlow(after: string | null): Promise<string | undefined>;
  /** @param maxRuns how many runs to count from the newest; null for none. */
  flowHistory(flow: string, maxRuns: number | null): Promise<FlowHistory>;
  /** Families in the order in which their roots were made, after this place. */
  listFamilies(flow: string, after: number, limit: number): Promise<readonly ListedFamily[]>;
  /** Runs for whose end a task run of an unsettled run waits. Bounded by work under way. */
  awaitedRuns(): Promise<readonly RunId[]>;
  /**
   * Takes the families of these roots out of the lists, as the leader; throws `LEADERSHIP_LOST` for a stale epoch. Families
   * that are not there, or have work left, are left alone. Gives the runs that were forgotten.
   */
  forgetRuns(epoch: Epoch, roots: readonly RunId[], atMs: number): Promise<readonly RunId[]>;

  /** Removes a slice of what hangs on forgotten runs. Gives the number of rows; 0 when there is nothing left. */
  sweep(nowMs: number): Promise<number>;
  /** Forgotten runs of which only files are left. */
  listEmptiedRuns(limit: number): Promise<readonly RunId[]>;
  /** The files of these forgotten runs are gone as well. */
  crossOffRuns(runs: readonly RunId[]): Promise<void>;
  /** Removes a slice of what is too old. Gives the number of rows; 0 when there is nothing left. */
  expire(before: Expiry): Promise<number>;
  /**
   * Removes a slice of the ticks and events of one schedule or trigger that were due, and were decided, before this
   * instant. Gives the number of rows; 0 when there is nothing left.
   */
  removeTicks(of: { readonly flow: string; readonly trigger: string }, beforeMs: number): Promise<number>;
  /** Versions made before this instant that no run has and that are not active. */
  listUnusedVersions(beforeMs: number, limit: number): Promise<readonly VersionId[]>;
  /** False when the version is in use again, and stays. */
  removeVersion(version: VersionId): Promise<boolean>;
  /** Artifacts that lost a reference before this instant and have none now. */
  listUnusedArtifacts(beforeMs: number, limit: number): Promise<readonly ArtifactId[]>;
  /** The files of these artifacts are gone, or not to be removed. */
  crossOffArtifacts(artifacts: readonly ArtifactId[]): Promise<void>;
  /** Gives a little of the free space back to the disk. False when there is nothing worth giving. */
  compact(): Promise<boolean>;

  /** Everything that `millrace db status` tells. Reads all of the database. */
  status(): Promise<StoreStatus>;
}

export interface ListedFamily extends RunFamily {
  /** The place of the root among all runs, in the order in which they were made. */
  readonly place: number;
  /** When the root was made. */
  readonly madeAtMs: number;
}

/** Instants before which things are too old. Null: they stay. */
export interface Expiry {
  readonly nowMs: number;
  readonly commandsMs: number;
  /** Polls that found nothing. */
  readonly pollsMs: number;
  readonly cacheMs: number | null;
  readonly reportsMs: number | null;
}

/** A store as people see it. */
export interface StoreStatus {
  /** `SQLite 3.53`, `PostgreSQL 18.4`. */
  readonly engine: string;
  /** Where it is, without any password. */
  readonly address: string;
  readonly migrations: readonly { readonly name: string; readonly appliedAtMs: number }[];
  /** Of everything, with indexes and what is free inside. */
  readonly bytes: number;
  /** Inside `bytes`: not used now, and filled again before the database grows. */
  readonly freeBytes: number;
  /** Of the log of what is not yet in the tables; null where the store has none of its own. */
  readonly logBytes: number | null;
  /** By name. Sizes have their indexes in them. */
  readonly tables: readonly TableStatus[];
  /** Forgotten runs whose rows or files are still to be removed. */
  readonly forgottenRuns: number;
  readonly oldestRunAtMs: number | null;
  /** When dead rows were last removed by the database itself; null where it has no such thing, or it never did. */
  readonly vacuumedAtMs: number | null;
}

export interface TableStatus {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
}

/** What belongs to runs and lies outside of the store. Whatever is gone already is fine. */
export interface UpkeepFiles {
  removeLogs(run: RunId): Promise<void>;
  /** False when it was written again after this instant, and stays. */
  removeArtifact(artifact: ArtifactId, writtenBeforeMs: number): Promise<boolean>;
  removeVersion(version: VersionId): Promise<void>;
}
