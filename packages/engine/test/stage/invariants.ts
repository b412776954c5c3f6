import {
  type AttemptId,
  type AttemptOrder,
  type Changes,
  type FlowSpec,
  isFinalTaskRunState,
  type NodeSpec,
  TASK_RUN_EVENTS,
  type TaskRunRow,
  type TaskRunState,
  transitionTaskRun,
} from "@millrace/core";
import { expect } from "vitest";
import { POOLS } from "./random-flows.ts";
import type { RunView } from "./run-view.ts";

/** From a state to those that some row of events leads to, itself included. Turns may pass through several at once. */
const REACHABLE = new Map<TaskRunState, Set<TaskRunState>>();

function reachableFrom(state: TaskRunState): ReadonlySet<TaskRunState> {
  const known = REACHABLE.get(state);
  if (known !== undefined) return known;
  const reached = new Set([state]);
  for (const at of reached) {
    for (const event of Object.values(TASK_RUN_EVENTS)) {
      const next = transitionTaskRun(at, event);
      if (next !== undefined) reached.add(next);
    }
  }
  REACHABLE.set(state, reached);
  return reached;
}

/**
 * Looks at all that is written, and at every attempt that is started. It notes what is wrong instead of throwing it: in
 * the places where it looks, the engine would take what is thrown for a failure of the store or of a task.
 */
export class Watcher {
  readonly wrong: string[] = [];
  readonly #states = new Map<string, TaskRunState>();
  readonly #successes = new Map<string, AttemptId>();
  readonly #orders = new Map<AttemptId, readonly string[]>();

  written({ taskRuns, attempts }: Changes): void {
    for (const { id, state, ...row } of attempts) {
      const key = keyOf(row);
      const before = this.#successes.get(key);
      if (before !== undefined && before !== id) this.wrong.push(`${key} was tried again after it had succeeded`);
      if (state === "success") this.#successes.set(key, id);
    }
    for (const row of taskRuns) {
      const key = keyOf(row);
      const before = this.#states.get(key) ?? "pending";
      if (!reachableFrom(before).has(row.state)) this.wrong.push(`${key} went from ${before} to ${row.state}`);
      this.#states.set(key, row.state);
    }
  }

  /** No limit is overdrawn by this attempt and those that live beside it. */
  started(order: AttemptOrder, spec: FlowSpec, alive: readonly AttemptId[]): void {
    const node = spec.nodes[order.node];
    this.#orders.set(order.attempt, node?.kind === "task" && order.target.kind === "task" ? limitsOf(spec, node) : []);
    const used = new Map<string, number>();
    for (const attempt of new Set([...alive, order.attempt])) {
      for (const limit of this.#orders.get(attempt) ?? []) used.set(limit, (used.get(limit) ?? 0) + 1);
    }
    for (const [limit, count] of used) {
      const [, slots] = limit.split("=");
      if (count > Number(slots)) this.wrong.push(`${count} hold a slot of ${limit}`);
    }
  }
}

function keyOf({ run, node, item, hook }: Pick<TaskRunRow, "run" | "node" | "item" | "hook">): string {
  return `${run}/${node}/${item}/${hook}`;
}

function limitsOf(spec: FlowSpec, { id, policies }: NodeSpec & { kind: "task" }): readonly string[] {
  const pools = policies.pools.map(({ pool }) => `${pool}=${POOLS[pool as keyof typeof POOLS]}`);
  return policies.concurrency === null ? pools : [...pools, `${spec.name}/${id}=${policies.concurrency}`];
}

/** Every task run that the run must have is there and has ended, and there is no other. */
export function expectComplete(run: RunView, spec: FlowSpec): void {
  const rows = new Map<string, TaskRunRow>();
  for (const row of Object.values(run.tasks)) if (row.hook === "") rows.set(`${row.node}/${row.item}`, row);
  const expected = new Set<string>();
  const expand = (map: number | null, item: string): void => {
    for (const [node, { map: around, kind }] of spec.nodes.entries()) {
      if (around !== map) continue;
      const key = `${node}/${item}`;
      expected.add(key);
      const count = kind === "map" ? (rows.get(key)?.itemCount ?? 0) : 0;
      for (let one = 0; one < count; one += 1) expand(node, item === "" ? `${one}` : `${item}.${one}`);
    }
  };
  expand(null, "");
  for (const [key, row] of rows) {
    expect(isFinalTaskRunState(row.state), `${key} is ${row.state}`).toBe(true);
    expect(expected.has(key), `${key} should not be there`).toBe(true);
  }
  // What had not begun when a run was stopped has no row.
  if (!run.row.cancelRequested) expect(rows.size).toBe(expected.size);
}
