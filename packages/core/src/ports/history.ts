import type { AttemptId, ItemPath, RunId } from "../ids.ts";
import type { RunState } from "../states/run.ts";
import type { TaskRunState } from "../states/task-run.ts";
import type { AttemptRow, EventRow, ReportRow, RunRow, TaskRunRow } from "./rows.ts";

/** Reading the past: pages for people and programs. Never called from the engine's loop. */
export interface History {
  findRun(idOrPrefix: string): Promise<RunRow | undefined>;
  /** Those of the runs that are there, in no order. */
  findRuns(ids: readonly RunId[]): Promise<readonly RunRow[]>;
  listRuns(filter: RunFilter): Promise<readonly RunRow[]>;
  /** For each flow that has runs, by name, its newest ones, the newest first. */
  listNewestRuns(each: number): Promise<readonly NewestRuns[]>;
  /** Those of a page, in the order of their places; without one all that the run has. */
  listTaskRuns(run: RunId, page?: TaskRunPage): Promise<readonly TaskRunRow[]>;
  /** What people are asked, over all runs: what waits for a decision, or what was decided. The newest run first. */
  listAsked(page: AskedPage): Promise<readonly TaskRunRow[]>;
  /** For each of the runs, its nodes by state: enough to draw many runs of many tasks. */
  listNodeStates(runs: readonly RunId[]): Promise<readonly NodesByState[]>;
  /** Of some nodes of a run that have begun, each its state; where it has many items, that of the most urgent one. */
  listStatesOf(run: RunId, nodes: readonly number[]): Promise<ReadonlyMap<number, TaskRunState>>;
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
  /** Of all flows, how many runs were made from an instant on, by state and by stretches of so many milliseconds. */
  countRuns(fromMs: number, bucketMs: number): Promise<readonly RunCount[]>;
  /** The largest `seq` given so far, 0 when there is none: where somebody starts who follows from now on. */
  lastEventSeq(): Promise<number>;
}

/** What can be told at a glance of how a flow does. */
export interface NewestRuns {
  readonly flow: string;
  readonly runs: readonly NewestRun[];
}

export interface NewestRun extends Pick<RunRow, "id" | "state" | "createdAtMs" | "startedAtMs" | "endedAtMs"> {
  /** It repeats another run or has only chosen tasks: how long it took says nothing of the flow. */
  readonly isPart: boolean;
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

/** Runs of one flow in one state that were made in one stretch of time, and the newest of them. */
export interface RunCount extends Pick<RunRow, "flow" | "state"> {
  readonly startMs: number;
  readonly count: number;
  readonly newest: RunId;
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
