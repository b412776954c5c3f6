import {
  type AskedPage,
  type AttemptId,
  type AttemptPage,
  type EventRow,
  type History,
  type ItemPath,
  MillraceError,
  type NewestRuns,
  type NodesByState,
  type ReportPage,
  type RunCount,
  type RunFilter,
  type RunId,
  type RunRow,
  type RunTally,
  STATES_BY_URGENCY,
  type TallyRange,
  type TaskRunPage,
  type TaskRunPlace,
  type TaskRunRow,
  type TaskRunState,
  type TaskTimePage,
  type TaskTimeRow,
} from "@millrace/core";
import type { MemoryDatabase, RunShelf } from "./database.ts";

const MIN_PART = 4;

export class MemoryHistory implements History {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    this.#database = database;
  }

  async findRun(idOrPart: string): Promise<RunRow | undefined> {
    const text = idOrPart.trim().toUpperCase();
    if (text.length < MIN_PART) throw new MillraceError("USAGE", `"${idOrPart}" is too short to name a run.`);
    const exact = this.#database.runs.get(text as RunId);
    if (exact !== undefined) return exact.row;
    const ids = [...this.#database.runs.keys()].filter((id) => id.startsWith(text) || id.endsWith(text));
    const found = [
      ...ids
        .filter((id) => id.startsWith(text))
        .sort()
        .reverse(),
      ...ids
        .filter((id) => !id.startsWith(text))
        .sort()
        .reverse(),
    ];
    if (found.length > 1) throw new MillraceError("USAGE", `"${text}" names several runs: ${found.join(", ")}.`);
    return found[0] === undefined ? undefined : this.#database.runs.get(found[0])?.row;
  }

  async findRuns(ids: readonly RunId[]): Promise<readonly RunRow[]> {
    return ids.flatMap((id) => this.#database.runs.get(id)?.row ?? []);
  }

  async listRuns({ flow, states, before, limit }: RunFilter): Promise<readonly RunRow[]> {
    const rows = [...this.#database.runs.values()].map(({ row }) => row).reverse();
    const from = before === undefined ? 0 : firstBefore(rows, before);
    return rows
      .slice(from)
      .filter(
        (row) => (flow === undefined || row.flow === flow) && (states === undefined || states.includes(row.state)),
      )
      .slice(0, limit);
  }

  async listTaskRuns(run: RunId, { states, after, limit }: Partial<TaskRunPage> = {}) {
    return sortedTaskRuns(this.#database.runs.get(run))
      .filter((row) => states === undefined || states.includes(row.state))
      .filter((row) => after === undefined || byPlace(row, after) > 0)
      .slice(0, limit);
  }

  async listAsked({ which, before, limit }: AskedPage) {
    const runs = [...this.#database.runs.values()].reverse();
    const asked = runs.flatMap((shelf) =>
      sortedTaskRuns(shelf)
        .reverse()
        .filter(({ waitsFor, state }) => {
          if (waitsFor?.kind !== "approval") return false;
          return which === "decided" ? waitsFor.decision !== undefined : !waitsFor.decision && state === "deferred";
        }),
    );
    const place = asked.findIndex(
      ({ run, node, item }) => run === before?.run && node === before.node && item === before.item,
    );
    return asked.slice(place + 1).slice(0, limit);
  }

  async listNodeStates(runs: readonly RunId[]): Promise<readonly NodesByState[]> {
    return runs.map((run) => {
      const worst = new Map<number, number>();
      for (const { node, hook, state } of sortedTaskRuns(this.#database.runs.get(run))) {
        if (hook !== "") continue;
        worst.set(node, Math.min(worst.get(node) ?? STATES_BY_URGENCY.length, STATES_BY_URGENCY.indexOf(state)));
      }
      const nodes: Partial<Record<TaskRunState, number[]>> = {};
      for (const [node, urgency] of worst) {
        const state = STATES_BY_URGENCY[urgency] as TaskRunState;
        nodes[state] = [...(nodes[state] ?? []), node];
      }
      return nodes;
    });
  }

  async listStatesOf(run: RunId, nodes: readonly number[]): Promise<ReadonlyMap<number, TaskRunState>> {
    const [states = {}] = await this.listNodeStates([run]);
    const found = Object.entries(states).flatMap(([state, of]) => of.map((node) => [node, state] as const));
    return new Map(found.filter(([node]) => nodes.includes(node))) as Map<number, TaskRunState>;
  }

  async listNewestRuns(each: number): Promise<readonly NewestRuns[]> {
    const rows = [...this.#database.runs.values()].map(({ row }) => row).reverse();
    const byFlow = Map.groupBy(rows, ({ flow }) => flow);
    return [...byFlow.keys()].sort().map((flow) => ({
      flow,
      runs: (byFlow.get(flow) ?? [])
        .slice(0, each)
        .map(({ id, state, createdAtMs, startedAtMs, endedAtMs, rerunOf, selection }) => ({
          id,
          state,
          createdAtMs,
          startedAtMs,
          endedAtMs,
          isPart: rerunOf !== null || selection !== null,
        })),
    }));
  }

  async listAttempts(run: RunId, { after = 0 as AttemptId, limit }: Partial<AttemptPage> = {}) {
    return [...(this.#database.runs.get(run)?.attempts.values() ?? [])]
      .sort((a, b) => a.id - b.id)
      .filter(({ id }) => id > after)
      .slice(0, limit);
  }

  async listTaskRunsAt(run: RunId, node: number, item: ItemPath) {
    return sortedTaskRuns(this.#database.runs.get(run)).filter((row) => row.node === node && row.item === item);
  }

  async listAttemptsAt(run: RunId, node: number, item: ItemPath) {
    return (await this.listAttempts(run)).filter((row) => row.node === node && row.item === item);
  }

  async listTaskTimes({ flow, run, node, item, limit }: TaskTimePage): Promise<readonly TaskTimeRow[]> {
    const shelves = [...this.#database.runs.values()].reverse();
    const place = shelves.findIndex(({ row }) => row.id === run);
    if (place === -1) return [];
    return shelves
      .slice(place)
      .filter(({ row }) => row.flow === flow)
      .slice(0, limit)
      .map((shelf) => {
        const own = sortedTaskRuns(shelf).find((row) => row.node === node && row.item === item && row.hook === "");
        const { id, version, createdAtMs } = shelf.row;
        return { run: id, version, createdAtMs, taskRun: own === undefined ? null : timesOf(own) };
      });
  }

  async listReports(run: RunId, { skip = 0, limit = Number.POSITIVE_INFINITY }: Partial<ReportPage> = {}) {
    return (this.#database.runs.get(run)?.reports ?? []).slice(skip, skip + limit);
  }

  async listEvents(run: RunId | null, after: number, limit: number): Promise<(EventRow & { readonly seq: number })[]> {
    if (run === null) {
      // Numbers are given without a gap, so a number is a place in the list.
      const events = this.#database.events.slice(after);
      return events.filter((event) => this.#database.runs.has(event.run)).slice(0, limit);
    }
    const events = this.#database.runs.get(run)?.events ?? [];
    return events.filter(({ seq }) => seq > after).slice(0, limit);
  }

  async tallyRuns(flow: string, { by, fromMs, toMs, bucketMs }: TallyRange): Promise<readonly RunTally[]> {
    const newest = new Map<string, { readonly row: RunRow; readonly runs: number }>();
    for (const { row } of this.#database.runs.values()) {
      const { window, slice, scheduledAtMs, backfill, rootRun } = row;
      const stands = (slice ?? scheduledAtMs ?? backfill) !== null;
      const isTold =
        by === "window"
          ? stands && window.endMs >= fromMs && window.endMs <= toMs
          : row.createdAtMs >= fromMs && row.createdAtMs < toMs && (by === "made" || !stands);
      if (row.flow !== flow || !isTold) continue;
      const key = by === "window" ? JSON.stringify([window, slice]) : rootRun;
      newest.set(key, { row, runs: by === "window" ? (newest.get(key)?.runs ?? 0) + 1 : 1 });
    }
    const tallies = new Map<string, RunTally>();
    for (const { row, runs } of newest.values()) {
      const [start, end] =
        by === "window" ? [row.window.startMs, row.window.endMs] : [row.createdAtMs, row.createdAtMs];
      const place = { startMs: start - (start % bucketMs), endMs: end - (end % bucketMs), state: row.state };
      const key = JSON.stringify(place);
      const known = tallies.get(key) ?? { ...place, count: 0, runs: 0 };
      tallies.set(key, { ...known, count: known.count + 1, runs: known.runs + runs });
    }
    return [...tallies.values()];
  }

  async countRuns(fromMs: number, bucketMs: number): Promise<readonly RunCount[]> {
    const counts = new Map<string, RunCount>();
    for (const { row } of this.#database.runs.values()) {
      const { id, flow, state, createdAtMs } = row;
      if (createdAtMs < fromMs) continue;
      const place = { flow, state, startMs: createdAtMs - (createdAtMs % bucketMs) };
      const key = JSON.stringify(place);
      const known = counts.get(key);
      const newest = known === undefined || known.newest < id ? id : known.newest;
      counts.set(key, { ...place, count: (known?.count ?? 0) + 1, newest });
    }
    return [...counts.values()];
  }

  async lastEventSeq(): Promise<number> {
    return this.#database.events.length;
  }
}

function timesOf(row: TaskRunRow): NonNullable<TaskTimeRow["taskRun"]> {
  const { state, tries, readyAtMs, startedAtMs, endedAtMs, cached, reusedFrom } = row;
  return { state, tries, readyAtMs, startedAtMs, endedAtMs, cached, reusedFrom };
}

/** Where a page goes on: after the run, or, when that is not there any more, after those that were made later. */
function firstBefore(newestFirst: readonly RunRow[], before: RunId): number {
  const place = newestFirst.findIndex(({ id }) => id === before);
  if (place !== -1) return place + 1;
  const older = newestFirst.findIndex(({ id }) => id < before);
  return older === -1 ? newestFirst.length : older;
}

/** In the order of a real table's key. */
export function sortedTaskRuns(
  shelf: RunShelf | undefined,
): RunShelf["taskRuns"] extends Map<string, infer Row> ? Row[] : never {
  return [...(shelf?.taskRuns.values() ?? [])].sort(byPlace);
}

function byPlace(a: TaskRunPlace, b: TaskRunPlace): number {
  return a.node - b.node || compare(a.item, b.item) || compare(a.hook, b.hook);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
