import type { TaskRun } from "../../api/shapes.ts";
import { type State, taskState } from "../../ui/states.ts";
import { byWhom, withShortIds } from "../runs/run-text.ts";
import { reasonOf, type Waiting } from "./wait-reasons.ts";

/** A line of the table: a task run, or a task that has not begun and says what it waits for. */
export interface TaskRow {
  /** Its label, and the hook where it is one. */
  readonly key: string;
  readonly task: string;
  readonly state: State;
  /** Undefined: it has not begun. */
  readonly row: TaskRun | undefined;
  readonly reason: string | undefined;
}

/** States of what has no task run, as people see them. */
export const UNTOLD: Readonly<Partial<Record<string, State>>> = { pending: "none", ready: "ready", queued: "ready" };

const byItem = new Intl.Collator("en", { numeric: true });

/** Task runs as the flow has them, items by their number; after them what has not begun. */
export function taskRows(taskRuns: readonly TaskRun[], waiting: readonly Waiting[]): readonly TaskRow[] {
  const reasons = new Map(waiting.map(({ task, reason }) => [task, reason]));
  const known = new Set(taskRuns.map(({ task }) => task));
  const begun = taskRuns
    .toSorted((a, b) => a.node - b.node || byItem.compare(a.item, b.item))
    .map((row) => ({
      key: row.hook === "" ? row.task : `${row.task} ${row.hook}`,
      task: row.task,
      state: taskState(row),
      row,
      reason: reasonOf(row, reasons.get(row.task)),
    }));
  // What waits for a slot is kept nowhere until it starts: it is known from why it waits alone.
  const toCome = waiting
    .filter(({ task, state }) => state in UNTOLD && !known.has(task))
    .map(({ task, state, reason }) => ({ key: task, task, state: UNTOLD[state] ?? "none", row: undefined, reason }));
  return [...begun, ...toCome];
}

/** Of each node of the graph, how many task runs wait for a slot and have no row yet. */
export function queuedOf(
  taskRuns: readonly Pick<TaskRun, "task">[],
  waiting: readonly Waiting[],
): ReadonlyMap<string, number> {
  const known = new Set(taskRuns.map(({ task }) => task));
  const queued = new Map<string, number>();
  for (const { task, state } of waiting) {
    if (UNTOLD[state] !== "ready" || known.has(task)) continue;
    const node = task.replaceAll(/\[\d+\]/g, "[]");
    queued.set(node, (queued.get(node) ?? 0) + 1);
  }
  return queued;
}

/** Of what is taken, whose it is: what one looks for first in a line that may be cut. */
const HELD = /^(waits for [^:]+): ([^;]+ (?:taken|claimed)), by ([^;]+)/;

function waitText(reason: string): string {
  return withShortIds(reason).replace(HELD, "$1, held by $3: $2");
}

/** What there is to say beside a row: why it failed or waits, or where its result is from. */
export function remarkOf({ row, reason }: TaskRow): string {
  if (row === undefined) return waitText(reason ?? "");
  if (row.marked !== null)
    return `marked ${byWhom(row.marked.by)}${row.marked.reason === null ? "" : `: ${row.marked.reason}`}`;
  if (row.error !== null) return row.error.message;
  if (reason !== undefined) return waitText(reason);
  return row.cached ? "from the cache" : row.reusedFrom === null ? "" : "kept";
}

/** A hook is not run again by itself. */
export function canPick({ row }: TaskRow): boolean {
  return row === undefined || row.hook === "";
}
