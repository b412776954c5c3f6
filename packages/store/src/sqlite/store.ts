import {
  type Alerts,
  type AttemptId,
  type AttemptRow,
  type AuditTrail,
  type CacheEntry,
  type Changes,
  type CommandAnswer,
  type CommandId,
  type CurrentLeader,
  type Epoch,
  type History,
  type ItemPath,
  type Leadership,
  type Limits,
  type LoadedRun,
  MillraceError,
  type PeopleStore,
  type RunId,
  type RunRow,
  type SavedSource,
  type Servers,
  type Sources,
  type Store,
  type StoredCommand,
  type StoredValue,
  type StoredVersion,
  type Triggers,
  type Upkeep,
  type Vault,
  type VersionId,
} from "@millrace/core";
import { type AlertAccess, StoreAlerts } from "../alerts.ts";
import { StoreAudit } from "../audit.ts";
import { StoreHistory } from "../history.ts";
import { StoreLimits } from "../limits.ts";
import { StorePeople } from "../people.ts";
import { StoreSources } from "../sources.ts";
import {
  attemptFromColumns,
  findAttempt,
  lastAttemptsOf,
  listAttemptNumbers,
  listLiveAttempts,
} from "../tables/attempt.ts";
import { cacheEntryFromColumns, findCacheEntry } from "../tables/cache-entry.ts";
import { commandFromColumns, findAnswer, listPendingCommands, submitCommand } from "../tables/command.ts";
import { fromJson } from "../tables/json.ts";
import { acquireLease, findCounters, findLease } from "../tables/lease.ts";
import { findOutput, listOutputsOfNode } from "../tables/output.ts";
import { findNewestRerun, findRun, findRunByIdempotencyKey, listUnsettledRuns, runFromColumns } from "../tables/run.ts";
import { listVersionSources, saveSource, saveVersionSource, sourceToColumns, textsOf } from "../tables/source.ts";
import { valueFromColumns } from "../tables/stored-value.ts";
import { listTaskRuns, taskRunFromColumns } from "../tables/task-run.ts";
import {
  activateVersion,
  findActiveVersion,
  findVersion,
  listVersionFiles,
  saveVersion,
  saveVersionFile,
  versionFromColumns,
  versionToColumns,
} from "../tables/version.ts";
import { StoreTriggers } from "../triggers.ts";
import { StoreVault } from "../vault.ts";
import { ChangeWatch } from "./change-watch.ts";
import { CommitWriter, leadershipLost } from "./commit.ts";
import { type ConnectionOptions, SqliteConnection } from "./connection.ts";
import { toStoreError } from "./failure.ts";
import { LeaderLock } from "./leader-lock.ts";
import { isLong } from "./long-reads.ts";
import { SqliteServers } from "./servers.ts";
import { ThreadedHistory } from "./threaded-history.ts";
import { SqliteUpkeep } from "./upkeep.ts";

export interface SqliteStoreSettings extends ConnectionOptions {
  /** History is read on the caller's thread, however long it takes. */
  readonly readsHere: boolean;
}

/** The store on one SQLite file. Every method does its work at once, on this thread; only its answer is a promise. */
export class SqliteStore implements Store {
  readonly sources: Sources;
  readonly history: History;
  readonly limits: Limits;
  readonly triggers: Triggers;
  readonly servers: Servers;
  readonly upkeep: Upkeep;
  readonly vault: Vault;
  readonly people: PeopleStore;
  readonly audit: AuditTrail;
  readonly alerts: Alerts;
  readonly #connection: SqliteConnection;
  readonly #options: SqliteStoreSettings;
  readonly #writer: CommitWriter;
  readonly #watch: ChangeWatch;
  readonly #threaded: ThreadedHistory;
  #reader: SqliteConnection | undefined;
  #leading: { readonly epoch: Epoch; readonly lock: LeaderLock } | undefined;

