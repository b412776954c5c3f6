import type {
  AttemptId,
  AttemptPlace,
  BackfillId,
  Command,
  CommandAnswer,
  CommandId,
  CurrentLeader,
  EventRow,
  ItemPath,
  KnownServer,
  MillraceError,
  RatePolicy,
  RunClass,
  RunId,
  RunRow,
  Store,
  VaultKind,
  VersionId,
  VersionManifest,
  WorkerLabels,
  WorkerRow,
} from "@millrace/core";
import type { ForecastTick } from "@millrace/core/time";
import type { Repeat, RepeatPlan, RetryPlan, RunningAttempt, ScheduleOutlook } from "@millrace/engine";
import type { LogStore } from "@millrace/executors";
import type { RemoteWorkerNews, RemoteWorkers } from "@millrace/executors/remote";
import type { AlertDesk } from "../alerts/alert-desk.ts";
import type { AlertNews } from "../alerts/alert-service.ts";
import type { LeadershipNews } from "../leadership/candidate.ts";
import type { Project } from "../project/project.ts";
import type { AttemptTokens } from "../security/attempt-tokens.ts";
import type { ProjectAudit } from "../security/audit/project-audit.ts";
import type { BuildResult } from "../versions/build-result.ts";
import type { Diagnostic } from "../versions/diagnostic.ts";
import type { TriedTrigger, TriggerTry } from "./try-trigger.ts";

/** How to open a project for work. */
export interface RuntimeOptions {
  /** The project's folder, or any folder inside it. */
  readonly projectDir: string;
  /**
   * `build`: bring the active version up to date with the working folder first. `stored`: take the active version as it
   * is (`resume`, `retry`, `cancel`). Defaults to `build`.
   */
  readonly versions?: "build" | "stored";
  /**
   * `auto`: lead when nobody does. `reader`: never lead and start no process; for commands that only look, or that
   * only leave a command behind. Defaults to `auto`.
   */
  readonly role?: "auto" | "reader";
  /**
   * `command`: this process leads only when no server is there, and on a local database a failure of it ends the process.
   * `server`: it stays, and outlives its database. Defaults to `command`.
   */
  readonly kind?: "command" | "server";
  /**
   * Attempts at once in this process's own children; 0 for none, where workers elsewhere do the work. Defaults to the
   * configuration's `workers`, else to the executor's own default.
   */
  readonly workers?: number;
  /** What this server is, for tasks that ask for labels. A command runs whatever they ask for. Defaults to none. */
  readonly labels?: WorkerLabels;
  /** Told what becomes of this process and its database, also while it is opened. Must not throw. */
  readonly onNews?: (news: RuntimeNews) => void;
  /** Who asks, for the record. Defaults to the operating system's user. */
  readonly actor?: string;
}

/**
 * A project at work: store, versions, executor and engine, put together. One process leads and runs the work; another
 * one is a guest, which sends commands through the store, follows what happens there, and takes over when the leader
 * has gone.
 */
