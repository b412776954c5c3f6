import {
  type Alerts,
  type AttemptId,
  type AttemptRow,
  type AuditTrail,
  type CacheEntry,
  type Changes,
  type Clock,
  type CommandAnswer,
  type CommandId,
  type CurrentLeader,
  type Epoch,
  type History,
  type ItemPath,
  type KnownServer,
  type Leadership,
  type Limits,
  type LoadedRun,
  MillraceError,
  type PeopleStore,
  type RunId,
  type RunRow,
  type SavedSource,
  type ServerId,
  type ServerRow,
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
  type WorkerRow,
} from "@millrace/core";
import { MemoryAlerts } from "./alerts.ts";
import { MemoryAudit } from "./audit.ts";
import type { MemoryDatabase } from "./database.ts";
import { MemoryHistory, sortedTaskRuns } from "./history.ts";
import { MemoryLimits } from "./limits.ts";
import { MemoryPeople } from "./people.ts";
import { MemorySources } from "./sources.ts";
import { MemoryTriggers } from "./triggers.ts";
import { MemoryUpkeep } from "./upkeep.ts";
import { MemoryVault } from "./vault.ts";

/** How long a lease lasts without being renewed, and how much earlier its holder stops trusting it. */
export const LEASE_MS = 10_000;
const TRUST_MARGIN_MS = 2_000;
const RENEW_EVERY_MS = 3_000;

export interface MemorySession {
  /** A clock of the process that nobody can set. */
  readonly clock: Clock;
  /** How a renewal of the lease reaches the database; it may take its time, or fail. */
  readonly renewal: <Value>(work: () => Value) => Promise<Value>;
}

/** One process's store on a database in memory. */
export class MemoryStore implements Store {
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
  readonly #database: MemoryDatabase;
  readonly #session: MemorySession;
  readonly #ends = new Set<() => void>();

  constructor(database: MemoryDatabase, session: MemorySession) {
    this.#database = database;
    this.#session = session;
    this.sources = new MemorySources(database);
    this.history = new MemoryHistory(database);
    this.limits = new MemoryLimits(database);
    this.triggers = new MemoryTriggers(database);
    this.servers = new MemoryServers(database);
    this.upkeep = new MemoryUpkeep(database, this);
    this.vault = new MemoryVault(database);
    this.people = new MemoryPeople(database);
    this.audit = new MemoryAudit(database);
    this.alerts = new MemoryAlerts(database);
  }

  async lead(holder: string): Promise<Leadership | undefined> {
    const askedAtMs = this.#session.clock.now();
    const epoch = this.#database.acquire(this, holder, LEASE_MS);
    if (epoch === undefined) return undefined;
    const lease = new HeldLease(epoch, askedAtMs, {
      clock: this.#session.clock,
      renew: () => this.#session.renewal(() => this.#database.renew(epoch, LEASE_MS)),
      release: () => this.#database.release(this, epoch),
    });
    this.#ends.add(() => lease.stop());
    return lease;
  }

