import { type History, MillraceError, type RunFilter, type RunId, type RunRow } from "@millrace/core";
import { attemptFromColumns, listAttempts } from "../tables/attempt.ts";
import { eventFromColumns, listEvents, listEventsOfRun } from "../tables/event.ts";
import { findCounters } from "../tables/lease.ts";
import { listReports, reportFromColumns } from "../tables/report.ts";
import {
  findRun,
  findRunNumber,
  listRuns,
  listRunsByPrefix,
  listRunsBySuffix,
  listRunsInState,
  listRunsOfFlow,
  listRunsOfFlowInState,
  runFromColumns,
} from "../tables/run.ts";
import { listTaskRuns, taskRunFromColumns } from "../tables/task-run.ts";
import type { SqliteConnection } from "./connection.ts";

/** Part of an id shorter than this finds too much by chance. */
const MIN_PART = 4;
const RUN_ID_LENGTH = 26;
/** How many candidates an ambiguous part names. */
const MAX_CANDIDATES = 5;

/** Reads the past for people and programs, each call on a snapshot of its own; no write waits for it. */
export class SqliteHistory implements History {
  readonly #read: <T>(work: (connection: SqliteConnection) => T) => T;

  /** @param read runs work on the reader's connection and gives failures their code. */
  constructor(read: <T>(work: (connection: SqliteConnection) => T) => T) {
    this.#read = read;
  }

  async findRun(idOrPart: string): Promise<RunRow | undefined> {
    const text = idOrPart.trim().toUpperCase();
    if (text.length < MIN_PART) {
      throw new MillraceError("USAGE", `"${idOrPart}" is too short to name a run.`, {
        hint: `Give at least ${MIN_PART} characters from the beginning or the end of its id.`,
      });
    }
    return this.#read((connection) => findByPart(connection, text));
  }

  async listRuns(filter: RunFilter): Promise<readonly RunRow[]> {
    return this.#read((connection) => {
      const before = filter.before === undefined ? Number.MAX_SAFE_INTEGER : cursor(connection, filter.before);
      const page = { before, limit: filter.limit };
      return listPage(connection, filter, page).map(runFromColumns);
    });
  }

  async listTaskRuns(run: RunId) {
    return this.#listOf(run, (connection, num) =>
      connection.all(listTaskRuns, { run: num }).map((row) => taskRunFromColumns(run, row)),
    );
  }

  async listAttempts(run: RunId) {
    return this.#listOf(run, (connection, num) =>
      connection.all(listAttempts, { run: num }).map((row) => attemptFromColumns(run, row)),
    );
  }

  async listReports(run: RunId) {
    return this.#listOf(run, (connection, num) =>
      connection.all(listReports, { run: num }).map((row) => reportFromColumns(run, row)),
    );
  }

  async listEvents(run: RunId | null, after: number, limit: number) {
    if (run === null) {
      return this.#read((connection) =>
        connection.all(listEvents, { after, limit }).map((row) => eventFromColumns(row.run_id as RunId, row)),
      );
    }
    return this.#listOf(run, (connection, num) =>
      connection.all(listEventsOfRun, { run: num, after, limit }).map((row) => eventFromColumns(run, row)),
    );
  }

  async lastEventSeq() {
    return this.#read((connection) => connection.get(findCounters, {})?.last_event ?? 0);
  }

  /** Rows of one run; none for a run that is not there. */
  #listOf<T>(run: RunId, list: (connection: SqliteConnection, num: number) => T[]): T[] {
    return this.#read((connection) => {
      const found = connection.get(findRunNumber, { id: run });
      return found === undefined ? [] : list(connection, found.num);
    });
  }
}

function findByPart(connection: SqliteConnection, text: string): RunRow | undefined {
  const exact = connection.get(findRun, { id: text });
  if (exact !== undefined) return runFromColumns(exact);
  // Anything else is in no id, and would mean something else to LIKE.
  if (text.length >= RUN_ID_LENGTH || !/^[0-9A-Z]+$/.test(text)) return undefined;
  const limit = MAX_CANDIDATES + 1;
  const found = new Map(
    [
      ...connection.all(listRunsByPrefix, { from: text, to: `${text}~`, limit }),
      ...connection.all(listRunsBySuffix, { pattern: `%${text}`, limit }),
    ].map((row) => [row.id, row]),
  );
  if (found.size > 1) throw ambiguous(text, [...found.keys()]);
  const [only] = found.values();
  return only === undefined ? undefined : runFromColumns(only);
}

function ambiguous(text: string, ids: readonly string[]): MillraceError {
  const named = ids.slice(0, MAX_CANDIDATES).join(", ");
  const more = ids.length > MAX_CANDIDATES ? ", and more" : "";
  return new MillraceError("USAGE", `"${text}" names several runs: ${named}${more}.`, {
    hint: "Give more characters of the id; the last ones differ most.",
  });
}

/** The number of the run that a page ends before. A run that is gone still has its place: after those made before it. */
function cursor(connection: SqliteConnection, before: RunId): number {
  const found = connection.get(findRunNumber, { id: before });
  if (found !== undefined) return found.num;
  const [older] = connection.all(listRunsByPrefix, { from: "", to: before, limit: 1 });
  return older === undefined ? 0 : older.num + 1;
}

type Page = { before: number; limit: number };

function listPage(connection: SqliteConnection, { flow, states }: RunFilter, page: Page) {
  if (states === undefined) {
    return flow === undefined ? connection.all(listRuns, page) : connection.all(listRunsOfFlow, { ...page, flow });
  }
  // One ordered page for each state, then the first of them all: SQLite would sort every match for an `in`.
  return [...new Set(states)]
    .flatMap((state) =>
      flow === undefined
        ? connection.all(listRunsInState, { ...page, state })
        : connection.all(listRunsOfFlowInState, { ...page, flow, state }),
    )
    .sort((one, other) => other.num - one.num)
    .slice(0, page.limit);
}
