import type { Changes, RunId } from "@millrace/core";
import { attemptToColumns } from "../tables/attempt.ts";
import { backfillToColumns } from "../tables/backfill.ts";
import { cacheEntryToColumns } from "../tables/cache-entry.ts";
import { lastOfKeys } from "../tables/partition-key.ts";
import { poolToColumns } from "../tables/pool.ts";
import { reportToColumns } from "../tables/report.ts";
import { runToColumns } from "../tables/run.ts";
import { valueToColumns } from "../tables/stored-value.ts";
import { taskRunToColumns } from "../tables/task-run.ts";
import { tickToColumns } from "../tables/tick.ts";
import { triggerToColumns } from "../tables/trigger.ts";
import type { ColumnType } from "./binary-rows.ts";
import { WRITTEN, type WrittenName, type WrittenTable } from "./commit-statement.ts";

/** A row of a table, by column. A column that is missing is null. */
export type Row = object;

/** The rows of a commit by table, for those that get any, in the order of the statement. */
export function commitRows(
  changes: Changes,
  numberOf: (run: RunId) => number,
  lastEvent: number,
): (readonly [WrittenName, readonly Row[]])[] {
  const rows: (readonly [WrittenName, readonly Row[]])[] = [
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
    ["pool", changes.pools.map(poolToColumns)],
    ["rate", changes.rates.map(({ name, fullAtMs }) => ({ name, full_at: fullAtMs }))],
    ["flow_trigger", changes.triggers.map(triggerToColumns)],
    // What was decided of a tick first stands, so it comes last here.
    ["tick", changes.ticks.toReversed().map(tickToColumns)],
    ["backfill", changes.backfills.map(backfillToColumns)],
    [
      "partition_key",
      lastOfKeys(changes.partitionKeys).map(({ name, key, exists }) => ({ num: exists ? 1 : 0, name, key })),
    ],
    // The first answer to a command stands, so it comes last here.
    ["command", changes.answers.toReversed().map((answer) => ({ id: answer.id, answer: JSON.stringify(answer) }))],
  ];
  return rows.filter(([, some]) => some.length > 0);
}

/** The columns of each table, as its rows are encoded. */
const COLUMNS = new Map<WrittenName, readonly (readonly [string, ColumnType])[]>();

export function columnsOf(name: WrittenName): readonly (readonly [string, ColumnType])[] {
  let columns = COLUMNS.get(name);
  if (columns === undefined) {
    columns = Object.entries(WRITTEN[name].columns);
    COLUMNS.set(name, columns);
  }
  return columns;
}

/**
 * Of rows with the same key, the last. One statement may write a row only once; two tasks with one cache key that end in
 * the same turn are such rows.
 */
export function distinct(name: WrittenName, rows: readonly Row[]): readonly Row[] {
  const { upsert }: WrittenTable = WRITTEN[name];
  const key = upsert?.key ?? (name === "command" ? ["id"] : undefined);
  if (key === undefined || rows.length < 2) return rows;
  const last = new Map<string, Row>();
  for (const row of rows) {
    let text = "";
    for (const column of key) text += `${String((row as Record<string, unknown>)[column])}/`;
    last.set(text, row);
  }
  return last.size === rows.length ? rows : [...last.values()];
}
