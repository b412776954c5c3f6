import { type AttemptId, type Changes, encode, type RunId, type TaskRunRow } from "@millrace/core";
import { attemptRow, changes, eventRow, taskRunRow } from "./rows.ts";

/** What the engine writes when so many task runs end and as many others begin, in one commit. */
export function turnOf(run: RunId, tasks: number, from = 0): Changes {
  const rows = Array.from({ length: tasks }, (_, index) => {
    const node = from + index;
    const ended: Partial<TaskRunRow> = { node, state: "success", endedAtMs: 1 };
    const attempt = attemptRow(run, node + 1, { node, state: "success", endedAtMs: 1 });
    return { ended: taskRunRow(run, ended), attempt, event: eventRow(run, { node, attempt: (node + 1) as AttemptId }) };
  });
  return changes({
    taskRuns: rows.map(({ ended }) => ended),
    attempts: rows.map(({ attempt }) => attempt),
    outputs: rows.map(({ ended: { node, item } }) => ({
      run,
      node,
      item,
      value: { kind: "inline", text: encode(node) },
    })),
    events: rows.map(({ event }) => event),
  });
}

/** Rows in a turn, for each task. */
export const ROWS_A_TASK = 4;