  constructor(connection: SqliteConnection, options: SqliteStoreSettings) {
    this.#connection = connection;
    this.#options = options;
    this.#writer = new CommitWriter(connection);
    this.#watch = new ChangeWatch(connection);
    const here = new StoreHistory({
      read: async (act, given) => this.#with(() => this.#openReader().all(act, given)),
      lastEvent: async () => this.#with(() => this.#openReader().get(findCounters, {})?.last_event ?? 0),
    });
    this.#threaded = new ThreadedHistory(
      { path: connection.path, busyTimeoutMs: options.busyTimeoutMs },
      { history: here, isLong: (method, args) => this.#with(() => isLong(this.#openReader(), method, args)) },
    );
    this.history = options.readsHere ? here : this.#threaded;
    this.servers = new SqliteServers(
      (work) => this.#write(() => work(this.#connection)),
      (work) => this.#with(() => work(this.#connection)),
    );
    this.upkeep = new SqliteUpkeep({
      read: (work) => this.#with(() => work(this.#openReader())),
      write: (work) => this.#write(() => work(this.#connection)),
      tidy: (work) => this.#with(() => work(this.#connection)),
      writeAsLeader: (epoch, work) => this.#with(() => this.#writer.writeAsLeader(epoch, () => work(this.#connection))),
    });
    this.sources = new StoreSources(async (act, given) => this.#with(() => this.#openReader().all(act, given)));
    this.limits = new StoreLimits(async (act, given) => this.#with(() => this.#connection.all(act, given)));
    this.triggers = new StoreTriggers(async (act, given) => this.#with(() => this.#connection.all(act, given)));
    const access: AlertAccess = {
      read: async (act, given) => this.#with(() => this.#connection.all(act, given)),
      write: async (act, given) => this.#write(() => this.#connection.all(act, given)),
      writeIf: async (first, others) =>
        this.#write(() => {
          if (this.#connection.all(first.act, first.given).length === 0) return false;
          for (const { act, given } of others) this.#connection.all(act, given);
          return true;
        }),
    };
    this.vault = new StoreVault(access);
    this.people = new StorePeople(access);
    this.audit = new StoreAudit(access);
    this.alerts = new StoreAlerts(access);
  }

  async lead(holder: string): Promise<Leadership | undefined> {
    return this.#with(() => {
      this.#refuseWhenReadOnly();
      this.#refuseWhenGone();
      const lock = LeaderLock.take(this.#connection.path);
      if (lock === undefined) return undefined;
      try {
        const lease = this.#connection.transaction(() =>
          this.#connection.get(acquireLease, { holder, at: Date.now() }),
        );
        const epoch = (lease?.epoch ?? 0) as Epoch;
        this.#leading = { epoch, lock };
      } catch (error) {
        lock.release();
        throw error;
      }
      const mine = this.#leading;
      return {
        epoch: mine.epoch,
        isTrusted: () => this.#leading === mine,
        // The lock ends with this process and not before.
        lost: new Promise(() => undefined),
        release: async () => this.#giveUp(mine.lock),
      };
    });
  }

