import type { FlowNode, TaskRun } from "../../api/shapes.ts";
import { LOOKS, type State, taskState } from "../../ui/states.ts";

/** What a node of the graph says of its task runs: one, or as many as a map has items. */
export interface NodeSummary {
  readonly state: State;
  readonly count: number;
  readonly counts: ReadonlyMap<State, number>;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

/** The worst first: what a map shows of all its items. */
const WORST: readonly State[] = [
  "failed",
  "awaiting_input",
  "retry_wait",
  "running",
  "deferred",
  "queued",
  "ready",
  "pending",
  "upstream_failed",
  "cancelled",
  "success",
  "skipped",
];

/** The state of each node by its id. A node without task runs has not begun. */
export function summariesOf(
  nodes: readonly FlowNode[],
  taskRuns: readonly TaskRun[],
): ReadonlyMap<string, NodeSummary> {
  const byNode = Map.groupBy(
    taskRuns.filter(({ hook }) => hook === ""),
    ({ node }) => node,
  );
  return new Map(nodes.map(({ id }, node) => [id, summaryOf(byNode.get(node) ?? [])]));
}

function summaryOf(rows: readonly TaskRun[]): NodeSummary {
  const counts = new Map<State, number>();
  for (const row of rows) {
    const state = taskState(row);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  const starts = rows.flatMap(({ startedAt }) => (startedAt === null ? [] : [startedAt])).toSorted();
  const ends = rows.flatMap(({ endedAt }) => (endedAt === null ? [] : [endedAt])).toSorted();
  return {
    state: WORST.find((state) => counts.has(state)) ?? "none",
    count: rows.length,
    counts,
    startedAt: starts[0] ?? null,
    endedAt: rows.length > 0 && ends.length === rows.length ? (ends.at(-1) ?? null) : null,
  };
}

/** `11 succeeded, 1 failed`. */
export function countsText(counts: ReadonlyMap<State, number>): string {
  return WORST.flatMap((state) => {
    const count = counts.get(state);
    return count === undefined ? [] : [`${count} ${LOOKS[state].text.toLowerCase()}`];
  }).join(", ");
}
