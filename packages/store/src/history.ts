import {
  type AskedPage,
  type AttemptPage,
  type History,
  type ItemPath,
  MillraceError,
  makeRunId,
  type ReportPage,
  ROOT_ITEM,
  type RunFilter,
  type RunId,
  type RunRow,
  STATES_BY_URGENCY,
  type TallyRange,
  type TaskRunPage,
  type TaskRunPlace,
  type TaskTimePage,
} from "@millrace/core";
import type { Act } from "./act.ts";
import type { TaskRunTable } from "./schema.ts";
import { textOfIds } from "./tables/asked-ids.ts";
import { attemptFromColumns, listAttempts, listAttemptsAfter, listAttemptsAt } from "./tables/attempt.ts";
import { eventFromColumns, listEvents, listEventsOfRun } from "./tables/event.ts";
import { listReports, listReportsFrom, reportFromColumns } from "./tables/report.ts";
import {
  findRun,
  findRunNumber,
  findRuns,
  listNewestRuns,
  listRuns,
  listRunsByPrefix,
  listRunsBySuffix,
  listRunsInState,
  listRunsOfFlow,
  listRunsOfFlowInState,
  newestRunsFromColumns,
  runFromColumns,
} from "./tables/run.ts";
import { countRuns, tallyFromColumns, tallyMade, tallyOthers, tallyWindows } from "./tables/slice-run.ts";
import {
  listAsked,
  listDecided,
  listNodeStates,
  listStatesOf,
  listTaskRuns,
  listTaskRunsAfter,
  listTaskRunsAt,
  listTaskRunsInStateAfter,
  listTaskTimes,
  nodesByState,
  taskRunFromColumns,
  taskTimeFromColumns,
} from "./tables/task-run.ts";

/** Part of an id shorter than this finds too much by chance. */
const MIN_PART = 4;
const RUN_ID_LENGTH = 26;
/** How many candidates an ambiguous part names. */
const MAX_CANDIDATES = 5;

/** No task run has a place so low: hooks of the flow have -1. */
const BEFORE_ALL: TaskRunPlace = { node: -2, item: ROOT_ITEM, hook: "" };

/** How history reaches a database. Each store has its own way, and gives failures their code. */
export interface HistoryAccess {
  /** Runs one act on a snapshot, and gives its rows. */
  read<Args extends object, Row>(act: Act<Args, Row>, given: NoInfer<Args>): Promise<Row[]>;
  /** The largest event number given so far. */
  lastEvent(): Promise<number>;
}

/** Reads the past for people and programs, on any database; no write waits for it. */
export class StoreHistory implements History {
  readonly #access: HistoryAccess;

  constructor(access: HistoryAccess) {
    this.#access = access;
  }

  async findRun(idOrPart: string): Promise<RunRow | undefined> {
    const text = idOrPart.trim().toUpperCase();
    if (text.length < MIN_PART) {
      throw new MillraceError("USAGE", `"${idOrPart}" is too short to name a run.`, {
        hint: `Give at least ${MIN_PART} characters from the beginning or the end of its id.`,
      });
    }
    const [exact] = await this.#access.read(findRun, { id: text });
    if (exact !== undefined) return runFromColumns(exact);
    // Anything else is in no id, and would mean something else to LIKE.
    if (text.length >= RUN_ID_LENGTH || !/^[0-9A-Z]+$/.test(text)) return undefined;
    return this.#findByPart(text);
  }

