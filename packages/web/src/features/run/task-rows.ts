import type { TaskRun } from "../../api/shapes.ts";
import { type State, taskState } from "../../ui/states.ts";

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

interface Waiting {
  readonly task: string;
  readonly state: string;
  readonly reason: string;
}

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
      reason: row.hook === "" && row.endedAt === null ? reasons.get(row.task) : undefined,
    }));
  const toCome = waiting
    .filter(({ task, state }) => state === "pending" && !known.has(task))
    .map(({ task, reason }) => ({ key: task, task, state: "none" as const, row: undefined, reason }));
  return [...begun, ...toCome];
}

/** What there is to say beside a row: why it failed or waits, or where its result is from. */
export function remarkOf({ row, reason }: TaskRow): string {
  if (row === undefined) return reason ?? "";
  if (row.marked !== null)
    return `marked by ${row.marked.by}${row.marked.reason === null ? "" : `: ${row.marked.reason}`}`;
  if (row.error !== null) return row.error.message;
  if (reason !== undefined) return reason;
  return row.cached ? "from the cache" : row.reusedFrom === null ? "" : "kept";
}

/** A hook is not run again by itself. */
export function canPick({ row }: TaskRow): boolean {
  return row === undefined || row.hook === "";
}
