import type { BackfillId, RunId, RunState, RunTally, SliceRun } from "@millrace/core";
import { type ExpressionBuilder, type Kysely, type Selectable, sql } from "kysely";
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

/** The states of runs as numbers behind the run's own, so that the greatest is the newest run's. */
const RUN_STATES = ["queued", "running", "success", "failed", "cancelled"] as const satisfies readonly RunState[];
const PLACES = 8;
const STATE_PLACE = sql<number>`case state ${sql.join(
  RUN_STATES.map((state, place) => sql`when ${sql.lit(state)} then ${sql.lit(place)}`),
  sql` `,
)} end`;

export interface TallyRow {
  start_at: number;
  end_at: number;
  state: number;
  count: number;
  runs: number;
}

interface TallyGiven {
  flow: string;
  from: number;
  to: number;
  bucket: number;
}

/** For each window or key its newest run, added up. What is sorted for it are the groups. */
export const tallyWindows = act("tallyWindows", (db, given: TallyGiven) =>
  db
    .selectFrom(
      db
        .selectFrom("run")
        .select([
          "window_start_at",
          "window_end_at",
          sql<number>`max(num * ${sql.lit(PLACES)} + ${STATE_PLACE})`.as("newest"),
          sql<number>`count(*)`.as("runs"),
        ])
        .where("flow", "=", given.flow)
        .where("window_end_at", ">=", given.from)
        .where("window_end_at", "<=", given.to)
        .where(standsForTime)
        .groupBy(["window_end_at", "window_start_at", "slice"])
        .as("newest_run"),
    )
    .select([
      sql<number>`window_start_at - window_start_at % ${given.bucket}`.as("start_at"),
      sql<number>`window_end_at - window_end_at % ${given.bucket}`.as("end_at"),
      sql<number>`newest % ${sql.lit(PLACES)}`.as("state"),
      sql<number>`count(*)`.as("count"),
      sql<number>`cast(sum(runs) as bigint)`.as("runs"),
    ])
    .groupBy(sql`1, 2, 3`),
);

/** By when they were made, those of a stretch of numbers; of a family the newest. */
export const tallyMade = act("tallyMade", (db, given: TallyGiven) => tallyByMaking(db, given));

/** The same of runs that stand for nothing in time. */
export const tallyOthers = act("tallyOthers", (db, given: TallyGiven) =>
  tallyByMaking(db, given).where("scheduled_at", "is", null).where("slice", "is", null).where("backfill", "is", null),
);

/**
 * Runs of all flows from a number on, added up. They are gathered first: SQLite would rather walk an index of all runs that
 * has them in the order of the groups.
 */
export const countRuns = act("countRuns", (db, given: { num: number; from: number; bucket: number }) =>
  db
    .with(
      (cte) => cte("recent").materialized(),
      (eb) =>
        eb
          .selectFrom("run")
          .select(["flow", "state", "created_at", "id"])
          .where("num", ">=", given.num)
          // A clock that was set back has made numbers and instants in different orders.
          .where("created_at", ">=", given.from),
    )
    .selectFrom("recent")
    .select([
      "flow",
      "state",
      sql<number>`created_at - created_at % ${given.bucket}`.as("start_at"),
      sql<number>`count(*)`.as("count"),
      sql<string>`max(id)`.as("newest"),
    ])
    .groupBy(sql`1, 2, 3`),
);

function tallyByMaking(db: Kysely<Tables>, given: TallyGiven) {
  return db
    .selectFrom("run")
    .select([
      sql<number>`created_at - created_at % ${given.bucket}`.as("start_at"),
      sql<number>`created_at - created_at % ${given.bucket}`.as("end_at"),
      STATE_PLACE.as("state"),
      sql<number>`count(*)`.as("count"),
      sql<number>`count(*)`.as("runs"),
    ])
    .where("flow", "=", given.flow)
    .where("num", ">=", given.from)
    .where("num", "<", given.to)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("run as later")
            .select("later.num")
            .where("later.root_run", "=", sql<string>`coalesce(run.root_run, run.id)`)
            .whereRef("later.num", ">", "run.num"),
        ),
      ),
    )
    .groupBy(sql`1, 2, 3`);
}

export function tallyFromColumns({ start_at, end_at, state, count, runs }: TallyRow): RunTally {
  return { startMs: start_at, endMs: end_at, state: RUN_STATES[state] as RunState, count, runs };
}

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
