import { STATES_BY_URGENCY } from "@millrace/core";
import type { FlowNode, TaskRun } from "../../api/shapes.ts";
import { LOOKS, type State, taskState } from "../../ui/states.ts";
import type { Item, Picture } from "./picture.ts";

/** What the graph says of the task runs behind a node: one, or as many as a map has items or a group has tasks. */
export interface NodeSummary {
  /** The most urgent of all. */
  readonly state: State;
  readonly count: number;
  readonly counts: ReadonlyMap<State, number>;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Of a single task run: how many tries it took. */
  readonly tries: number;
  /** Nothing of it was done in this run: it is kept from another, or comes from the cache. */
  readonly isKept: boolean;
}

const URGENT: readonly State[] = [...STATES_BY_URGENCY, "none"];

/** What is known of a run. */
export interface KnownRun {
  readonly nodes: readonly FlowNode[];
  readonly taskRuns: readonly TaskRun[];
  /** Of each node, how many task runs wait for a slot, which are kept nowhere until they start. */
  readonly queued?: ReadonlyMap<string, number> | undefined;
}

/** What is known of the nodes, by their places. */
interface Behind {
  readonly nodes: readonly FlowNode[];
  readonly byNode: readonly (readonly TaskRun[])[];
  /** How many there will be that are in no row yet. */
  readonly queued: readonly number[];
  readonly unbegun: readonly number[];
}

/** By the place of an item in the picture. */
export function summariesOf(
  { items }: Pick<Picture, "items">,
  { nodes, taskRuns, queued }: KnownRun,
): readonly NodeSummary[] {
  const byNode: TaskRun[][] = nodes.map(() => []);
  for (const row of taskRuns) if (row.hook === "") byNode[row.node]?.push(row);
  const places = new Map(nodes.map(({ id }, place) => [id, place]));
  const waiting = nodes.map(({ id }) => queued?.get(id) ?? 0);
  const unbegun = nodes.map(({ map }, place) => {
    const known = (byNode[place]?.length ?? 0) + (waiting[place] ?? 0);
    return Math.max(0, expectedOf(map === null ? undefined : byNode[places.get(map) ?? -1]) - known);
  });
  const behind = { nodes, byNode, queued: waiting, unbegun };
  return items.map((item) => summaryOf(item, behind));
}

/** How many task runs there will be of a node: one, or of what a map repeats one for each item, once these are known. */
function expectedOf(map: readonly TaskRun[] | undefined): number {
  if (map === undefined) return 1;
  if (map.every(({ endedAt }) => endedAt !== null)) return 0;
  return map.reduce((sum, { itemCount }) => sum + (itemCount ?? 0), 0);
}

/** Those that an item stands for: of its tasks, or its own where none has begun. */
function rowsOf({ kind, members }: Pick<Item, "kind" | "members">, { nodes, byNode }: Behind): readonly TaskRun[] {
  if (kind === "task") return byNode[members[0] ?? -1] ?? [];
  const inside = members.flatMap((node) => (nodes[node]?.kind === "task" ? (byNode[node] ?? []) : []));
  return inside.length > 0 ? inside : members.slice(0, 1).flatMap((node) => byNode[node] ?? []);
}

function summaryOf(item: Item, behind: Behind): NodeSummary {
  const tasks = item.members.filter((place) => behind.nodes[place]?.kind === "task");
  const sum = (counts: readonly number[]): number => tasks.reduce((all, place) => all + (counts[place] ?? 0), 0);
  const queued = sum(behind.queued);
  const unbegun = sum(behind.unbegun);
  const known = rowsOf(item, behind);
  // Of a task by itself nothing is known when nothing has begun.
  const missing = item.kind === "task" && unbegun === 1 && known.length + queued === 0 ? 0 : unbegun;
  // A map stands for itself only until it is known what it repeats.
  const rows = missing + queued > 0 ? known.filter(({ node }) => behind.nodes[node]?.kind === "task") : known;
  const counts = new Map<State, number>();
  let startedAt: string | null = null;
  let endedAt: string | null = "";
  let count = 0;
  const add = (state: State, more: number): void => {
    count += more;
    counts.set(state, (counts.get(state) ?? 0) + more);
  };
  for (const row of rows) {
    add(taskState(row), 1);
    if (row.startedAt !== null && (startedAt === null || row.startedAt < startedAt)) startedAt = row.startedAt;
    if (endedAt !== null && (row.endedAt === null || row.endedAt > endedAt)) endedAt = row.endedAt;
  }
  if (queued > 0) add("ready", queued);
  if (missing > 0) add("none", missing);
  return {
    state: URGENT.find((state) => counts.has(state)) ?? "none",
    count,
    counts,
    startedAt,
    endedAt: count === 0 || missing + queued > 0 ? null : endedAt,
    tries: rows.length === 1 ? (rows[0]?.tries ?? 0) : 0,
    isKept: missing + queued === 0 && rows.length > 0 && rows.every(isKept),
  };
}

/** Whether what it gave is from before this run. */
function isKept({ reusedFrom, cached, marked }: Pick<TaskRun, "reusedFrom" | "cached" | "marked">): boolean {
  return marked === null && (reusedFrom !== null || cached);
}

/** `1 failed, 11 succeeded`. */
export function countsText(counts: ReadonlyMap<State, number>): string {
  return URGENT.flatMap((state) => {
    const count = counts.get(state);
    return count === undefined ? [] : [`${count} ${LOOKS[state].text.toLowerCase()}`];
  }).join(", ");
}

/** The counts in the order in which a bar shows them: what is done first, what failed at the end. */
export function sharesOf({ counts }: Pick<NodeSummary, "counts">): readonly (readonly [State, number])[] {
  return [...counts].toSorted(([a], [b]) => TONES.indexOf(LOOKS[a].tone) - TONES.indexOf(LOOKS[b].tone));
}

const TONES = ["success", "running", "waiting", "idle", "blocked", "failed"];
