import {
  type AlertDelivery,
  type ArtifactId,
  type AttemptId,
  type AttemptRow,
  type AuditRow,
  type CacheEntry,
  type Changes,
  type CommandAnswer,
  type CommandId,
  type CredentialRow,
  type Epoch,
  type EventRow,
  type GuessesRow,
  MillraceError,
  type PoolRow,
  type ReportRow,
  type RunId,
  type RunRow,
  type ServerId,
  type ServerRow,
  type StoredCommand,
  type StoredValue,
  type StoredVersion,
  type TaskRunRow,
  type UserRow,
  type VaultRow,
  type VersionedAlertState,
  type VersionId,
  type WorkerRow,
} from "@millrace/core";
import { SourceShelf } from "./source-shelf.ts";
import { TimeShelf } from "./time-shelf.ts";

/** Everything that belongs to one run. */
export interface RunShelf {
  row: RunRow;
  /** Given in the order in which runs are made, and never twice. */
  readonly place: number;
  readonly taskRuns: Map<string, TaskRunRow>;
  readonly attempts: Map<AttemptId, AttemptRow>;
  readonly outputs: Map<string, StoredValue>;
  readonly events: (EventRow & { readonly seq: number })[];
  readonly reports: ReportRow[];
}

/** Who leads, and until when. A session is one opened store: the lease ends with it. */
interface Lease {
  readonly session: object;
  readonly holder: string;
  readonly sinceMs: number;
  untilMs: number;
}

/**
 * A database in memory, for simulations: what the tables of a real one hold, with all or nothing and the epoch's fence,
 * and a lease by its own clock. Rows are kept as they are given, since nobody changes one that was given away.
 */
export class MemoryDatabase {
  readonly now: () => number;
  readonly runs = new Map<RunId, RunShelf>();
  readonly events: (EventRow & { readonly seq: number })[] = [];
  readonly cache = new Map<string, CacheEntry>();
  readonly commands = new Map<CommandId, { readonly command: StoredCommand; answer: CommandAnswer | undefined }>();
  readonly versions = new Map<VersionId, StoredVersion>();
  readonly sources = new SourceShelf();
  readonly workers = new Map<string, WorkerRow>();
  readonly servers = new Map<ServerId, { readonly row: ServerRow; readonly beatAtMs: number }>();
  readonly #watchers = new Set<() => void>();
  /** Runs that were forgotten, until their files are gone; with what hangs on them until that was swept. */
  readonly forgotten = new Map<RunId, { shelf: RunShelf | null }>();
  /** What tasks said about assets in runs that are forgotten. */
  readonly facts: ReportRow[] = [];
  /** Artifacts that lost a reference, and when. */
  readonly released = new Map<ArtifactId, number>();
  /** Sizes that were set, and that were taken back. */
  readonly pools = new Map<string, PoolRow>();
  /** By name, when their token buckets are full again. */
  readonly rates = new Map<string, number>();
  /** Schedules, triggers and backfills. */
  readonly time = new TimeShelf();
  /** Secrets and variables, also those that were removed. */
  readonly vault = new Map<string, VaultRow>();
  /** Users by name, credentials by hash, guesses by account. */
  readonly people = {
    users: new Map<string, UserRow>(),
    credentials: new Map<string, CredentialRow>(),
    guesses: new Map<string, GuessesRow>(),
  };
  /** What is remembered of alerts, and deliveries by id. */
  readonly alerts = {
    state: undefined as VersionedAlertState | undefined,
    deliveries: new Map<string, AlertDelivery>(),
  };
  /** Who changed what, the oldest first. */
  readonly audit: AuditRow[] = [];
  activeVersion: VersionId | undefined;
  lastAttempt = 0;
  readonly #keys = new Map<string, RunId>();
  #epoch = 0;
  #places = 0;
  #lease: Lease | undefined;

  /** @param now the database's clock, in milliseconds. */
  constructor(now: () => number) {
    this.now = now;
  }

  /** Undefined while another session's lease lasts. */
  acquire(session: object, holder: string, leaseMs: number): Epoch | undefined {
    if (this.lease !== undefined) return undefined;
    this.#epoch += 1;
    this.#lease = { session, holder, sinceMs: this.now(), untilMs: this.now() + leaseMs };
    return this.#epoch as Epoch;
  }

