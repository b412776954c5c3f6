import {
  type Clock,
  endsWalk,
  forgetsAnything,
  type ListedFamily,
  mayForget,
  type PruneCounts,
  type RetentionPolicy,
  type RetentionRule,
  type RunFamily,
  retentionOf,
  type Store,
} from "@millrace/core";

/** How many families are looked at, and forgotten, in one go. */
const PAGE_FAMILIES = 50;

/** How a walk goes about it. */
export interface WalkWays {
  readonly store: Store;
  readonly clock: Clock;
  /** Forgets these families, or what may still be forgotten of them, and gives how much that was. */
  forget(families: readonly RunFamily[]): Promise<PruneCounts>;
  /** Lets others go first, after a piece of work that began at this instant. Rejects when the work is to end here. */
  readonly rest: (begunAtMs: number) => Promise<void>;
}

/** What a walk found, by flow; flows without anything are left out. */
export type PrunedFlows = ReadonlyMap<string, PruneCounts>;

/** Walks through what a policy lets go, of one flow or of all, from the oldest. */
export async function forgetOld(ways: WalkWays, policy: RetentionPolicy, only: string | null): Promise<PrunedFlows> {
  const pruned = new Map<string, PruneCounts>();
  const { upkeep } = ways.store;
  for (let flow = only ?? (await upkeep.nextFlow(null)); flow !== undefined; ) {
    const rule = retentionOf(policy, flow);
    const counts = forgetsAnything(rule) ? await walkFlow(ways, flow, rule) : NOTHING;
    if (counts.families > 0) pruned.set(flow, counts);
    flow = only === null ? await upkeep.nextFlow(flow) : undefined;
  }
  return pruned;
}

async function walkFlow(ways: WalkWays, flow: string, rule: RetentionRule): Promise<PruneCounts> {
  const { upkeep } = ways.store;
  const at = { ...(await upkeep.flowHistory(flow, rule.maxRuns)), nowMs: ways.clock.now() };
  let counts = NOTHING;
  for (let after = 0; ; ) {
    const begunAtMs = ways.clock.now();
    const page: readonly ListedFamily[] = await upkeep.listFamilies(flow, after, PAGE_FAMILIES);
    const old = page.filter((family) => mayForget(family, rule, at));
    if (old.length > 0) counts = sumOf(counts, await ways.forget(old));
    await ways.rest(begunAtMs);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_FAMILIES || endsWalk(last, rule, at)) return counts;
    after = last.place;
  }
}

const NOTHING: PruneCounts = { families: 0, runs: 0 };

export function sumOf(one: PruneCounts, other: PruneCounts): PruneCounts {
  return { families: one.families + other.families, runs: one.runs + other.runs };
}

/** Of families, how much they are. */
export function countOf(families: readonly Pick<RunFamily, "runs">[]): PruneCounts {
  return { families: families.length, runs: families.reduce((sum, { runs }) => sum + runs.length, 0) };
}
