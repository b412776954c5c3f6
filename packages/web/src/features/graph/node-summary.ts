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
}

const URGENT: readonly State[] = [...STATES_BY_URGENCY, "none"];

/** By the place of an item in the picture. */
export function summariesOf(
  { items }: Picture,
  nodes: readonly FlowNode[],
  taskRuns: readonly TaskRun[],
): readonly NodeSummary[] {
  const byNode: TaskRun[][] = nodes.map(() => []);
  for (const row of taskRuns) if (row.hook === "") byNode[row.node]?.push(row);
  return items.map((item) => summaryOf(item, nodes, byNode));
}

/** Those that an item stands for: of its tasks, or its own where none has begun. */
function rowsOf(
  { kind, members }: Pick<Item, "kind" | "members">,
  nodes: readonly FlowNode[],
  byNode: readonly (readonly TaskRun[])[],
): readonly TaskRun[] {
  if (kind === "task") return byNode[members[0] ?? -1] ?? [];
  const inside = members.flatMap((node) => (nodes[node]?.kind === "task" ? (byNode[node] ?? []) : []));
  return inside.length > 0 ? inside : members.slice(0, 1).flatMap((node) => byNode[node] ?? []);
}

function summaryOf(item: Item, nodes: readonly FlowNode[], byNode: readonly (readonly TaskRun[])[]): NodeSummary {
  const rows = rowsOf(item, nodes, byNode);
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
  // How many there will be of what a map repeats is not known yet.
  const missing = item.kind === "group" || item.kind === "branch" ? unbegun(item, nodes, byNode) : 0;
  if (missing > 0) add("none", missing);
  return {
    state: URGENT.find((state) => counts.has(state)) ?? "none",
    count,
    counts,
    startedAt,
    endedAt: count === 0 || missing > 0 ? null : endedAt,
    tries: rows.length === 1 ? (rows[0]?.tries ?? 0) : 0,
  };
}

function unbegun({ members }: Item, nodes: readonly FlowNode[], byNode: readonly (readonly TaskRun[])[]): number {
  return members.filter((place) => {
    const node = nodes[place];
    return node?.kind === "task" && node.map === null && (byNode[place]?.length ?? 0) === 0;
  }).length;
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
