import type { BackfillId, EncodedText, NewestRuns, RunId, RunRow, RunState, VersionId } from "@millrace/core";
import { type Selectable, sql } from "kysely";
import { act } from "../act.ts";
import type { RunTable } from "../schema.ts";
import { withAsked } from "./asked-ids.ts";
import { fromJson, fromJsonOrNull, toJson } from "./json.ts";

type RunColumns = Selectable<RunTable>;

/**
 * Writes a run whole, or what may have changed of it: what a run is made of (its flow, version, parameters, window and
 * family) never changes, and columns that an update does not name cost their indexes nothing.
 */
export const recordRun = act("recordRun", (db, given: Omit<RunColumns, "num">) =>
  db
    .insertInto("run")
    .values({
      id: given.id,
      flow: given.flow,
      version: given.version,
      state: given.state,
      params: given.params,
      window_start_at: given.window_start_at,
      window_end_at: given.window_end_at,
      trigger: given.trigger,
      selection: given.selection,
      idempotency_key: given.idempotency_key,
      concurrency_key: given.concurrency_key,
      task_keys: given.task_keys,
      class: given.class,
      rerun_of: given.rerun_of,
      root_run: given.root_run,
      created_at: given.created_at,
      started_at: given.started_at,
      ended_at: given.ended_at,
      error: given.error,
      settled: given.settled,
      cancel_requested: given.cancel_requested,
      scheduled_at: given.scheduled_at,
      slice: given.slice,
      backfill: given.backfill,
    })
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((eb) => ({
        state: eb.ref("excluded.state"),
        started_at: eb.ref("excluded.started_at"),
        ended_at: eb.ref("excluded.ended_at"),
        error: eb.ref("excluded.error"),
        settled: eb.ref("excluded.settled"),
        cancel_requested: eb.ref("excluded.cancel_requested"),
      })),
    )
    .returning("num"),
);

export const findRunNumber = act("findRunNumber", (db, given: { id: string }) =>
  db.selectFrom("run").select("num").where("id", "=", given.id),
);

export const findRun = act("findRun", (db, given: { id: string }) =>
  db.selectFrom("run").selectAll().where("id", "=", given.id),
);

/** Those that are there, in no order. */
export const findRuns = act("findRuns", (db, given: { ids: string }) =>
  withAsked(db, given).selectFrom("asked").innerJoin("run", "run.id", "asked.id").selectAll("run"),
);

/**
 * Runs that are not final, or whose hooks are not done: what the index holds, and nothing else. The 0 is part of the
 * text, because SQLite takes a partial index only for a condition that it sees.
 */
export const listUnsettledRuns = act("listUnsettledRuns", (db) =>
  db.selectFrom("run").select("id").where("settled", "=", sql.lit(0)).orderBy("num"),
);

export const findRunByIdempotencyKey = act("findRunByIdempotencyKey", (db, given: { key: string }) =>
  db.selectFrom("run").select("id").where("idempotency_key", "=", given.key),
);

export const findNewestRerun = act("findNewestRerun", (db, given: { root: string }) =>
  db.selectFrom("run").selectAll().where("root_run", "=", given.root).orderBy("num", "desc").limit(1),
);

/** Runs whose id begins with a text: all between it and the text with a last character above every other. */
export const listRunsByPrefix = act("listRunsByPrefix", (db, given: { from: string; to: string; limit: number }) =>
  db
    .selectFrom("run")
    .selectAll()
    .where("id", ">=", given.from)
    .where("id", "<", given.to)
    .orderBy("id", "desc")
    .limit(given.limit),
);

/** Runs whose id ends with a text. Reads the ids of all runs, so it is for people and not for loops. */
export const listRunsBySuffix = act("listRunsBySuffix", (db, given: { pattern: string; limit: number }) =>
  db.selectFrom("run").selectAll().where("id", "like", given.pattern).orderBy("id", "desc").limit(given.limit),
);

interface Page {
  before: number;
  limit: number;
}

export const listRuns = act("listRuns", (db, given: Page) =>
  db.selectFrom("run").selectAll().where("num", "<", given.before).orderBy("num", "desc").limit(given.limit),
);

export const listRunsOfFlow = act("listRunsOfFlow", (db, given: Page & { flow: string }) =>
  db
    .selectFrom("run")
    .selectAll()
    .where("flow", "=", given.flow)
    .where("num", "<", given.before)
    .orderBy("num", "desc")
    .limit(given.limit),
);

export const listRunsInState = act("listRunsInState", (db, given: Page & { state: RunState }) =>
  db
    .selectFrom("run")
    .selectAll()
    .where("state", "=", given.state)
    .where("num", "<", given.before)
    .orderBy("num", "desc")
    .limit(given.limit),
);

