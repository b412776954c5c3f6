import type { Window } from "../attempt/order.ts";
import type { AttemptReport, DataReport, ReportAnswer, StoredValue, YieldUntil } from "../attempt/report.ts";
import type { BackfillRequest, BackfillRow } from "../backfill/backfill.ts";
import type { ErrorInfo } from "../errors/error-info.ts";
import type { MillraceError } from "../errors/millrace-error.ts";
import type { AttemptId, BackfillId, CommandId, Epoch, ItemPath, RunId, VersionId } from "../ids.ts";
import type { PruneCounts, RetentionRule } from "../retention.ts";
import type { HookKind } from "../spec/flow-spec.ts";
import type { AttemptState } from "../states/attempt.ts";
import type { RunClass, RunState } from "../states/run.ts";
import type { TaskRunState } from "../states/task-run.ts";
import type { RunSlice } from "../time/partitions-spec.ts";
import type { TickOutcome, TickRow, TriggerKind, TriggerRow } from "../triggers/trigger-rows.ts";
import type { EncodedText } from "../value/encoded.ts";
import type { Alerts } from "./alerts.ts";
import type { AuditTrail } from "./audit.ts";
import type { VersionManifest } from "./definitions.ts";
import type { Limits, PoolRow, RateRow } from "./limits.ts";
import type { PeopleStore } from "./people.ts";
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

/** Written whole each time it changes (upsert by id). */
export interface RunRow {
  readonly id: RunId;
  readonly flow: string;
  readonly version: VersionId;
  readonly state: RunState;
  readonly params: EncodedText;
  readonly window: Window;
  /** The tick for which it was made; null where no schedule speaks of it. */
  readonly scheduledAtMs: number | null;
  /** What it covers of a partitioned flow, else null. */
  readonly slice: RunSlice | null;
  /** The backfill it belongs to; a rerun of such a run belongs to it too. */
  readonly backfill: BackfillId | null;
  readonly trigger: RunTrigger;
  /** Node ids that run; the others are there as reused or not at all. Null: the whole flow. */
  readonly selection: readonly string[] | null;
  readonly idempotencyKey: string | null;
  readonly concurrencyKey: string | null;
  /** What the key functions of its tasks' limits gave, in their order; null where the flow has none. */
  readonly taskKeys: readonly string[] | null;
  readonly class: RunClass;
  readonly rerunOf: RunId | null;
  /** Its own id unless it is a rerun. */
  readonly rootRun: RunId;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Why it failed or was cancelled, where that is not a task's error. */
  readonly error: ErrorInfo | null;
  /** False while the run or a hook of it still has work to do. */
  readonly settled: boolean;
  readonly cancelRequested: boolean;
}

export type RunTrigger =
  | { readonly kind: "manual"; readonly actor: string }
  | {
      readonly kind: "rerun";
      readonly actor: string;
      /** It was made by a mark. */
      readonly mark?: RunMark;
    }
  | { readonly kind: "flow_run"; readonly run: RunId; readonly node: number; readonly item: ItemPath }
  | { readonly kind: "schedule"; readonly schedule: string; readonly atMs: number }
  | { readonly kind: "backfill"; readonly backfill: BackfillId }
  | {
      readonly kind: "event";
      readonly source: Exclude<TriggerKind, "schedule">;
      readonly trigger: string;
      /** What makes the event unique within its trigger. */
      readonly key: string;
    };

/** What somebody said of tasks of a run that had ended; the run that this made has them so. */
export interface RunMark {
  readonly as: MarkState;
  /** Labels, as people write them: `airport[3]/load`. */
  readonly tasks: readonly string[];
  readonly reason: string | null;
}

/** How a task run can be marked. */
export type MarkState = "success" | "failed" | "skipped";

