import type { ErrorInfo, HookKind, ReportMetadata } from "@millrace/core";
import type { Connection } from "../kinds/connections/open-connections.ts";

/** What a task's handler gets beside its input. */
export interface TaskContext {
  /** The data interval that the run covers, `[start, end)`. Empty when start equals end. */
  readonly window: { readonly start: Date; readonly end: Date };
  /** The tick of a schedule for which the run was made; null of any other run. */
  readonly scheduledAt: Date | null;
  /** What the run covers of its flow's `partitions`; null where the flow has none. */
  readonly partition: TaskPartition | null;
  /** Writes to the attempt's log. `console` goes there too; this adds a level and fields. */
  readonly log: Logger;
  /** Aborted when the attempt is cancelled or times out: hand it to `fetch` and the like. */
  readonly signal: AbortSignal;
  /** The run's parameters, after the flow's schema. */
  readonly params: unknown;
  readonly attempt: {
    /**
     * Names the attempt, and grows with each attempt of the project: a fencing token for systems outside, where a late
     * write of an attempt that was given up must not replace what a later one wrote.
     */
    readonly id: number;
    /** Counts the tries at this task run, from 1. */
    readonly number: number;
    /** The largest number of tries. */
    readonly max: number;
  };
  readonly run: { readonly id: string; readonly flow: string };
  readonly task: {
    /** The node's id in its flow: `airport[]/load`. */
    readonly id: string;
    /** The same with the item's index: `airport[3]/load`. */
    readonly label: string;
    /** Where in nested maps the task run stands, `"3.1"`; empty outside any map. */
    readonly item: string;
    /** The position of the element in the innermost map, from 0; null outside any map. */
    readonly index: number | null;
  };
  /** Records facts about data; they are kept with the run. */
  readonly report: Reporter;
  /** What the attempt before handed over when it gave its worker back (`defer`); null on any other attempt. */
  readonly resumed: Resumed | null;
  /**
   * A connection that `millrace.config.ts` declares, opened when first used and closed when the attempt ends:
   * `await connection("shop").query("SELECT … WHERE id = :id", { id })`.
   *
   * @throws MillraceError `MISSING_CONNECTION` naming those there are.
   */
  readonly connection: (name: string) => Connection;
  /**
   * A secret of the project, as `millrace secret set` has stored it. It is masked in the task's log from then on.
   *
   * @throws MillraceError `MISSING_SECRET` when nobody has set it.
   */
  readonly secret: (name: string) => Promise<string>;
  /**
   * A variable of the project, as `millrace variable set` has stored it: for what differs between places and is no secret.
   *
   * @throws MillraceError `MISSING_VARIABLE` when nobody has set it.
   */
  readonly variable: (name: string) => Promise<string>;
  /**
   * A token with which this attempt reads its own flow over the API (`Authorization: Bearer …`): its runs, their tasks and
   * logs, and no more. It is masked in the task's log, and lets nobody in from the end of the attempt on: ask for it in each
   * attempt, and hand it to nobody who needs it later.
   *
   * @throws MillraceError `MISSING_SECRET` in tests, which have no API.
   */
  readonly apiToken: () => Promise<string>;
  /** The project's folder, absolute; relative paths of data files are best resolved against it. */
  readonly projectDir: string;
  /**
   * Where a file of the task's definition (`files`) is now: the copy that belongs to the run's version, absolute. Missing
   * in tests: then it is the project's own.
   *
   * @param path as in `files`, relative to the project's folder.
   */
  readonly file?: (path: string) => string;
  /**
   * For kinds that keep a process for later attempts of the same worker, such as a warm interpreter: it is left alone
   * when the attempt ends, and what it starts is not. To be called in each attempt that uses it. Missing in tests: then
   * nothing can be kept.
   *
   * @param pid its process id; it must end when its standard input does.
   */
  readonly keepProcess?: (pid: number) => void;
}

/** The partition of a run, or the several that it covers. */
export interface TaskPartition {
  /** The key: `2026-03-01`, `2026-03-01|eu`. Of a run that covers several: the first and the last, joined by `...`. */
  readonly key: string;
  /** The first key that the run covers, and the last; the same where it is one. */
  readonly from: string;
  readonly to: string;
  /** By dimension of a `product`, the key that all partitions of the run have in it. Empty for other partitions. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** All keys that the run covers, in order. */
  keys(): Promise<readonly string[]>;
}

/** Writes lines with a level to an attempt's log. Fields are values that are shown beside the text and searchable. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A line that a program started by the task has written, for kinds that start programs. Missing in tests. */
  output?(stream: "stdout" | "stderr", line: string): void;
}

/** A value with how to show it, or a plain value whose kind shows by itself. */
export type MetadataValue = ReportMetadata | string | number | boolean | null;

/** Records facts about data while a task runs. */
export interface Reporter {
  /** A table, file or other piece of data has been written. */
  materialization(report: {
    readonly asset: string;
    /** Tells one state of the data from another. Defaults to none. */
    readonly dataVersion?: string;
    /** Row counts, sizes, links. Defaults to none. */
    readonly metadata?: Readonly<Record<string, MetadataValue>>;
  }): void;
  /** Something about the data has been checked. */
  check(report: {
    readonly check: string;
    readonly passed: boolean;
    /** The data that was checked. Defaults to none. */
    readonly asset?: string;
    /** How bad it is when it did not pass. Defaults to `"error"`. */
    readonly severity?: "warn" | "error";
    /** What was found. Defaults to none. */
    readonly metadata?: Readonly<Record<string, MetadataValue>>;
  }): void;
  /** Anything else that is plain data. */
  custom(payload: unknown): void;
}

/** What a resumed attempt knows of the one before it. */
export interface Resumed {
  /** What `defer` was given to carry. */
  readonly carry: unknown;
  /** Counts the resumes of this task run, from 1. */
  readonly resumes: number;
  /** When the first attempt of this wait started. */
  readonly waitingSince: Date;
  /** The run that was waited for (`deferForRun`); null after other waits. */
  readonly run: {
    readonly id: string;
    readonly state: "success" | "failed" | "cancelled";
    readonly output: unknown;
  } | null;
  /** What a person decided, or the deadline (`deferForApproval`); null after other waits. */
  readonly decision: Decision | null;
}

/** The end of a wait for a person. */
export interface Decision {
  /** `expired`: the deadline came, and was told to fail. */
  readonly decision: "approved" | "rejected" | "expired";
  /** Who decided; null when the deadline did. */
  readonly by: string | null;
  readonly comment: string | null;
  readonly at: Date;
}

/** What a hook is told about the outcome that it watches. */
export interface HookEvent {
  readonly on: HookKind;
  readonly run: { readonly id: string; readonly flow: string };
  /** Null in hooks of a flow. */
  readonly task: { readonly id: string; readonly label: string } | null;
  /** What the task or flow returned; undefined when it failed. */
  readonly output: unknown;
  /** Why it failed; null when it did not. Of a flow whose tasks failed, the error of the first that did, with its name. */
  readonly error: ErrorInfo | null;
  /** Tries at the task so far; of a flow 0. */
  readonly tries: number;
}

/**
 * Work that follows an outcome: tell somebody, clean up. It runs in a worker like any attempt, durably and with a log
 * of its own. A hook that fails never changes the outcome it watched.
 */
export type HookFunction = (event: HookEvent, context: TaskContext) => unknown;
