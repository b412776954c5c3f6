import type { Changes, RunId } from "@millrace/core";
import { attemptToColumns } from "../tables/attempt.ts";
import { cacheEntryToColumns } from "../tables/cache-entry.ts";
import { reportToColumns } from "../tables/report.ts";
import { runToColumns } from "../tables/run.ts";
import { valueToColumns } from "../tables/stored-value.ts";
import { taskRunToColumns } from "../tables/task-run.ts";
import type { WrittenName, WrittenTable } from "./commit-statement.ts";

/** The rows of a commit by table, for those that get any, in the order of the statement. */
export function commitRows(
  changes: Changes,
  numberOf: (run: RunId) => number,
  lastEvent: number,
): (readonly [WrittenName, readonly object[]])[] {
  const rows: (readonly [WrittenName, readonly object[]])[] = [
    ["run", changes.runs.map((run) => ({ num: numberOf(run.id), ...runToColumns(run) }))],
    ["task_run", changes.taskRuns.map((row) => taskRunToColumns(numberOf(row.run), row))],
    ["attempt", changes.attempts.map((row) => attemptToColumns(numberOf(row.run), row))],
    [
      "output",
      changes.outputs.map(({ run, node, item, value }) => ({
        run: numberOf(run),
        node,
        item,
        ...valueToColumns(value),
      })),
    ],
    [
      "event",
      changes.events.map(({ run, atMs, ...event }, index) => ({
        ...event,
        seq: lastEvent + index + 1,
        run: numberOf(run),
        at: atMs,
      })),
    ],
    ["report", changes.reports.map((row) => reportToColumns(numberOf(row.run), row))],
    ["cache_entry", changes.cacheEntries.map(cacheEntryToColumns)],
    // The first answer to a command stands, so it comes last here.
    ["command", changes.answers.toReversed().map((answer) => ({ id: answer.id, answer: JSON.stringify(answer) }))],
  ];
  return rows.filter(([, some]) => some.length > 0);
}

/**
 * Of rows with the same key, the last. One statement may write a row only once; two tasks with one cache key that end in
 * the same turn are such rows.
 */
export function distinct({ upsert, columns }: WrittenTable, rows: readonly object[]): readonly object[] {
  const key = upsert?.key ?? ("answer" in columns ? ["id"] : undefined);
  if (key === undefined || rows.length < 2) return rows;
  const last = new Map<string, object>();
  for (const row of rows) {
    let name = "";
    for (const column of key) name += `${String((row as Record<string, unknown>)[column])}/`;
    last.set(name, row);
  }
  return last.size === rows.length ? rows : [...last.values()];
}
