import type { BackfillId, RunId, SliceRun } from "@millrace/core";
import { type ExpressionBuilder, type Selectable, sql } from "kysely";
import { act } from "../act.ts";
import type { RunTable, Tables } from "../schema.ts";
import { fromJsonOrNull } from "./json.ts";

const COLUMNS = [
  "num",
  "id",
  "root_run",
  "state",
  "window_start_at",
  "window_end_at",
  "slice",
  "scheduled_at",
  "backfill",
  "created_at",
  "ended_at",
] as const;

type SliceRunColumns = Pick<Selectable<RunTable>, (typeof COLUMNS)[number]>;

/** As the index says it: databases take it only for a condition that they see. */
function standsForTime(eb: ExpressionBuilder<Tables, "run">) {
  return eb.or([eb("scheduled_at", "is not", null), eb("slice", "is not", null), eb("backfill", "is not", null)]);
}

/**
 * From the end of time backwards, as most questions are about what is new; in no order. What begins later than `to` is
 * left out in the index.
 */
export const listSliceRunsBetween = act(
  "listSliceRunsBetween",
  (db, given: { flow: string; from: number; to: number }) =>
    db
      .selectFrom("run")
      .select(COLUMNS)
      .where("flow", "=", given.flow)
      .where("window_end_at", ">=", given.from)
      .where("window_start_at", "<=", given.to)
      .where(standsForTime),
);

export const listSliceRuns = act("listSliceRuns", (db, given: { flow: string }) =>
  db.selectFrom("run").select(COLUMNS).where("flow", "=", given.flow).where(standsForTime),
);

export const listBackfillRuns = act("listBackfillRuns", (db, given: { backfill: string }) =>
  db.selectFrom("run").select(COLUMNS).where("backfill", "=", given.backfill).orderBy("num"),
);

/** A page by place: walks along the index over what comes before it. */
export const listBackfillRunsFrom = act(
  "listBackfillRunsFrom",
  (db, given: { backfill: string; skip: number; limit: number }) =>
    db
      .selectFrom("run")
      .select(COLUMNS)
      .where("backfill", "=", given.backfill)
      .orderBy("num")
      .limit(given.limit)
      .offset(given.skip),
);

export const listDurations = act("listDurations", (db, given: { flow: string; limit: number }) =>
  db
    .selectFrom("run")
    .select(["started_at", "ended_at"])
    .where("flow", "=", given.flow)
    .where("state", "=", sql.lit("success"))
    .orderBy("num", "desc")
    .limit(given.limit),
);

export function sliceRunFromColumns(row: SliceRunColumns): SliceRun {
  return {
    id: row.id as RunId,
    rootRun: (row.root_run ?? row.id) as RunId,
    state: row.state,
    window: { startMs: row.window_start_at, endMs: row.window_end_at },
    slice: fromJsonOrNull(row.slice),
    scheduledAtMs: row.scheduled_at,
    backfill: row.backfill as BackfillId | null,
    createdAtMs: row.created_at,
    endedAtMs: row.ended_at,
  };
}
