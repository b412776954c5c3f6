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
import type { Act } from "../act.ts";
import { type AlertAccess, StoreAlerts } from "../alerts.ts";
import { StoreAudit } from "../audit.ts";
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
import { findOutput, listOutputsOfNode } from "../tables/output.ts";
import {
  findNewestRerun,
  findRun,
  findRunByIdempotencyKey,
  findRunNumber,
  listUnsettledRuns,
  runFromColumns,
} from "../tables/run.ts";
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
import { CommitWriter, leadershipLost } from "./commit.ts";
import { holdLease } from "./commit-statement.ts";
import type { Connector } from "./connector.ts";
import { dropEmptyPartition, makeEventPartitions } from "./event-partitions.ts";
import { Hints, NOTIFY, type Topic } from "./hints.ts";
import { PostgresHistory } from "./history.ts";
import { Lease } from "./lease.ts";
import { type CountersRow, findCounters, findLease } from "./lease-statements.ts";
import { Reader } from "./reader.ts";
import { RunNumbers } from "./run-numbers.ts";
import { PostgresServers } from "./servers.ts";
import { all, get, type Queries, run } from "./statement.ts";
import { storeStatus } from "./store-status.ts";
import { PostgresUpkeep } from "./upkeep.ts";

/** How long the leader's commits gather before others hear of them, in milliseconds. */
const TELL_MS = 20;

/** The store on a schema of a PostgreSQL database. */
export class PostgresStore implements Store {
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
  readonly #place: string;
  readonly #numbers = new RunNumbers();
  readonly #closing = new AbortController();
  readonly #writer: CommitWriter;
  /** For opening; not of the port. */
  readonly reader: Reader;
  readonly #hints: Hints;
  readonly #lease: Lease;
  /** Until then another leads, as far as is known: nobody has to ask. */
  #takenUntil = 0;
  #tellLater: NodeJS.Timeout | undefined;

