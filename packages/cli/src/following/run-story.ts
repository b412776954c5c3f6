import { type ErrorInfo, ROOT_ITEM, type RunRow, type StoredValue, type TaskRunRow } from "@millrace/core";
import type { RunAccess } from "../access/run-access.ts";
import { taskLabel } from "../history/task-label.ts";
import { type LogLine, lastLogLines } from "../logs/log-lines.ts";
import type { RunView } from "../run-view/run-view.ts";

/** What is told about a run when it has ended: how, and of each failed task why. */
export interface RunStory {
  readonly run: RunRow;
  /** The first few, in the order of their end. */
  readonly failures: readonly TaskFailure[];
  readonly moreFailures: number;
  /** What the flow returned. */
  readonly output: StoredValue;
}

export interface TaskFailure {
  readonly label: string;
  readonly tries: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly error: ErrorInfo | null;
  readonly logTail: readonly LogLine[];
}

const NOTHING: StoredValue = { kind: "none" };
const FLOW_NODE = -1;
const MOST_FAILURES = 5;
const LOG_TAIL_LINES = 8;

/** Reads from the store what the run's end was. */
export async function tellRun(runtime: RunAccess, run: RunRow, view: RunView): Promise<RunStory> {
  if (run.state === "success") {
    const output = await runtime.store.findOutput(run.id, FLOW_NODE, ROOT_ITEM);
    return { run, failures: [], moreFailures: 0, output: output ?? NOTHING };
  }
  const taskRuns = await runtime.store.history.listTaskRuns(run.id);
  const failed = taskRuns
    // A map or branch without an error of its own failed because of what is inside it.
    .filter((row) => row.state === "failed" && (row.error !== null || view.spec.nodes[row.node]?.kind === "task"))
    .sort((a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0));
  const shown = failed.slice(0, MOST_FAILURES);
  const failures: TaskFailure[] = [];
  for (const row of shown) failures.push(await tellTask(runtime, row, view));
  return { run, failures, moreFailures: failed.length - shown.length, output: NOTHING };
}

async function tellTask(runtime: RunAccess, row: TaskRunRow, view: RunView): Promise<TaskFailure> {
  return {
    label: taskLabel(view.spec, row),
    tries: row.tries,
    startedAtMs: row.startedAtMs,
    endedAtMs: row.endedAtMs,
    error: row.error,
    logTail: await lastLogLines(runtime, row, LOG_TAIL_LINES),
  };
}