  async findLeader(): Promise<CurrentLeader | undefined> {
    const { lease } = this.#database;
    if (lease === undefined) return undefined;
    const { epoch, holder, sinceMs, untilMs } = lease;
    return { epoch, holder, sinceMs, leftMs: untilMs - this.#database.now() };
  }

  async commit(epoch: Epoch, changes: Changes): Promise<void> {
    this.#database.commit(this, epoch, changes);
  }

  async pendingCommands(limit: number): Promise<readonly StoredCommand[]> {
    const pending = [...this.#database.commands.values()].filter(({ answer }) => answer === undefined);
    return pending.slice(0, limit).map(({ command }) => command);
  }

  async insertCommand(command: StoredCommand): Promise<void> {
    this.#database.insertCommand(command);
  }

  async findAnswer(id: CommandId): Promise<CommandAnswer | undefined> {
    return this.#database.commands.get(id)?.answer;
  }

  watch(onChange: () => void): () => void {
    const end = this.#database.watch(onChange);
    this.#ends.add(end);
    return end;
  }

  async unfinishedRuns(): Promise<readonly RunId[]> {
    return [...this.#database.runs.values()].filter(({ row }) => !row.settled).map(({ row }) => row.id);
  }

  async loadRun(run: RunId): Promise<LoadedRun> {
    const shelf = this.#database.shelf(run);
    const attempts = [...shelf.attempts.values()].sort((a, b) => a.id - b.id);
    const last = new Map<string, LoadedRun["lastAttempts"][number]>();
    for (const { node, item, hook, number } of attempts)
      last.set(`${node}/${item}/${hook}`, { node, item, hook, number });
    return {
      run: shelf.row,
      taskRuns: sortedTaskRuns(shelf),
      liveAttempts: attempts.filter(({ endedAtMs }) => endedAtMs === null),
      lastAttempts: [...last.values()],
    };
  }

  async findAttempt(run: RunId, attempt: AttemptId): Promise<AttemptRow | undefined> {
    return this.#database.runs.get(run)?.attempts.get(attempt);
  }

  async findOutput(run: RunId, node: number, item: ItemPath): Promise<StoredValue | undefined> {
    return this.#database.runs.get(run)?.outputs.get(`${node}/${item}`);
  }

  async findOutputs(run: RunId, node: number): Promise<readonly (readonly [ItemPath, StoredValue])[]> {
    const outputs = [...(this.#database.runs.get(run)?.outputs ?? [])];
    return outputs
      .filter(([key]) => key.startsWith(`${node}/`))
      .map(([key, value]) => [key.slice(key.indexOf("/") + 1) as ItemPath, value]);
  }

  async findCacheEntry(key: string): Promise<CacheEntry | undefined> {
    return this.#database.cache.get(key);
  }

  async findRunByIdempotencyKey(key: string): Promise<RunId | undefined> {
    return this.#database.runOfKey(key);
  }

  async newestOfFamily(rootRun: RunId): Promise<RunRow | undefined> {
    return [...this.#database.runs.values()].findLast(({ row }) => row.rootRun === rootRun)?.row;
  }

  async lastAttemptId(): Promise<number> {
    return this.#database.lastAttempt;
  }

  async saveVersion(version: StoredVersion, sources: readonly SavedSource[] = []): Promise<void> {
    if (!this.#database.versions.has(version.id)) this.#database.versions.set(version.id, version);
    this.#database.sources.save(version.id, sources);
  }

  async findVersion(id: VersionId): Promise<StoredVersion | undefined> {
    return this.#database.versions.get(id);
  }

  async activateVersion(id: VersionId): Promise<void> {
    if (!this.#database.versions.has(id)) {
      throw new MillraceError("UNKNOWN_VERSION", `There is no version ${id} to activate.`);
    }
    this.#database.activeVersion = id;
  }

  async activeVersion(): Promise<VersionId | undefined> {
    return this.#database.activeVersion;
  }

  async close(): Promise<void> {
    for (const end of this.#ends) end();
    this.#ends.clear();
    this.#database.endSession(this);
  }
}

class MemoryServers implements Servers {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    this.#database = database;
  }

  async beat(row: ServerRow): Promise<void> {
    this.#database.servers.set(row.id, { row, beatAtMs: this.#database.now() });
  }

  async list(): Promise<readonly KnownServer[]> {
    return [...this.#database.servers.values()]
      .map(({ row, beatAtMs }) => ({ ...row, silentMs: this.#database.now() - beatAtMs }))
      .sort((a, b) => a.startedAtMs - b.startedAtMs);
  }

  async remove(id: ServerId): Promise<void> {
    this.#database.servers.delete(id);
  }

  async keepWorker(row: WorkerRow): Promise<void> {
    this.#database.workers.set(row.id, row);
  }

  async listWorkers(): Promise<readonly WorkerRow[]> {
    return [...this.#database.workers.values()].sort((a, b) => a.connectedAtMs - b.connectedAtMs);
  }

  async removeWorker(id: string): Promise<void> {
    this.#database.workers.delete(id);
  }
}

interface LeaseWays {
  readonly clock: Clock;
  readonly renew: () => Promise<boolean>;
  readonly release: () => void;
}

/**
 * A lease that renews itself. It is trusted from when it was asked for, not from when the answer came, and for less time
 * than it lasts: so trust ends first, however long the answer took.
 */
class HeldLease implements Leadership {
  readonly epoch: Epoch;
  readonly lost: Promise<MillraceError>;
  readonly #ways: LeaseWays;
  readonly #lose: (error: MillraceError) => void;
  #trustedUntilMs: number;
  #isOver = false;
  #cancel: () => void = () => {};

  constructor(epoch: Epoch, askedAtMs: number, ways: LeaseWays) {
    const { promise, resolve } = Promise.withResolvers<MillraceError>();
    this.epoch = epoch;
    this.lost = promise;
    this.#lose = resolve;
    this.#ways = ways;
    this.#trustedUntilMs = askedAtMs + LEASE_MS - TRUST_MARGIN_MS;
    this.#renewSoon();
  }

  isTrusted(): boolean {
    return !this.#isOver && this.#ways.clock.now() < this.#trustedUntilMs;
  }

  async release(): Promise<void> {
    if (this.#isOver) return;
    this.stop();
    this.#ways.release();
  }

  /** Renews no more. */
  stop(): void {
    this.#isOver = true;
    this.#cancel();
  }

  #renewSoon(): void {
    this.#cancel = this.#ways.clock.after(RENEW_EVERY_MS, () => void this.#renew());
  }

  async #renew(): Promise<void> {
    if (this.#isOver) return;
    const { clock } = this.#ways;
    if (!this.isTrusted()) {
      this.#end("it could not be renewed in time");
      return;
    }
    const askedAtMs = clock.now();
    try {
      if (!(await this.#ways.renew())) {
        this.#end("another has taken it");
        return;
      }
      this.#trustedUntilMs = askedAtMs + LEASE_MS - TRUST_MARGIN_MS;
    } catch {
      // It is tried again for as long as there is trust.
    }
    if (!this.#isOver) this.#renewSoon();
  }

  #end(why: string): void {
    this.#isOver = true;
    this.#lose(new MillraceError("LEADERSHIP_LOST", `the lease of epoch ${this.epoch} is over: ${why}`));
  }
}