  async findLeader(): Promise<CurrentLeader | undefined> {
    return this.#with(() => {
      const isLed = this.#leading !== undefined || LeaderLock.isHeld(this.#connection.path);
      const lease = isLed ? this.#connection.get(findLease, {}) : undefined;
      if (lease === undefined) return undefined;
      const { epoch, holder, acquired_at: sinceMs } = lease;
      return { epoch: epoch as Epoch, holder: holder ?? "", sinceMs: sinceMs ?? 0, leftMs: null };
    });
  }

  async commit(epoch: Epoch, changes: Changes): Promise<void> {
    this.#with(() => {
      this.#refuseWhenGone();
      if (this.#leading?.epoch !== epoch) throw leadershipLost(this.#connection.path, epoch);
      this.#writer.commit(epoch, changes);
    });
  }

  async pendingCommands(limit: number): Promise<readonly StoredCommand[]> {
    return this.#with(() => {
      this.#refuseWhenGone();
      return this.#connection.all(listPendingCommands, { limit }).map(commandFromColumns);
    });
  }

  async insertCommand({ id, actor, createdAtMs, command }: StoredCommand): Promise<void> {
    const row = { id, actor, created_at: createdAtMs, command: JSON.stringify(command) };
    this.#write(() => this.#connection.run(submitCommand, row));
    this.#watch.wake();
  }

  async findAnswer(id: CommandId): Promise<CommandAnswer | undefined> {
    return this.#with(() => {
      const answer = this.#connection.get(findAnswer, { id })?.answer ?? null;
      return answer === null ? undefined : fromJson<CommandAnswer>(answer);
    });
  }

  watch(onChange: () => void): () => void {
    return this.#watch.add(onChange);
  }

  async unfinishedRuns(): Promise<readonly RunId[]> {
    return this.#with(() => this.#connection.all(listUnsettledRuns, {}).map((row) => row.id as RunId));
  }

  async loadRun(run: RunId): Promise<LoadedRun> {
    return this.#with(() => {
      const db = this.#connection;
      const row = db.get(findRun, { id: run });
      if (row === undefined) throw new MillraceError("UNKNOWN_RUN", `There is no run ${run}.`);
      const liveAttempts: AttemptRow[] = db
        .all(listLiveAttempts, { run: row.num })
        .map((attempt) => attemptFromColumns(run, attempt));
      const taskRuns = db.all(listTaskRuns, { run: row.num }).map((taskRun) => taskRunFromColumns(run, taskRun));
      const lastAttempts = lastAttemptsOf(db.all(listAttemptNumbers, { run: row.num }));
      return { run: runFromColumns(row), taskRuns, liveAttempts, lastAttempts };
    });
  }

  async findAttempt(run: RunId, attempt: AttemptId): Promise<AttemptRow | undefined> {
    return this.#with(() => {
      const row = this.#connection.get(findAttempt, { run: this.#writer.findNumber(run), id: attempt });
      return row === undefined ? undefined : attemptFromColumns(run, row);
    });
  }

  async findOutput(run: RunId, node: number, item: ItemPath): Promise<StoredValue | undefined> {
    return this.#with(() => {
      const row = this.#connection.get(findOutput, { run: this.#writer.findNumber(run), node, item });
      return row === undefined ? undefined : valueFromColumns(row);
    });
  }

  async findOutputs(run: RunId, node: number): Promise<readonly (readonly [ItemPath, StoredValue])[]> {
    return this.#with(() =>
      this.#connection
        .all(listOutputsOfNode, { run: this.#writer.findNumber(run), node })
        .map((row) => [row.item as ItemPath, valueFromColumns(row)] as const),
    );
  }

  async findCacheEntry(key: string): Promise<CacheEntry | undefined> {
    return this.#with(() => {
      const row = this.#connection.get(findCacheEntry, { key });
      return row === undefined ? undefined : cacheEntryFromColumns(row);
    });
  }

  async findRunByIdempotencyKey(key: string): Promise<RunId | undefined> {
    return this.#with(() => this.#connection.get(findRunByIdempotencyKey, { key })?.id as RunId | undefined);
  }

  async newestOfFamily(rootRun: RunId): Promise<RunRow | undefined> {
    return this.#with(() => {
      const row =
        this.#connection.get(findNewestRerun, { root: rootRun }) ?? this.#connection.get(findRun, { id: rootRun });
      return row === undefined ? undefined : runFromColumns(row);
    });
  }

  async lastAttemptId(): Promise<number> {
    return this.#with(() => this.#connection.get(findCounters, {})?.last_attempt ?? 0);
  }

  async saveVersion(version: StoredVersion, sources: readonly SavedSource[] = []): Promise<void> {
    this.#with(() => {
      this.#refuseWhenReadOnly();
      const db = this.#connection;
      db.transaction(() => {
        const isNew = db.run(saveVersion, versionToColumns(version)) > 0;
        for (const { path, content } of isNew ? version.files : []) {
          db.run(saveVersionFile, { version: version.id, path, content });
        }
        const active = db.get(findActiveVersion, {})?.active_version ?? "";
        const known = sources.length === 0 ? [] : db.all(listVersionSources, { version: active });
        for (const text of textsOf(sources, known)) db.run(saveSource, text);
        for (const source of sources) db.run(saveVersionSource, sourceToColumns(version.id, source));
      });
    });
  }

  async findVersion(id: VersionId): Promise<StoredVersion | undefined> {
    return this.#with(() => {
      const row = this.#connection.get(findVersion, { id });
      if (row === undefined) return undefined;
      return versionFromColumns(row, this.#connection.all(listVersionFiles, { version: id }));
    });
  }

  async activateVersion(id: VersionId, atMs: number): Promise<void> {
    this.#with(() => {
      this.#refuseWhenReadOnly();
      this.#connection.transaction(() => {
        if (this.#connection.get(findVersion, { id }) === undefined) {
          throw new MillraceError("UNKNOWN_VERSION", `There is no version ${id} to activate.`);
        }
        this.#connection.run(activateVersion, { id, at: atMs });
      });
    });
  }

  async activeVersion(): Promise<VersionId | undefined> {
    return this.#with(() => {
      const id = this.#connection.get(findActiveVersion, {})?.active_version ?? null;
      return id === null ? undefined : (id as VersionId);
    });
  }

  /** Twice is fine. */
  async close(): Promise<void> {
    this.#watch.stop();
    this.#leading?.lock.release();
    this.#leading = undefined;
    this.#reader?.close();
    this.#connection.close();
    await this.#threaded.close();
  }

  #giveUp(lock: LeaderLock): void {
    lock.release();
    if (this.#leading?.lock === lock) this.#leading = undefined;
  }

  /** A connection of its own for long lists; a store that only reads has no other use for its first. */
  #openReader(): SqliteConnection {
    if (this.#options.readonly) return this.#connection;
    this.#reader ??= new SqliteConnection(this.#connection.path, { ...this.#options, readonly: true });
    return this.#reader;
  }

  /** What anybody may write, leader or not. */
  #write<T>(work: () => T): T {
    return this.#with(() => {
      this.#refuseWhenReadOnly();
      this.#refuseWhenGone();
      return this.#connection.transaction(work);
    });
  }

  #refuseWhenReadOnly(): void {
    if (!this.#options.readonly) return;
    throw new MillraceError("DATABASE_READ_ONLY", `The database ${this.#connection.path} was opened for reading only.`);
  }

  /** What is acknowledged must be somewhere. */
  #refuseWhenGone(): void {
    if (this.#connection.isInPlace) return;
    const { path } = this.#connection;
    throw new MillraceError("STORE_FAILED", `The database ${path} was removed or replaced while it was in use.`, {
      hint: "What it held is gone with it, unless there is a backup. Leave the project's .millrace folder alone while anything runs.",
    });
  }

  #with<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toStoreError(error, this.#connection.path);
    }
  }
}