  /** False when the lease is another's by now. */
  renew(epoch: Epoch, leaseMs: number): boolean {
    if (this.#lease === undefined || this.#epoch !== epoch) return false;
    this.#lease.untilMs = this.now() + leaseMs;
    return true;
  }

  release(session: object, epoch: Epoch): void {
    if (this.#epoch === epoch && this.#lease?.session === session) this.#lease = undefined;
  }

  /** The lease that lasts now. */
  get lease(): Readonly<Lease & { epoch: Epoch }> | undefined {
    if (this.#lease === undefined || this.#lease.untilMs <= this.now()) return undefined;
    return { ...this.#lease, epoch: this.#epoch as Epoch };
  }

  endSession(session: object): void {
    if (this.#lease?.session === session) this.#lease = undefined;
  }

  /**
   * All or nothing. The fence is the epoch, held by whoever led last: a lease that is over and that nobody took still
   * lets its holder write.
   */
  commit(session: object, epoch: Epoch, changes: Changes): void {
    this.requireLeader(session, epoch);
    this.#refuseStrangers(changes);
    this.#refuseTwins(changes);
    for (const row of changes.runs) this.#writeRun(row);
    for (const row of changes.taskRuns) this.shelf(row.run).taskRuns.set(`${row.node}/${row.item}/${row.hook}`, row);
    for (const row of changes.attempts) {
      this.shelf(row.run).attempts.set(row.id, row);
      this.lastAttempt = Math.max(this.lastAttempt, row.id);
    }
    for (const { run, node, item, value } of changes.outputs) this.shelf(run).outputs.set(`${node}/${item}`, value);
    for (const event of changes.events) {
      const numbered = { ...event, seq: this.events.length + 1 };
      this.events.push(numbered);
      this.shelf(event.run).events.push(numbered);
    }
    for (const row of changes.reports) this.shelf(row.run).reports.push(row);
    for (const entry of changes.cacheEntries) this.cache.set(entry.key, entry);
    for (const pool of changes.pools) this.pools.set(pool.name, pool);
    for (const { name, fullAtMs } of changes.rates) this.rates.set(name, fullAtMs);
    this.time.write(changes);
    for (const answer of changes.answers) {
      const asked = this.commands.get(answer.id);
      if (asked !== undefined) asked.answer ??= answer;
    }
    this.#wake();
  }

  requireLeader(session: object, epoch: Epoch): void {
    if (this.#epoch === epoch && this.#lease?.session === session) return;
    throw new MillraceError("LEADERSHIP_LOST", `Epoch ${epoch} does not lead any more; nothing was written.`);
  }

  /** Takes a run out of everything that is read. */
  forget(shelf: RunShelf): void {
    this.runs.delete(shelf.row.id);
    if (shelf.row.idempotencyKey !== null) this.#keys.delete(shelf.row.idempotencyKey);
    this.forgotten.set(shelf.row.id, { shelf });
  }

  #refuseStrangers({ runs, taskRuns, attempts, outputs, events, reports }: Changes): void {
    const own = new Set(runs.map(({ id }) => id));
    for (const { run } of [...taskRuns, ...attempts, ...outputs, ...events, ...reports]) {
      if (!own.has(run) && !this.runs.has(run)) {
        throw new MillraceError("UNKNOWN_RUN", `There is no run ${run} to write to.`);
      }
    }
  }

  /** One run for one key, whoever asks how often. */
  #refuseTwins({ runs }: Changes): void {
    const keys = new Map<string, RunId>();
    for (const { id, idempotencyKey } of runs) {
      if (idempotencyKey === null) continue;
      const known = keys.get(idempotencyKey) ?? this.runOfKey(idempotencyKey);
      if (known !== undefined && known !== id) {
        throw new MillraceError("STORE_FAILED", `Run ${known} has the idempotency key ${idempotencyKey} already.`);
      }
      keys.set(idempotencyKey, id);
    }
  }

  #writeRun(row: RunRow): void {
    const known = this.runs.get(row.id);
    if (known !== undefined) known.row = row;
    else {
      this.#places += 1;
      const shelf = {
        place: this.#places,
        taskRuns: new Map(),
        attempts: new Map(),
        outputs: new Map(),
        events: [],
        reports: [],
      };
      this.runs.set(row.id, { row, ...shelf });
      if (row.idempotencyKey !== null) this.#keys.set(row.idempotencyKey, row.id);
    }
  }

  runOfKey(key: string): RunId | undefined {
    return this.#keys.get(key);
  }

  /** What is kept of a run that is there. */
  shelf(run: RunId): RunShelf {
    const shelf = this.runs.get(run);
    if (shelf === undefined) throw new MillraceError("UNKNOWN_RUN", `There is no run ${run}.`);
    return shelf;
  }

  /** One with a known id changes nothing. */
  insertCommand(command: StoredCommand): void {
    if (!this.commands.has(command.id)) this.commands.set(command.id, { command, answer: undefined });
    this.#wake();
  }

  watch(onChange: () => void): () => void {
    const own = (): void => onChange();
    this.#watchers.add(own);
    return () => this.#watchers.delete(own);
  }

  #wake(): void {
    for (const watcher of this.#watchers) {
      queueMicrotask(() => {
        if (this.#watchers.has(watcher)) watcher();
      });
    }
  }
}