  async findRuns(ids: readonly RunId[]) {
    if (ids.length === 0) return [];
    return (await this.#access.read(findRuns, { ids: textOfIds(ids) })).map(runFromColumns);
  }

  async listRuns(filter: RunFilter): Promise<readonly RunRow[]> {
    const before = filter.before === undefined ? Number.MAX_SAFE_INTEGER : await this.#cursor(filter.before);
    const rows = await this.#listPage(filter, { before, limit: filter.limit });
    return rows.map(runFromColumns);
  }

  async listNewestRuns(each: number) {
    const rows = await this.#access.read(listNewestRuns, { each });
    const named = rows.flatMap(({ flow, runs }) => (flow === null || runs === null ? [] : [{ flow, runs }]));
    // Databases have orders of their own for texts.
    return named.map(newestRunsFromColumns).sort((one, other) => compare(one.flow, other.flow));
  }

  async listTaskRuns(run: RunId, page?: TaskRunPage) {
    return this.#listOf(run, async (num) => {
      const rows =
        page === undefined ? await this.#access.read(listTaskRuns, { run: num }) : await this.#taskRunPage(num, page);
      return rows.map((row) => taskRunFromColumns(run, row));
    });
  }

  async listAsked({ which, before, limit }: AskedPage) {
    const run = before === undefined ? Number.MAX_SAFE_INTEGER : await this.#cursor(before.run);
    const place = { run, node: before?.node ?? 0, item: before?.item ?? ROOT_ITEM, limit };
    const rows = await this.#access.read(which === "waiting" ? listAsked : listDecided, place);
    return rows.map((row) => taskRunFromColumns(row.run_id as RunId, row));
  }

  async listNodeStates(runs: readonly RunId[]) {
    if (runs.length === 0) return [];
    const rows = await this.#access.read(listNodeStates, { ids: textOfIds(runs) });
    const states = new Map(rows.map((row) => [row.id, row.states]));
    return runs.map((run) => nodesByState(states.get(run) ?? null));
  }

  async listStatesOf(run: RunId, nodes: readonly number[]) {
    const rows = await this.#listOf(run, (num) =>
      this.#access.read(listStatesOf, { run: num, ids: textOfIds(nodes.map(String)) }),
    );
    return new Map(
      rows.flatMap(({ node, urgency }) => {
        const state = urgency === null ? undefined : STATES_BY_URGENCY[urgency];
        return state === undefined ? [] : [[node, state] as const];
      }),
    );
  }

  async listAttempts(run: RunId, page?: AttemptPage) {
    return this.#listOf(run, async (num) => {
      const rows =
        page === undefined
          ? await this.#access.read(listAttempts, { run: num })
          : await this.#access.read(listAttemptsAfter, { run: num, after: page.after ?? 0, limit: page.limit });
      return rows.map((row) => attemptFromColumns(run, row));
    });
  }

  async listTaskRunsAt(run: RunId, node: number, item: ItemPath) {
    return this.#listOf(run, async (num) =>
      (await this.#access.read(listTaskRunsAt, { run: num, node, item })).map((row) => taskRunFromColumns(run, row)),
    );
  }

  async listAttemptsAt(run: RunId, node: number, item: ItemPath) {
    return this.#listOf(run, async (num) =>
      (await this.#access.read(listAttemptsAt, { run: num, node, item })).map((row) => attemptFromColumns(run, row)),
    );
  }

  async listTaskTimes({ flow, run, node, item, limit }: TaskTimePage) {
    return this.#listOf(run, async (num) =>
      (await this.#access.read(listTaskTimes, { flow, run: num, node, item, limit })).map(taskTimeFromColumns),
    );
  }

  async listReports(run: RunId, page?: ReportPage) {
    return this.#listOf(run, async (num) => {
      const rows =
        page === undefined
          ? await this.#access.read(listReports, { run: num })
          : await this.#access.read(listReportsFrom, { run: num, skip: page.skip ?? 0, limit: page.limit });
      return rows.map((row) => reportFromColumns(run, row));
    });
  }

  async listEvents(run: RunId | null, after: number, limit: number) {
    if (run === null) {
      const rows = await this.#access.read(listEvents, { after, limit });
      return rows.map((row) => eventFromColumns(row.run_id as RunId, row));
    }
    return this.#listOf(run, async (num) =>
      (await this.#access.read(listEventsOfRun, { run: num, after, limit })).map((row) => eventFromColumns(run, row)),
    );
  }

  async tallyRuns(flow: string, { by, fromMs, toMs, bucketMs }: TallyRange) {
    if (by === "window") {
      const rows = await this.#access.read(tallyWindows, { flow, from: fromMs, to: toMs, bucket: bucketMs });
      return rows.map(tallyFromColumns);
    }
    // Numbers and ids are both given in the order in which runs are made.
    const [from, to] = [await this.#placeAt(fromMs), await this.#placeAt(toMs)];
    const act = by === "made" ? tallyMade : tallyOthers;
    return (await this.#access.read(act, { flow, from, to, bucket: bucketMs })).map(tallyFromColumns);
  }

  async countRuns(fromMs: number, bucketMs: number) {
    const given = { num: await this.#placeAt(fromMs), from: fromMs, bucket: bucketMs };
    const rows = await this.#access.read(countRuns, given);
    return rows.map(({ start_at, newest, ...row }) => ({ ...row, startMs: start_at, newest: newest as RunId }));
  }

  /** The number after those of all runs that were made before an instant. */
  async #placeAt(atMs: number): Promise<number> {
    const [older] = await this.#access.read(listRunsByPrefix, { from: "", to: makeRunId(atMs, () => 0), limit: 1 });
    return older === undefined ? 0 : older.num + 1;
  }

  async lastEventSeq() {
    return this.#access.lastEvent();
  }

  /** Rows of one run; none for a run that is not there. */
  async #listOf<T>(run: RunId, list: (num: number) => Promise<T[]>): Promise<T[]> {
    const [found] = await this.#access.read(findRunNumber, { id: run });
    return found === undefined ? [] : list(found.num);
  }

  async #taskRunPage(run: number, { states, after = BEFORE_ALL, limit }: TaskRunPage): Promise<TaskRunTable[]> {
    const { node, item, hook } = after;
    const page = { run, node, item, hook, limit };
    if (states === undefined) return this.#access.read(listTaskRunsAfter, page);
    // One ordered page for each state, then the first of them all, as with runs.
    const pages = await Promise.all(
      [...new Set(states)].map((state) => this.#access.read(listTaskRunsInStateAfter, { ...page, state })),
    );
    return pages.flat().sort(byPlace).slice(0, limit);
  }

  async #findByPart(text: string): Promise<RunRow | undefined> {
    const limit = MAX_CANDIDATES + 1;
    const found = new Map(
      [
        ...(await this.#access.read(listRunsByPrefix, { from: text, to: `${text}~`, limit })),
        ...(await this.#access.read(listRunsBySuffix, { pattern: `%${text}`, limit })),
      ].map((row) => [row.id, row]),
    );
    if (found.size > 1) throw ambiguous(text, [...found.keys()]);
    const [only] = found.values();
    return only === undefined ? undefined : runFromColumns(only);
  }

  /** The number of the run that a page ends before. A run that is gone still has its place: after those made before it. */
  async #cursor(before: RunId): Promise<number> {
    const [found] = await this.#access.read(findRunNumber, { id: before });
    if (found !== undefined) return found.num;
    const [older] = await this.#access.read(listRunsByPrefix, { from: "", to: before, limit: 1 });
    return older === undefined ? 0 : older.num + 1;
  }

  async #listPage({ flow, states }: RunFilter, page: Page) {
    if (states === undefined) {
      return flow === undefined
        ? this.#access.read(listRuns, page)
        : this.#access.read(listRunsOfFlow, { ...page, flow });
    }
    // One ordered page for each state, then the first of them all: a database would sort every match for an `in`.
    const pages = await Promise.all(
      [...new Set(states)].map((state) =>
        flow === undefined
          ? this.#access.read(listRunsInState, { ...page, state })
          : this.#access.read(listRunsOfFlowInState, { ...page, flow, state }),
      ),
    );
    return pages
      .flat()
      .sort((one, other) => other.num - one.num)
      .slice(0, page.limit);
  }
}

/** In the order of the table's key. */
function byPlace(one: TaskRunTable, other: TaskRunTable): number {
  return one.node - other.node || compare(one.item, other.item) || compare(one.hook, other.hook);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function ambiguous(text: string, ids: readonly string[]): MillraceError {
  const named = ids.slice(0, MAX_CANDIDATES).join(", ");
  const more = ids.length > MAX_CANDIDATES ? ", and more" : "";
  return new MillraceError("USAGE", `"${text}" names several runs: ${named}${more}.`, {
    hint: "Give more characters of the id; the last ones differ most.",
  });
}

type Page = { before: number; limit: number };
