import type { FlowHistory, ListedFamily, RunId } from "@millrace/core";
import { listRunsOfFlow, listRunsOfFlowInState } from "../tables/run.ts";
import {
  findNextFlow,
  findNextReuser,
  findNthRunOfFlow,
  findRoot,
  listAwaitedRuns,
  listReruns,
  listRootsOfFlow,
} from "../tables/run-family.ts";
import type { SqliteConnection } from "./connection.ts";

const NEWEST = { before: Number.MAX_SAFE_INTEGER, limit: 1 };

/** Runs by their families, read as retention wants them. */
export class SqliteFamilies {
  readonly #db: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#db = connection;
  }

  nextFlow(after: string | null): string | undefined {
    return this.#db.get(findNextFlow, { after: after ?? "" })?.flow;
  }

  flowHistory(flow: string, maxRuns: number | null): FlowHistory {
    const [newest] = this.#db.all(listRunsOfFlow, { ...NEWEST, flow });
    const [success] = this.#db.all(listRunsOfFlowInState, { ...NEWEST, flow, state: "success" });
    const roots = [newest, success].flatMap((run) => (run === undefined ? [] : [(run.root_run ?? run.id) as RunId]));
    const counted = maxRuns === null || maxRuns < 1 ? undefined : { flow, before: maxRuns - 1 };
    const oldest = counted === undefined ? undefined : this.#db.get(findNthRunOfFlow, counted);
    return { landmarks: [...new Set(roots)], oldestCounted: oldest?.num ?? 0 };
  }

  list(flow: string, after: number, limit: number): ListedFamily[] {
    return this.#db.all(listRootsOfFlow, { flow, after, limit }).map((root) => {
      const members = [root, ...this.#db.all(listReruns, { root: root.id })];
      const newest = members.at(-1) ?? root;
      return {
        root: root.id as RunId,
        place: root.num,
        madeAtMs: root.created_at,
        runs: members.map(({ id }) => id as RunId),
        newest: newest.num,
        state: newest.state,
        settled: members.every(({ settled }) => settled === 1),
        endedAtMs: Math.max(...members.map((run) => run.ended_at ?? run.created_at)),
        reused: this.#isReused(members),
      };
    });
  }

  awaited(): RunId[] {
    return this.#db.all(listAwaitedRuns, {}).map(({ id }) => id as RunId);
  }

  /** All runs of a family; none when there is no such root. */
  members(root: RunId): readonly { readonly num: number; readonly id: string; readonly settled: number }[] {
    const row = this.#db.get(findRoot, { id: root });
    return row === undefined ? [] : [row, ...this.#db.all(listReruns, { root })];
  }

  /** Whether a run outside of the family shows results as taken over from one inside. */
  #isReused(members: readonly { readonly num: number; readonly id: string }[]): boolean {
    const own = new Set(members.map(({ num }) => num));
    return members.some(({ id }) => {
      let user = this.#db.get(findNextReuser, { from: id, after: 0 });
      while (user !== undefined && own.has(user.run)) {
        user = this.#db.get(findNextReuser, { from: id, after: user.run });
      }
      return user !== undefined;
    });
  }
}