/** Written whole each time it changes (upsert by run, node, item, hook). A pending task run has no row. */
export interface TaskRunRow {
  readonly run: RunId;
  /** -1 for hooks of the flow. */
  readonly node: number;
  readonly item: ItemPath;
  /** "" for the task run itself; else the hook's kind, with a number for each firing of `retry`: `retry:2`. */
  readonly hook: "" | HookKind | `retry:${number}`;
  readonly state: TaskRunState;
  /** Attempts that count for retries. */
  readonly tries: number;
  /** Deaths of its own process. */
  readonly crashes: number;
  readonly resumes: number;
  readonly readyAtMs: number | null;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** In `retry_wait` and `deferred`: when it goes on, or null while it waits for an event. */
  readonly resumeAtMs: number | null;
  readonly carry: EncodedText | null;
  readonly waitsFor: YieldUntil | null;
  /** The run that `waitsFor` made. */
  readonly childRun: RunId | null;
  readonly cached: boolean;
  readonly reusedFrom: RunId | null;
  readonly error: ErrorInfo | null;
  /** Of a map: how many items; of anything else null. */
  readonly itemCount: number | null;
  /** Of a branch: the arm taken. */
  readonly arm: string | null;
}

/** Written whole when it starts and when it ends (upsert by id). */
export interface AttemptRow {
  readonly id: AttemptId;
  readonly run: RunId;
  readonly node: number;
  readonly item: ItemPath;
  readonly hook: TaskRunRow["hook"];
  readonly number: number;
  readonly state: AttemptState;
  readonly epoch: Epoch;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly error: ErrorInfo | null;
}

export interface OutputRow {
  readonly run: RunId;
  readonly node: number;
  readonly item: ItemPath;
  readonly value: StoredValue;
}

/** One line of a run's timeline. `seq` is given by the store, in the leader's transactions only. */
export interface EventRow {
  readonly run: RunId;
  readonly atMs: number;
  readonly type: EventType;
  /** -1 for events of the run as a whole. */
  readonly node: number;
  readonly item: ItemPath;
  readonly attempt: AttemptId | null;
  /** JSON, small. */
  readonly data: string | null;
}

export type EventType =
  | "run.queued"
  | "run.started"
  | "run.cancelling"
  | "run.finished"
  | "task.started"
  | "task.retrying"
  | "task.deferred"
  | "task.resumed"
  | "task.expanded"
  | "task.finished"
  | "hook.finished"
  | "data.reported";

export interface ReportRow {
  readonly run: RunId;
  readonly node: number;
  readonly item: ItemPath;
  readonly attempt: AttemptId;
  readonly atMs: number;
  readonly data: DataReport;
}

export interface CacheEntry {
  readonly key: string;
  readonly value: StoredValue;
  readonly run: RunId;
  readonly createdAtMs: number;
}

export interface StoredCommand {
  readonly id: CommandId;
  readonly actor: string;
  readonly createdAtMs: number;
  readonly command: Command;
}

/** What people and programs may ask of the leader. */
export type Command =
  | {
      readonly kind: "request_run";
      readonly flow: string;
      readonly params: EncodedText;
      /** Null: that of its slice, else the newest complete one of the flow's schedule, else empty at the time it is made. */
      readonly window: Window | null;
      /** Of a partitioned flow. Defaults to the newest slice that is complete. */
      readonly slice?: RunSlice;
      /** Null: the active version when the command is applied. */
      readonly version: VersionId | null;
      readonly selection: RunSelection | null;
      readonly idempotencyKey: string | null;
      /** Defaults to live. */
      readonly class?: RunClass;
    }
  | { readonly kind: "cancel_run"; readonly run: RunId }
  | {
      readonly kind: "rerun";
      readonly run: RunId;
      readonly selection: RerunSelection;
      /** Null: the active version; `same`: the version of the run. */
      readonly version: VersionId | "same" | null;
    }
  /**
   * A person says how tasks of a run that has ended are to count. It makes a run in which they stand so, all after them is
   * decided anew, and the rest is as it was.
   */
  | {
      readonly kind: "mark";
      readonly run: RunId;
      readonly tasks: readonly string[];
      readonly as: MarkState;
      readonly reason: string | null;
    }
  /** Gives a pool its size; one that is not there is made. It counts from now on, before what the configuration says. */
  | { readonly kind: "set_pool"; readonly pool: string; readonly slots: number; readonly description: string | null }
  /** Takes a size back that was set: the pool is as the configuration says, or is no more. */
  | { readonly kind: "delete_pool"; readonly pool: string }
  /** What an attempt said that runs with a server that does not lead: it was started there when that server did. */
  | { readonly kind: "report_attempt"; readonly report: AttemptReport }
  /** The active version may be another: schedules and triggers are read anew. */
  | { readonly kind: "sync_triggers" }
  /** Nothing is made by a schedule or trigger of a flow until it is resumed; null for all of the flow's. */
  | {
      readonly kind: "pause_trigger";
      readonly flow: string;
      readonly trigger: string | null;
      readonly reason: string | null;
    }
  | { readonly kind: "resume_trigger"; readonly flow: string; readonly trigger: string | null }
  /** Something happened outside: the one door of events. The same key twice is one event. */
  | {
      readonly kind: "fire_trigger";
      readonly flow: string;
      readonly trigger: string;
      readonly key: string;
      readonly payload: EncodedText;
    }
  | { readonly kind: "create_backfill"; readonly request: BackfillRequest }
  | { readonly kind: "change_backfill"; readonly backfill: BackfillId; readonly change: BackfillChange }
  /** How many runs of a backfill are under way at once, from now on. */
  | { readonly kind: "set_backfill"; readonly backfill: BackfillId; readonly maxActiveRuns: number }
  | {
      readonly kind: "change_partitions";
      readonly name: string;
      readonly add: readonly string[];
      readonly remove: readonly string[];
    }
  /** A person decides what an approval task waits for. */
  | {
      readonly kind: "decide_approval";
      readonly run: RunId;
      readonly node: number;
      readonly item: ItemPath;
      readonly decision: "approved" | "rejected";
      readonly comment: string | null;
    }
  /** Forgets runs now, those of one flow or of all; with null as its rule, by the project's own. */
  | { readonly kind: "prune"; readonly flow: string | null; readonly rule: RetentionRule | null };

