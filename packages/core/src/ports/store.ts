import type { StoredValue } from "../attempt/report.ts";
import type { BackfillRow } from "../backfill/backfill.ts";
import type { MillraceError } from "../errors/millrace-error.ts";
import type { AttemptId, CommandId, Epoch, ItemPath, RunId, VersionId } from "../ids.ts";
import type { TickRow, TriggerRow } from "../triggers/trigger-rows.ts";
import type { Alerts } from "./alerts.ts";
import type { AuditTrail } from "./audit.ts";
import type { CommandAnswer, StoredCommand } from "./commands.ts";
import type { VersionManifest } from "./definitions.ts";
import type { History } from "./history.ts";
import type { Limits, PoolRow, RateRow } from "./limits.ts";
import type { PeopleStore } from "./people.ts";
import type { AttemptRow, CacheEntry, EventRow, OutputRow, ReportRow, RunRow, TaskRunRow } from "./rows.ts";
import type { Servers } from "./servers.ts";
import type { SavedSource, Sources } from "./sources.ts";
import type { PartitionKeyRow, Triggers } from "./triggers.ts";
import type { Upkeep } from "./upkeep.ts";
import type { Vault } from "./vault.ts";

/**
 * The engine's side of the store, in domain words. Only the leader calls `commit`; anybody inserts commands and reads.
 * Every method that meets a failing database throws a MillraceError of the store's codes.
 */
export interface Store {
  /** Becomes leader if nobody is: takes the lock or lease and raises the epoch. Undefined when another holds it. */
  lead(holder: string): Promise<Leadership | undefined>;
  /** Who leads now, for people and for those who wait for their turn. Undefined when nobody does. */
  findLeader(): Promise<CurrentLeader | undefined>;
  /**
   * All changes in one transaction that also checks the epoch; throws `LEADERSHIP_LOST` when it is stale. After any other
   * error it is not known whether the changes were written.
   */
  commit(epoch: Epoch, changes: Changes): Promise<void>;

  /** Commands not yet answered, oldest first. */
  pendingCommands(limit: number): Promise<readonly StoredCommand[]>;
  /** Adds a command; one with a known id changes nothing. Wakes the leader. */
  insertCommand(command: StoredCommand): Promise<void>;
  /** The leader's answer, once there is one. */
  findAnswer(id: CommandId): Promise<CommandAnswer | undefined>;
  /** Calls back (soon, perhaps more than once) when another process may have changed the store. Returns what ends it. */
  watch(onChange: () => void): () => void;

  /** Runs that are not final, or whose hooks are not done, with all their task runs: what a new leader loads. */
  unfinishedRuns(): Promise<readonly RunId[]>;
  loadRun(run: RunId): Promise<LoadedRun>;
  /** One attempt, whatever its state; for reports about attempts that no run in memory knows. */
  findAttempt(run: RunId, attempt: AttemptId): Promise<AttemptRow | undefined>;
  findOutput(run: RunId, node: number, item: ItemPath): Promise<StoredValue | undefined>;
  /** Outputs of all items of a body node below `mapItem`, as `[item path, value]`, in no order. */
  findOutputs(run: RunId, node: number): Promise<readonly (readonly [ItemPath, StoredValue])[]>;
  findCacheEntry(key: string): Promise<CacheEntry | undefined>;
  findRunByIdempotencyKey(key: string): Promise<RunId | undefined>;
  /** The newest run of a family (the root and its reruns). */
  newestOfFamily(rootRun: RunId): Promise<RunRow | undefined>;
  /** The largest attempt id ever given; 0 in an empty store. */
  lastAttemptId(): Promise<number>;

  /**
   * Keeps a version, with the files that it was made of. One that is there already stays as it is; files that it lacks are
   * added.
   */
  saveVersion(version: StoredVersion, sources?: readonly SavedSource[]): Promise<void>;
  findVersion(id: VersionId): Promise<StoredVersion | undefined>;
  activateVersion(id: VersionId, atMs: number): Promise<void>;
  activeVersion(): Promise<VersionId | undefined>;

  sources: Sources;
  history: History;
  limits: Limits;
  triggers: Triggers;
  servers: Servers;
  upkeep: Upkeep;
  vault: Vault;
  people: PeopleStore;
  audit: AuditTrail;
  alerts: Alerts;
  close(): Promise<void>;
}

/** Who leads, as the database knows it. */
export interface CurrentLeader {
  readonly epoch: Epoch;
  /** What was given to `lead`. */
  readonly holder: string;
  readonly sinceMs: number;
  /** How long it leads at least, in milliseconds, unless it renews; null for a lock of the operating system. */
  readonly leftMs: number | null;
}

/**
 * The right to write, for as long as it lasts. Every commit is checked by the database; trust is for what happens
 * outside it (starting an attempt): it ends before another can lead, by a clock of this machine that no one can set.
 */
export interface Leadership {
  readonly epoch: Epoch;
  /** False from the moment at which another may lead. A lock of the operating system is trusted until it is released. */
  isTrusted(): boolean;
  /** Resolves, with the reason, when the leadership has ended without `release`; else never. */
  readonly lost: Promise<MillraceError>;
  /** Gives the leadership up. Twice is fine. */
  release(): Promise<void>;
}

/** Everything one commit writes. Lists are empty where nothing changes. */
export interface Changes {
  readonly runs: readonly RunRow[];
  readonly taskRuns: readonly TaskRunRow[];
  readonly attempts: readonly AttemptRow[];
  readonly outputs: readonly OutputRow[];
  readonly events: readonly EventRow[];
  readonly reports: readonly ReportRow[];
  readonly cacheEntries: readonly CacheEntry[];
  readonly answers: readonly CommandAnswer[];
  /** Pools whose size was set or taken back (upsert by name). */
  readonly pools: readonly PoolRow[];
  /** Rates that attempts of this commit used (upsert by name). */
  readonly rates: readonly RateRow[];
  /** Schedules and triggers of which something changed (upsert by flow and name). */
  readonly triggers: readonly TriggerRow[];
  /** Ticks and events that were decided. One that is there already changes nothing. */
  readonly ticks: readonly TickRow[];
  /** Backfills of which something changed (upsert by id). */
  readonly backfills: readonly BackfillRow[];
  /** Keys of dynamic partitions that were added or taken away. */
  readonly partitionKeys: readonly PartitionKeyRow[];
}

export interface LoadedRun {
  readonly run: RunRow;
  readonly taskRuns: readonly TaskRunRow[];
  /** Attempts that have no end yet. */
  readonly liveAttempts: readonly AttemptRow[];
  /** The largest attempt number of each task run and hook that was ever tried, so that none is given twice. */
  readonly lastAttempts: readonly Pick<AttemptRow, "node" | "item" | "hook" | "number">[];
}

/** A version with all that is needed to run it anywhere. */
export interface StoredVersion {
  readonly id: VersionId;
  readonly createdAtMs: number;
  readonly manifest: VersionManifest;
  /** Names and versions of the packages the bundle leaves external. */
  readonly dependencies: Readonly<Record<string, string>>;
  readonly files: readonly VersionFile[];
}

export interface VersionFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly content: Uint8Array;
}