  constructor(connector: Connector) {
    this.#place = connector.place;
    const { signal } = this.#closing;
    this.#writer = new CommitWriter(connector, this.#numbers, signal);
    this.reader = new Reader(connector, signal, () => this.#writer.settled());
    this.#hints = new Hints(connector, () => {
      this.#takenUntil = 0;
    });
    this.#lease = new Lease({
      connector,
      writer: this.#writer,
      released: this.#hints.about("release"),
      signal,
      lookAfter: () => makeEventPartitions(this.reader),
    });
    this.history = new PostgresHistory(this.reader);
    this.sources = new StoreSources((act, given) => this.reader.run((queries) => all(queries, act, given)));
    this.limits = new StoreLimits((act, given) => this.reader.run((queries) => all(queries, act, given)));
    this.triggers = new StoreTriggers((act, given) => this.reader.run((queries) => all(queries, act, given)));
    const access: AlertAccess = {
      read: (act, given) => this.reader.run((queries) => all(queries, act, given)),
      write: (act, given) => this.reader.run((queries) => all(queries, act, given)),
      writeIf: (first, others) =>
        this.reader.transaction(async (queries) => {
          if ((await all(queries, first.act, first.given)).length === 0) return false;
          for (const { act, given } of others) await all(queries, act, given);
          return true;
        }),
    };
    this.vault = new StoreVault(access);
    this.people = new StorePeople(access);
    this.audit = new StoreAudit(access);
    this.alerts = new StoreAlerts(access);
    this.servers = new PostgresServers(this.reader);
    this.upkeep = new PostgresUpkeep({
      read: (work) => this.reader.run(work),
      write: (work) => this.reader.transaction(work),
      writeAsLeader: (epoch, work) => this.#writeAsLeader(epoch, work),
      compact: () => dropEmptyPartition(this.reader),
      status: () => this.reader.run((queries) => storeStatus(queries, connector.place)),
    });
  }

  async lead(holder: string): Promise<Leadership | undefined> {
    if (this.#hints.hears && performance.now() < this.#takenUntil) return undefined;
    const leadership = await this.#lease.take(holder);
    if (leadership !== undefined) return leadership;
    const leader = await this.findLeader();
    this.#takenUntil = performance.now() + (leader?.leftMs ?? 0);
    return undefined;
  }

  async findLeader(): Promise<CurrentLeader | undefined> {
    const [row] = await this.reader.run((queries) => queries.query<LeaseRow>(findLease, []));
    if (row === undefined || row.left_ms <= 0) return undefined;
    const { epoch, holder, acquired_at: sinceMs, left_ms: leftMs } = row;
    return { epoch, holder: holder ?? "", sinceMs: sinceMs ?? 0, leftMs };
  }

  async commit(epoch: Epoch, changes: Changes): Promise<void> {
    try {
      await this.#writer.commit(epoch, changes);
    } catch (error) {
      const { held } = this.#lease;
      if (held?.epoch === epoch && (error as Partial<MillraceError>).code === "LEADERSHIP_LOST") held.refused();
      throw error;
    }
    this.#tellLater ??= setTimeout(() => {
      this.#tellLater = undefined;
      this.#tell("commit");
    }, TELL_MS);
  }

  async pendingCommands(limit: number): Promise<readonly StoredCommand[]> {
    return this.reader.run(async (queries) =>
      (await all(queries, listPendingCommands, { limit })).map(commandFromColumns),
    );
  }

  async insertCommand({ id, actor, createdAtMs, command }: StoredCommand): Promise<void> {
    const row = { id, actor, created_at: createdAtMs, command: JSON.stringify(command) };
    await this.reader.run((queries) => all(queries, submitCommand, row));
    this.#tell("command");
    this.#hints.wake();
  }

  async findAnswer(id: CommandId): Promise<CommandAnswer | undefined> {
    const row = await this.#get(findAnswer, { id });
    return row === undefined || row.answer === null ? undefined : fromJson<CommandAnswer>(row.answer);
  }

  watch(onChange: () => void): () => void {
    return this.#hints.add(onChange);
  }

  async unfinishedRuns(): Promise<readonly RunId[]> {
    return this.reader.run(async (queries) =>
      (await all(queries, listUnsettledRuns, {})).map((row) => row.id as RunId),
    );
  }

  async loadRun(run: RunId): Promise<LoadedRun> {
    return this.reader.run(async (queries) => {
      const row = await get(queries, findRun, { id: run });
      if (row === undefined) throw new MillraceError("UNKNOWN_RUN", `There is no run ${run}.`);
      const [live, taskRuns, numbers] = await Promise.all([
        all(queries, listLiveAttempts, { run: row.num }),
        all(queries, listTaskRuns, { run: row.num }),
        all(queries, listAttemptNumbers, { run: row.num }),
      ]);
      return {
        run: runFromColumns(row),
        taskRuns: taskRuns.map((taskRun) => taskRunFromColumns(run, taskRun)),
        liveAttempts: live.map((attempt) => attemptFromColumns(run, attempt)),
        lastAttempts: lastAttemptsOf(numbers),
      };
    });
  }

  async findAttempt(run: RunId, attempt: AttemptId): Promise<AttemptRow | undefined> {
    return this.reader.run(async (queries) => {
      const row = await get(queries, findAttempt, { run: await this.#numberOf(queries, run), id: attempt });
      return row === undefined ? undefined : attemptFromColumns(run, row);
    });
  }

  async findOutput(run: RunId, node: number, item: ItemPath): Promise<StoredValue | undefined> {
    return this.reader.run(async (queries) => {
      const row = await get(queries, findOutput, { run: await this.#numberOf(queries, run), node, item });
      return row === undefined ? undefined : valueFromColumns(row);
    });
  }

  async findOutputs(run: RunId, node: number): Promise<readonly (readonly [ItemPath, StoredValue])[]> {
    return this.reader.run(async (queries) => {
      const rows = await all(queries, listOutputsOfNode, { run: await this.#numberOf(queries, run), node });
      return rows.map((row) => [row.item as ItemPath, valueFromColumns(row)] as const);
    });
  }

  async findCacheEntry(key: string): Promise<CacheEntry | undefined> {
    const row = await this.#get(findCacheEntry, { key });
    return row === undefined ? undefined : cacheEntryFromColumns(row);
  }

  async findRunByIdempotencyKey(key: string): Promise<RunId | undefined> {
    return (await this.#get(findRunByIdempotencyKey, { key }))?.id as RunId | undefined;
  }

  async newestOfFamily(rootRun: RunId): Promise<RunRow | undefined> {
    return this.reader.run(async (queries) => {
      const row =
        (await get(queries, findNewestRerun, { root: rootRun })) ?? (await get(queries, findRun, { id: rootRun }));
      return row === undefined ? undefined : runFromColumns(row);
    });
  }

  async lastAttemptId(): Promise<number> {
    const [row] = await this.reader.run((queries) => queries.query<CountersRow>(findCounters, []));
    return row?.last_attempt ?? 0;
  }

  async saveVersion(version: StoredVersion, sources: readonly SavedSource[] = []): Promise<void> {
    await this.reader.transaction(async (queries) => {
      const isNew = (await run(queries, saveVersion, versionToColumns(version))) > 0;
      for (const { path, content } of isNew ? version.files : []) {
        await all(queries, saveVersionFile, { version: version.id, path, content });
      }
      const active = (await get(queries, findActiveVersion, {}))?.active_version ?? "";
      const known = sources.length === 0 ? [] : await all(queries, listVersionSources, { version: active });
      for (const text of textsOf(sources, known)) await all(queries, saveSource, text);
      for (const source of sources) await all(queries, saveVersionSource, sourceToColumns(version.id, source));
    });
  }

  async findVersion(id: VersionId): Promise<StoredVersion | undefined> {
    return this.reader.run(async (queries) => {
      const row = await get(queries, findVersion, { id });
      if (row === undefined) return undefined;
      const files = await all(queries, listVersionFiles, { version: id });
      return versionFromColumns(
        row,
        files.map(({ path, content }) => ({ path, content: new Uint8Array(content) })),
      );
    });
  }

  async activateVersion(id: VersionId, atMs: number): Promise<void> {
    await this.reader.transaction(async (queries) => {
      if ((await get(queries, findVersion, { id })) === undefined) {
        throw new MillraceError("UNKNOWN_VERSION", `There is no version ${id} to activate.`);
      }
      await all(queries, activateVersion, { id, at: atMs });
    });
  }

  async activeVersion(): Promise<VersionId | undefined> {
    const id = (await this.#get(findActiveVersion, {}))?.active_version ?? null;
    return id === null ? undefined : (id as VersionId);
  }

  /** Twice is fine. */
  async close(): Promise<void> {
    clearTimeout(this.#tellLater);
    await this.#lease.close();
    this.#closing.abort();
    await Promise.all([this.#writer.close(), this.#hints.close(), this.reader.close()]);
  }

  /** Other work of the leader, in a transaction of its own that refuses a stale epoch. */
  #writeAsLeader<T>(epoch: Epoch, work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.reader.transaction(async (queries) => {
      const held = await queries.query(holdLease, [epoch]);
      if (this.#lease.held?.epoch !== epoch || held.length === 0) throw leadershipLost(this.#place, epoch);
      return work(queries);
    });
  }

  #tell(topic: Topic): void {
    this.reader.tell(NOTIFY, this.#hints.about(topic));
  }

  #get<Args extends object, Row>(act: Act<Args, Row>, given: NoInfer<Args>): Promise<Row | undefined> {
    return this.reader.run((queries) => get(queries, act, given));
  }

  /** The number of a run, from memory if it is being written. 0, which no run has, when there is no such run. */
  async #numberOf(queries: Queries, run: RunId): Promise<number> {
    return this.#numbers.peek(run) ?? (await get(queries, findRunNumber, { id: run }))?.num ?? 0;
  }
}

interface LeaseRow {
  readonly epoch: Epoch;
  readonly holder: string | null;
  readonly acquired_at: number | null;
  readonly left_ms: number;
}