export type BackfillChange = "pause" | "resume" | "cancel" | "retry_failed";

/** Which nodes of a first run take part. Ids are of top-level nodes or groups. */
export type RunSelection =
  | { readonly kind: "only"; readonly nodes: readonly string[] }
  | { readonly kind: "from"; readonly nodes: readonly string[] };

/** What a rerun repeats. Tasks are named by their ids, groups by their prefix, items of maps as `airport[3]`. */
export type RerunSelection =
  | { readonly kind: "all" }
  | { readonly kind: "failed" }
  | { readonly kind: "tasks"; readonly nodes: readonly string[]; readonly downstream: boolean };

export type CommandAnswer =
  | {
      readonly id: CommandId;
      readonly ok: true;
      readonly run: RunId;
      /** Of `report_attempt`: what is said to whoever runs the attempt. */
      readonly attempt?: ReportAnswer;
      /** Of `fire_trigger`: what became of the event. */
      readonly event?: EventAnswer;
    }
  /** Of commands that are about no single run. */
  | {
      readonly id: CommandId;
      readonly ok: true;
      readonly run: null;
      /** Of `create_backfill`, `change_backfill` and `set_backfill`. */
      readonly backfill?: BackfillId;
      /** Of `prune`: what was forgotten. */
      readonly pruned?: PruneCounts;
      /** Of `fire_trigger`, where the event made no run: what became of it. */
      readonly event?: EventAnswer;
    }
  | { readonly id: CommandId; readonly ok: false; readonly error: ErrorInfo };

