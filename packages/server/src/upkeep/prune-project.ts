import {
  type Epoch,
  KEEP_EVERYTHING,
  MillraceError,
  type PruneCounts,
  type RetentionPolicy,
  type RetentionRule,
  type RunFamily,
  type RunId,
  type Store,
} from "@millrace/core";
import { countOf, forgetOld, Leftovers, type PrunedFlows, sumOf } from "@millrace/engine";
import { openStore } from "@millrace/store";
import type { Project } from "../project/project.ts";
import { askWhoLeads } from "../runtime/ask-who-leads.ts";
import { systemClock } from "../runtime/system-clock.ts";
import { userName } from "../runtime/user-name.ts";
import { commandOrigin, ProjectAudit } from "../security/audit/project-audit.ts";
import { projectFiles } from "./project-files.ts";
import { projectRetention } from "./project-retention.ts";

/** What to forget. */
export interface PruneRequest {
  /** Null: by the project's own retention; beside a leader, by the one that it was started with. */
  readonly rule: RetentionRule | null;
  readonly flow: string | null;
}

export interface Pruned extends PruneCounts {
  /** By flow; null where a leader did it, who gives sums. */
  readonly flows: PrunedFlows | null;
  /** Rows that are removed already; a leader removes them in the background, and says 0. */
  readonly rows: number;
  /** Who did it, if that was another process. */
  readonly leader: string | null;
}

/**
 * Forgets what is too old and removes what that leaves behind. When a process leads the project it is asked to, since it
 * knows what its runs need; else this process does it, alone, to the end.
 */
export async function pruneProject(project: Project, request: PruneRequest): Promise<Pruned> {
  const store = await openStore(project.database);
  try {
    const pruned = await pruneBy(project, store, request);
    const { families, runs } = pruned;
    const after = { ...request, pruned: { families, runs } };
    const from = commandOrigin();
    await new ProjectAudit(store.audit).record({ actor: userName(), action: "prune", target: "project", from, after });
    return pruned;
  } finally {
    await store.close();
  }
}

async function pruneBy(project: Project, store: Store, request: PruneRequest): Promise<Pruned> {
  const leadership = await store.lead(`${userName()}: prune`);
  if (leadership === undefined) return await askLeader(store, request);
  try {
    return await pruneAlone(project, { store, epoch: leadership.epoch }, request);
  } finally {
    await leadership.release();
  }
}

/** What `pruneProject` would forget now. Changes nothing. */
export async function previewPrune(project: Project, request: PruneRequest): Promise<PrunedFlows> {
  const store = await openStore(project.database);
  try {
    return await previewIn(store, await policyOf(project, store, request), request.flow);
  } finally {
    await store.close();
  }
}

/** The same in a store that is open. */
export async function previewIn(store: Store, policy: RetentionPolicy, flow: string | null): Promise<PrunedFlows> {
  const awaited = new Set(await store.upkeep.awaitedRuns());
  const forget = async (old: readonly RunFamily[]): Promise<PruneCounts> => countOf(withoutRuns(old, awaited));
  return await forgetOld({ store, clock: systemClock, forget, rest: letOthers }, policy, flow);
}

interface Led {
  readonly store: Store;
  readonly epoch: Epoch;
}

async function pruneAlone(project: Project, { store, epoch }: Led, request: PruneRequest): Promise<Pruned> {
  const policy = await policyOf(project, store, request);
  const awaited = new Set(await store.upkeep.awaitedRuns());
  const forget = async (old: readonly RunFamily[]): Promise<PruneCounts> => {
    const free = withoutRuns(old, awaited);
    const roots = free.map(({ root }) => root);
    const gone = new Set(await store.upkeep.forgetRuns(epoch, roots, Date.now()));
    return countOf(free.filter(({ root }) => gone.has(root)));
  };
  const flows = await forgetOld({ store, clock: systemClock, forget, rest: letOthers }, policy, request.flow);
  const leftovers = new Leftovers({
    store,
    clock: systemClock,
    files: projectFiles(project),
    isAlone: true,
    rest: letOthers,
  });
  // A rule for now is about runs.
  const rows = await leftovers.remove(request.rule === null ? policy : KEEP_EVERYTHING);
  const sum = [...flows.values()].reduce(sumOf, { families: 0, runs: 0 });
  return { ...sum, flows, rows, leader: null };
}

async function policyOf(project: Project, store: Store, { rule }: PruneRequest): Promise<RetentionPolicy> {
  return rule === null ? await projectRetention(project, store) : { ...KEEP_EVERYTHING, ...rule };
}

function withoutRuns(families: readonly RunFamily[], kept: ReadonlySet<RunId>): readonly RunFamily[] {
  return families.filter(({ runs }) => !runs.some((run) => kept.has(run)));
}

/** Whoever waits for this process has his turn: a signal, above all. */
function letOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function askLeader(store: Store, { rule, flow }: PruneRequest): Promise<Pruned> {
  const { answer, leader } = await askWhoLeads(store, { kind: "prune", rule, flow });
  if (answer.run !== null || answer.pruned === undefined) {
    throw new MillraceError("INTERNAL", "The leader answered a prune with something else.");
  }
  return { ...answer.pruned, flows: null, rows: 0, leader };
}