export interface Runtime {
  readonly project: Project;
  /**
   * Changes from `guest` to `leader` when this process takes over, and back when it loses the lead. A reader stays
   * `reader`.
   */
  readonly role: "leader" | "guest" | "reader";
  readonly store: Store;
  /** The record of who changed what. */
  readonly audit: ProjectAudit;
  /** With which attempts read the API. */
  readonly attemptTokens: AttemptTokens;
  /** Workers in processes of their own; null while this process does not lead, or takes none. */
  readonly remoteWorkers: RemoteWorkers | null;
  /** What attempts wrote: for `logs`, and for the last lines of a failed task. */
  readonly logs: LogStore;
  /** What building gave when the project was opened; null with `versions: "stored"`. */
  readonly build: BuildResult | null;
  /**
   * Brings the active version up to date with the working folder again. With an error in any flow file, the version stays
   * as it is, and none is given. What the configuration says beside its flows (pools, workers, retention) counts from the
   * next opening. One at a time.
   */
  rebuild(): Promise<BuildResult>;
  /** What the last build found wrong; nothing where this process builds none. */
  readonly diagnostics: readonly Diagnostic[];
  /** Calls back when a build has made another version the active one, or has found something else wrong. Returns what ends it. */
  onBuild(listener: () => void): () => void;
  /** What a stored version says about its flows. Reads no more of it than that. Throws `UNKNOWN_VERSION`. */
  flows(version: VersionId): Promise<VersionManifest>;
  /**
   * What a task run gave, decoded; with node -1, what the flow returned. Undefined when there is nothing: it has not ended
   * well, or gave `undefined`. Large values are read whole.
   */
  readOutput(run: RunId, node: number, item: ItemPath): Promise<{ readonly value: unknown } | undefined>;
  /** When a secret or a variable was read last, in milliseconds since the epoch: by what this process runs, since it began. */
  vaultReadMs(kind: VaultKind, name: string): number | null;
  /** The next ticks of a schedule whose author's function tells them. */
  customTicks(asked: CustomTicks): Promise<readonly ForecastTick[]>;
  /** What a trigger would make runs of. Makes none, and keeps nothing. */
  tryTrigger(tried: TriggerTry): Promise<TriedTrigger>;
  /** Asks something of the leader, whoever that is. Resolves when it is durable and answered. */
  submit(command: Command, options?: SubmitOptions): Promise<CommandAnswer>;
  /**
   * Runs that others left to this process: unfinished when it began, though they may have ended since. With them those
   * that were asked for and not made yet, once they are made: who is killed may leave a request behind. Never resolves for
   * a reader while nobody leads and something is asked for.
   */
  inheritedRuns(): Promise<readonly RunId[]>;
  /** Calls back with events of all runs from now on, in order, each once, after they are durable. Returns what ends it. */
  onEvents(listener: (events: readonly EventRow[]) => void): () => void;
  /** Resolves when the run is final and its hooks are done. Throws `UNKNOWN_RUN`. */
  whenSettled(run: RunId): Promise<RunRow>;
  /** For each unfinished task run, what it waits for. Asked of the leader's memory, or computed from the store. */
  why(run: RunId): Promise<readonly WhyWaiting[]>;
  /** What runs now, and where: the leader knows. Null where this process does not lead. */
  running(): readonly RunningAttempt[] | null;
  /** Where an attempt is that has not ended: the leader knows. */
  placeOf(attempt: AttemptId): AttemptPlace | undefined;
  /** What a rerun or a mark would do. Throws what it would be refused with. @param actor defaults to the runtime's own. */
  planRepeat(command: Repeat, actor?: string): Promise<RepeatPlan>;
  /**
   * What retrying a backfill would do. Throws what it would be refused with.
   *
   * @param most how many of its runs are looked at, task by task.
   * @param actor defaults to the runtime's own.
   */
  planRetry(backfill: BackfillId, most: number, actor?: string): Promise<RetryPlan>;
  /** Who is told of what, and what became of it. */
  readonly alerts: AlertDesk;
  /** Rejects when this process can go on no longer. Never resolves. */
  readonly failed: Promise<never>;
  /** Who leads, and which processes are there to lead. */
  servers(): Promise<ServerOverview>;
  /**
   * Leaves in good order: the lead is free at once, and attempts that run here are seen to their end for up to `drainMs`
   * milliseconds, then cancelled and tried again elsewhere at no cost. `stop` is still to come.
   */
  handOver(drainMs: number): Promise<void>;
  /** Pools, with who holds slots and who waits for them. @param waiters how many of each line to name. */
  pools(waiters: number): Promise<readonly PoolOverview[]>;
  /** Stops all work in an orderly way; unfinished runs stay in the store and go on later. Twice is fine. */
  stop(): Promise<void>;
}

/** Which ticks of a custom schedule. */
export interface CustomTicks {
  readonly version: VersionId;
  readonly flow: string;
  readonly schedule: string;
  readonly fromMs: number;
  readonly count: number;
}

export interface SubmitOptions {
  /** The same id twice is one command. Defaults to a new one. */
  readonly id?: CommandId;
  /** Who asks, for the record. Defaults to the runtime's own actor. */
  readonly actor?: string;
  /** Gives up waiting for the answer (the command stays). */
  readonly signal?: AbortSignal;
  /** Whoever asks puts it into the audit, or it is no act of a person. Defaults to false: it is recorded as a command's. */
  readonly isRecordedElsewhere?: boolean;
}

/** A pool, with those who hold its slots and those who wait for them. */
export interface PoolOverview {
  readonly name: string;
  readonly slots: number;
  readonly used: number;
  readonly description: string | null;
  /** `set`: by a command. `config`: by the configuration. `claimed`: by nobody; a task names it. */
  readonly source: "set" | "config" | "claimed";
  /** How often those who take slots of it may start, all together. */
  readonly rate: RatePolicy | null;
  readonly holders: readonly SlotUse[];
  /** How many wait in all. */
  readonly waiting: number;
  /** The first in line first. */
  readonly waiters: readonly SlotUse[];
}

/** A task run that holds slots of a pool, or wants to. */
export interface SlotUse {
  readonly run: string;
  readonly flow: string;
  /** As people write it: `airport[3]/load`. */
  readonly task: string;
  readonly slots: number;
  readonly class: RunClass;
  readonly priority: number;
  /** Since when it holds them, or waits. */
  readonly sinceMs: number;
  /** Why it waits, in a sentence; null of one that holds slots. */
  readonly reason: string | null;
}

/** Why one task run is not running. */
export interface WhyWaiting {
  /** The task run as people write it: `airport[3]/load`. */
  readonly label: string;
  readonly state: string;
  /** One sentence. */
  readonly reason: string;
}

export type RuntimeNews =
  | LeadershipNews
  /** A worker in a process of its own came, or went. */
  | ({ readonly kind: "worker" } & RemoteWorkerNews)
  | AlertNews
  /** This process makes the runs of so many schedules; told when it begins to, and when another version is active. */
  | { readonly kind: "scheduling"; readonly outlook: ScheduleOutlook }
  /** The database fails, and is tried again until, with null, it works. */
  | { readonly kind: "trouble"; readonly error: MillraceError | null };

/** The servers of a project, and commands that may lead as well. */
export interface ServerOverview {
  readonly leader: CurrentLeader | null;
  /** Workers in processes of their own, as the leader has written them down. */
  readonly workers: readonly WorkerRow[];
  readonly servers: readonly (KnownServer & {
    /** Whether the process is there, as far as can be seen from this machine. */
    readonly isThere: boolean;
  })[];
}