export interface EventAnswer {
  readonly outcome: TickOutcome;
  /** For people: why it made no run of its own. */
  readonly reason: string | null;
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

/** Reading the past: pages for people and programs. Never called from the engine's loop. */
export interface History {
  findRun(idOrPrefix: string): Promise<RunRow | undefined>;
  listRuns(filter: RunFilter): Promise<readonly RunRow[]>;
  /** For each flow that has runs, by name, its newest ones, the newest first. */
  listNewestRuns(each: number): Promise<readonly NewestRuns[]>;
  /** Those of a page, in the order of their places; without one all that the run has. */
  listTaskRuns(run: RunId, page?: TaskRunPage): Promise<readonly TaskRunRow[]>;
  /** What people are asked, over all runs: what waits for a decision, or what was decided. The newest run first. */
  listAsked(page: AskedPage): Promise<readonly TaskRunRow[]>;
  /** For each of the runs, its nodes by state: enough to draw many runs of many tasks. */
  listNodeStates(runs: readonly RunId[]): Promise<readonly NodesByState[]>;
  /** A task run, and its hooks. */
  listTaskRunsAt(run: RunId, node: number, item: ItemPath): Promise<readonly TaskRunRow[]>;
  /** Those of one task run and of its hooks, in the order in which they were made. */
  listAttemptsAt(run: RunId, node: number, item: ItemPath): Promise<readonly AttemptRow[]>;
  /** How long a task took in the newest runs of a flow, one row for each run, the newest first. */
  listTaskTimes(page: TaskTimePage): Promise<readonly TaskTimeRow[]>;
  /** In the order in which they were made. */
  listAttempts(run: RunId, page?: AttemptPage): Promise<readonly AttemptRow[]>;
  listReports(run: RunId, page?: ReportPage): Promise<readonly ReportRow[]>;
  /** Events of a run (or of all, with null) with `seq` greater than `after`, oldest first. */
  listEvents(
    run: RunId | null,
    after: number,
    limit: number,
  ): Promise<readonly (EventRow & { readonly seq: number })[]>;
  /**
   * How the runs of a flow went over a stretch of time, added up. Of runs that stand for the same only the newest counts: what
   * failed and was run again is no failure any more.
   */
  tallyRuns(flow: string, over: TallyRange): Promise<readonly RunTally[]>;
  /** The largest `seq` given so far, 0 when there is none: where somebody starts who follows from now on. */
  lastEventSeq(): Promise<number>;
}

/** What can be told at a glance of how a flow does. */
export interface NewestRuns {
  readonly flow: string;
  readonly runs: readonly Pick<RunRow, "id" | "state" | "createdAtMs" | "startedAtMs" | "endedAtMs">[];
}

/**
 * The nodes of a run by state, without hooks and without nodes that have not begun. One that has many items is in the state
 * of the item that needs somebody most.
 */
export type NodesByState = Readonly<Partial<Record<TaskRunState, readonly number[]>>>;

export interface TallyRange {
  /**
   * `window`: by what runs stand for in time, and those that stand for nothing are left out. `made`: by when they were made.
   * `others`: the same, and only those that stand for nothing.
   */
  readonly by: "window" | "made" | "others";
  readonly fromMs: number;
  readonly toMs: number;
  /** Runs whose instants lie in the same stretch of so many milliseconds are added up. */
  readonly bucketMs: number;
}

/** Runs of one state that begin in one stretch of time and end in one. */
export interface RunTally {
  /** Where the stretches begin in which they begin and end; the same where a run has no length. */
  readonly startMs: number;
  readonly endMs: number;
  readonly state: RunState;
  /** What they stand for: windows or keys, or families of runs. */
  readonly count: number;
  /** With the earlier ones that they took the place of. */
  readonly runs: number;
}

/** Where a task run stands in its run: what makes it unique there. */
export type TaskRunPlace = Pick<TaskRunRow, "node" | "item" | "hook">;

export interface TaskRunPage {
  readonly states?: readonly TaskRunState[];
  /** Only task runs behind this place, by node, then item, then hook: the cursor of the next page. */
  readonly after?: TaskRunPlace;
  readonly limit: number;
}

export interface AskedPage {
  readonly which: "waiting" | "decided";
  /** Only task runs before this one: the cursor of the next page. */
  readonly before?: Pick<TaskRunRow, "run" | "node" | "item">;
  readonly limit: number;
}

export interface TaskTimePage {
  /** This run of the flow, and those made before it. */
  readonly flow: string;
  readonly run: RunId;
  readonly node: number;
  readonly item: ItemPath;
  readonly limit: number;
}

/** A run, and what became of a task in it; the node may be another task where the version is another one. */
export interface TaskTimeRow extends Pick<RunRow, "version" | "createdAtMs"> {
  readonly run: RunId;
  /** Null where the task has no task run. */
  readonly taskRun: Pick<
    TaskRunRow,
    "state" | "tries" | "readyAtMs" | "startedAtMs" | "endedAtMs" | "cached" | "reusedFrom"
  > | null;
}

export interface AttemptPage {
  /** Only attempts made after this one: the cursor of the next page. */
  readonly after?: AttemptId;
  readonly limit: number;
}

export interface ReportPage {
  /** How many of the first reports are left out. Reports are only ever added, so a place stays the same. */
  readonly skip?: number;
  readonly limit: number;
}

export interface RunFilter {
  readonly flow?: string;
  readonly states?: readonly RunState[];
  /** Only runs made before this one: the cursor of the next page. */
  readonly before?: RunId;
  readonly limit: number;
}
