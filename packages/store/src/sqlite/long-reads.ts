import type { AskedPage, History, RunFilter, RunId, TaskTimePage } from "@millrace/core";
import { peekAttempts } from "../tables/attempt.ts";
import { peekEvents, peekEventsOfRun } from "../tables/event.ts";
import { peekReports } from "../tables/report.ts";
import { findRunNumber } from "../tables/run.ts";
import { peekTaskRuns } from "../tables/task-run.ts";
import type { SqliteConnection } from "./connection.ts";

/** So many rows are read about as fast as another thread is asked for them. */
export const FEW_ROWS = 200;

const RUN_ID_LENGTH = 26;

/** How long reads are told from short ones, by method, without doing them. */
type Judges = {
  readonly [Method in keyof History]: (db: SqliteConnection, ...args: Parameters<History[Method]>) => boolean;
};

const JUDGES: Judges = {
  // Part of an id is looked for among all ids.
  findRun: (_db, idOrPart) => idOrPart.trim().length < RUN_ID_LENGTH,
  findRuns: (_db, ids) => ids.length > FEW_ROWS,
  listRuns: (_db, { limit }: RunFilter) => limit > FEW_ROWS,
  // Some of each flow, however many flows there are.
  listNewestRuns: () => true,
  // To find those of some states, all are looked at.
  listTaskRuns: (db, run, page) =>
    !(isSmall(page) && page?.states === undefined) &&
    db.get(peekTaskRuns, { run: numberOf(db, run), offset: FEW_ROWS }) !== undefined,
  listAsked: (_db, { limit }: AskedPage) => limit > FEW_ROWS,
  // All task runs of all of them are looked at.
  listNodeStates: () => true,
  // A node may have many items.
  listStatesOf: (db, run) => db.get(peekTaskRuns, { run: numberOf(db, run), offset: 10 * FEW_ROWS }) !== undefined,
  listAttempts: (db, run, page) =>
    !isSmall(page) && db.get(peekAttempts, { run: numberOf(db, run), offset: FEW_ROWS }) !== undefined,
  listTaskRunsAt: () => false,
  // To find those of one task run, all of the run are looked at.
  listAttemptsAt: (db, run) => db.get(peekAttempts, { run: numberOf(db, run), offset: 10 * FEW_ROWS }) !== undefined,
  listTaskTimes: (_db, { limit }: TaskTimePage) => limit > FEW_ROWS,
  listReports: (db, run, page) =>
    !(isSmall(page) && (page?.skip ?? 0) <= FEW_ROWS) &&
    db.get(peekReports, { run: numberOf(db, run), offset: FEW_ROWS }) !== undefined,
  listEvents: (db, ...[run, after, limit]) => {
    if (limit <= FEW_ROWS) return false;
    const page = { after, offset: FEW_ROWS };
    if (run === null) return db.get(peekEvents, page) !== undefined;
    return db.get(peekEventsOfRun, { ...page, run: numberOf(db, run) }) !== undefined;
  },
  // Runs of a year are looked at.
  tallyRuns: () => true,
  // Runs of a day or more are looked at.
  countRuns: () => true,
  lastEventSeq: () => false,
};

/** Whether a read takes so long that others on its thread would notice. */
export function isLong<Method extends keyof History>(
  db: SqliteConnection,
  method: Method,
  args: Parameters<History[Method]>,
): boolean {
  const judge = JUDGES[method] as (db: SqliteConnection, ...args: Parameters<History[Method]>) => boolean;
  return judge(db, ...args);
}

function isSmall(page: { readonly limit: number } | undefined): boolean {
  return page !== undefined && page.limit <= FEW_ROWS;
}

/** 0, which no run has, for a run that is not there. */
function numberOf(db: SqliteConnection, run: RunId): number {
  return db.get(findRunNumber, { id: run })?.num ?? 0;
}