export const listRunsOfFlowInState = act(
  "listRunsOfFlowInState",
  (db, given: Page & { flow: string; state: RunState }) =>
    db
      .selectFrom("run")
      .selectAll()
      .where("flow", "=", given.flow)
      .where("state", "=", given.state)
      .where("num", "<", given.before)
      .orderBy("num", "desc")
      .limit(given.limit),
);

/**
 * The newest runs of every flow, in one read. Flows are found by jumps along the index, from one name to the next; behind
 * the last is null, which ends the walk because a union holds nothing twice. A text for each flow, because a row for each of
 * many runs would cost more to hand over than to find.
 */
export const listNewestRuns = act("listNewestRuns", (db, given: { each: number }) =>
  db
    .withRecursive("named(flow)", (cte) =>
      cte
        .selectFrom("run")
        .select((eb) => eb.fn.min<string | null>("flow").as("flow"))
        .where("flow", ">", sql.lit(""))
        .union((eb) =>
          eb.selectFrom("named").select((one) =>
            one
              .selectFrom("run")
              .select((next) => next.fn.min<string | null>("run.flow").as("flow"))
              .whereRef("run.flow", ">", "named.flow")
              .as("flow"),
          ),
        ),
    )
    .selectFrom("named")
    .select((eb) => [
      "named.flow",
      eb
        .selectFrom(
          eb
            .selectFrom("run")
            .select(["num", "id", "state", "created_at", "started_at", "ended_at", "rerun_of", "selection"])
            .whereRef("run.flow", "=", "named.flow")
            .orderBy("num", "desc")
            .limit(given.each)
            .as("newest"),
        )
        .select(
          sql<string | null>`string_agg(num || ' ' || id || ' ' || state || ' ' || created_at || ' '
            || coalesce(cast(started_at as text), '') || ' ' || coalesce(cast(ended_at as text), '')
            || ' ' || case when rerun_of is null and selection is null then '' else 'part' end, ',')`.as("runs"),
        )
        .as("runs"),
    ]),
);

export function newestRunsFromColumns({ flow, runs }: { flow: string; runs: string }): NewestRuns {
  const rows = runs.split(",").map((run) => run.split(" "));
  // A sum of texts is in no order that databases promise.
  rows.sort(([one], [other]) => Number(other) - Number(one));
  return {
    flow,
    runs: rows.map(([, id, state, createdAt, startedAt, endedAt, part]) => ({
      id: id as RunId,
      state: state as RunState,
      createdAtMs: Number(createdAt),
      startedAtMs: startedAt === "" ? null : Number(startedAt),
      endedAtMs: endedAt === "" ? null : Number(endedAt),
      isPart: part === "part",
    })),
  };
}

export function runToColumns(run: RunRow): Omit<RunColumns, "num"> {
  return {
    id: run.id,
    flow: run.flow,
    version: run.version,
    state: run.state,
    params: run.params,
    window_start_at: run.window.startMs,
    window_end_at: run.window.endMs,
    trigger: JSON.stringify(run.trigger),
    selection: toJson(run.selection),
    idempotency_key: run.idempotencyKey,
    concurrency_key: run.concurrencyKey,
    task_keys: toJson(run.taskKeys),
    class: run.class,
    rerun_of: run.rerunOf,
    root_run: run.rootRun === run.id ? null : run.rootRun,
    created_at: run.createdAtMs,
    started_at: run.startedAtMs,
    ended_at: run.endedAtMs,
    error: toJson(run.error),
    settled: run.settled ? 1 : 0,
    cancel_requested: run.cancelRequested ? 1 : 0,
    scheduled_at: run.scheduledAtMs,
    slice: toJson(run.slice),
    backfill: run.backfill,
  };
}

export function runFromColumns(row: RunColumns): RunRow {
  return {
    id: row.id as RunId,
    flow: row.flow,
    version: row.version as VersionId,
    state: row.state,
    params: row.params as EncodedText,
    window: { startMs: row.window_start_at, endMs: row.window_end_at },
    scheduledAtMs: row.scheduled_at,
    slice: fromJsonOrNull(row.slice),
    backfill: row.backfill as BackfillId | null,
    trigger: fromJson(row.trigger),
    selection: fromJsonOrNull(row.selection),
    idempotencyKey: row.idempotency_key,
    concurrencyKey: row.concurrency_key,
    taskKeys: fromJsonOrNull(row.task_keys),
    class: row.class,
    rerunOf: row.rerun_of as RunId | null,
    rootRun: (row.root_run ?? row.id) as RunId,
    createdAtMs: row.created_at,
    startedAtMs: row.started_at,
    endedAtMs: row.ended_at,
    error: fromJsonOrNull(row.error),
    settled: row.settled === 1,
    cancelRequested: row.cancel_requested === 1,
  };
}
