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
import { all, get, type Queries } from "./statement.ts";

const NEWEST = { before: Number.MAX_SAFE_INTEGER, limit: 1 };

/** Runs by their families, read as retention wants them. */
export class PostgresFamilies {
  readonly #queries: Queries;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  async nextFlow(after: string | null): Promise<string | undefined> {
    return (await get(this.#queries, findNextFlow, { after: after ?? "" }))?.flow;
  }

  async flowHistory(flow: string, maxRuns: number | null): Promise<FlowHistory> {
    const [newest] = await all(this.#queries, listRunsOfFlow, { ...NEWEST, flow });
    const [success] = await all(this.#queries, listRunsOfFlowInState, { ...NEWEST, flow, state: "success" });
    const roots = [newest, success].flatMap((run) => (run === undefined ? [] : [(run.root_run ?? run.id) as RunId]));
    const counted = maxRuns === null || maxRuns < 1 ? undefined : { flow, before: maxRuns - 1 };
    const oldest = counted === undefined ? undefined : await get(this.#queries, findNthRunOfFlow, counted);
    return { landmarks: [...new Set(roots)], oldestCounted: oldest?.num ?? 0 };
  }

  async list(flow: string, after: number, limit: number): Promise<ListedFamily[]> {
    const families: ListedFamily[] = [];
    for (const root of await all(this.#queries, listRootsOfFlow, { flow, after, limit })) {
      const members = [root, ...(await all(this.#queries, listReruns, { root: root.id }))];
      const newest = members.at(-1) ?? root;
      families.push({
        root: root.id as RunId,
        place: root.num,
        madeAtMs: root.created_at,
        runs: members.map(({ id }) => id as RunId),
        newest: newest.num,
        state: newest.state,
        settled: members.every(({ settled }) => settled === 1),
        endedAtMs: Math.max(...members.map((run) => run.ended_at ?? run.created_at)),
        reused: await this.#isReused(members),
      });
    }
    return families;
  }

  async awaited(): Promise<RunId[]> {
    return (await all(this.#queries, listAwaitedRuns, {})).map(({ id }) => id as RunId);
  }

  /** All runs of a family; none when there is no such root. */
  async members(
    root: RunId,
  ): Promise<readonly { readonly num: number; readonly id: string; readonly settled: number }[]> {
    const row = await get(this.#queries, findRoot, { id: root });
    return row === undefined ? [] : [row, ...(await all(this.#queries, listReruns, { root }))];
  }

  /** Whether a run outside of the family shows results as taken over from one inside. */
  async #isReused(members: readonly { readonly num: number; readonly id: string }[]): Promise<boolean> {
    const own = new Set(members.map(({ num }) => num));
    for (const { id } of members) {
      let user = await get(this.#queries, findNextReuser, { from: id, after: 0 });
      while (user !== undefined && own.has(user.run)) {
        user = await get(this.#queries, findNextReuser, { from: id, after: user.run });
      }
      if (user !== undefined) return true;
    }
    return false;
  }
}
