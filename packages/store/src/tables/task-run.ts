import {
  type EncodedText,
  type ItemPath,
  type NodesByState,
  type RunId,
  STATES_BY_URGENCY,
  type TaskRunRow,
  type TaskTimeRow,
  type VersionId,
} from "@millrace/core";
import { type Kysely, sql } from "kysely";
import { act } from "../act.ts";
import type { Tables, TaskRunTable } from "../schema.ts";
import { withAsked } from "./asked-ids.ts";
import { fromJsonOrNull, toJson } from "./json.ts";

export const recordTaskRun = act("recordTaskRun", (db, given: TaskRunTable) =>
  db
    .insertInto("task_run")
    .values({
      run: given.run,
      node: given.node,
      item: given.item,
      hook: given.hook,
      state: given.state,
      tries: given.tries,
      crashes: given.crashes,
      resumes: given.resumes,
      ready_at: given.ready_at,
      started_at: given.started_at,
      ended_at: given.ended_at,
      resume_at: given.resume_at,
      carry: given.carry,
      waits_for: given.waits_for,
      child_run: given.child_run,
      cached: given.cached,
      reused_from: given.reused_from,
      error: given.error,
      item_count: given.item_count,
      arm: given.arm,
    })
    .onConflict((conflict) =>
      conflict.columns(["run", "node", "item", "hook"]).doUpdateSet((eb) => ({
        state: eb.ref("excluded.state"),
        tries: eb.ref("excluded.tries"),
        crashes: eb.ref("excluded.crashes"),
        resumes: eb.ref("excluded.resumes"),
        ready_at: eb.ref("excluded.ready_at"),
        started_at: eb.ref("excluded.started_at"),
        ended_at: eb.ref("excluded.ended_at"),
        resume_at: eb.ref("excluded.resume_at"),
        carry: eb.ref("excluded.carry"),
        waits_for: eb.ref("excluded.waits_for"),
        child_run: eb.ref("excluded.child_run"),
        cached: eb.ref("excluded.cached"),
        reused_from: eb.ref("excluded.reused_from"),
        error: eb.ref("excluded.error"),
        item_count: eb.ref("excluded.item_count"),
        arm: eb.ref("excluded.arm"),
      })),
    ),
);

/** All task runs of a run, hooks included: neighbours in the table, because the run leads its key. */
export const listTaskRuns = act("listTaskRuns", (db, given: { run: number }) =>
  db.selectFrom("task_run").selectAll().where("run", "=", given.run),
);

/** One task run and its hooks. */
export const listTaskRunsAt = act("listTaskRunsAt", (db, given: { run: number; node: number; item: string }) =>
  db
    .selectFrom("task_run")
    .selectAll()
    .where("run", "=", given.run)
    .where("node", "=", given.node)
    .where("item", "=", given.item)
    .orderBy("hook"),
);

/** The newest runs of a flow by its index, and for each of them one task run by its key. */
export const listTaskTimes = act(
  "listTaskTimes",
  (db, given: { flow: string; run: number; node: number; item: string; limit: number }) =>
    db
      .selectFrom(
        db
          .selectFrom("run")
          .select(["num", "id", "version", "created_at"])
          .where("flow", "=", given.flow)
          .where("num", "<=", given.run)
          .orderBy("num", "desc")
          .limit(given.limit)
          .as("newest"),
      )
      .leftJoin("task_run as own", (join) =>
        join
          .onRef("own.run", "=", "newest.num")
          .on("own.node", "=", given.node)
          .on("own.item", "=", given.item)
          .on("own.hook", "=", sql.lit("")),
      )
      .select([
        "newest.id",
        "newest.version",
        "newest.created_at",
        "own.state",
        "own.tries",
        "own.ready_at",
        "own.started_at",
        "own.ended_at",
        "own.cached",
        "own.reused_from",
      ])
      .orderBy("newest.num", "desc"),
);

export interface TaskTimeColumns {
  readonly id: string;
  readonly version: string;
  readonly created_at: number;
  readonly state: TaskRunRow["state"] | null;
  readonly tries: number | null;
  readonly ready_at: number | null;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly cached: number | null;
  readonly reused_from: string | null;
}

export function taskTimeFromColumns(row: TaskTimeColumns): TaskTimeRow {
  const { state, tries } = row;
  return {
    run: row.id as RunId,
    version: row.version as VersionId,
    createdAtMs: row.created_at,
    taskRun:
      state === null || tries === null
        ? null
        : {
            state,
            tries,
            readyAtMs: row.ready_at,
            startedAtMs: row.started_at,
            endedAtMs: row.ended_at,
            cached: row.cached === 1,
            reusedFrom: row.reused_from as RunId | null,
          },
  };
}

interface Page {
  run: number;
  node: number;
  item: string;
  hook: string;
  limit: number;
}

/** A page along the key, so that its cost is its own size wherever it begins. */
export const listTaskRunsAfter = act("listTaskRunsAfter", (db, given: Page) => pageAlongKey(db, given));

/** The same of one state. Walks over those of other states: an index by state would cost the engine in each commit. */
export const listTaskRunsInStateAfter = act(
  "listTaskRunsInStateAfter",
  (db, given: Page & { state: TaskRunRow["state"] }) => pageAlongKey(db, given).where("state", "=", given.state),
);

function pageAlongKey(db: Kysely<Tables>, given: Page) {
  return db
    .selectFrom("task_run")
    .selectAll()
    .where("run", "=", given.run)
    .where(sql<boolean>`("node", "item", "hook") > (${given.node}, ${given.item}, ${given.hook})`)
    .orderBy("node")
    .orderBy("item")
    .orderBy("hook")
    .limit(given.limit);
}

/** The newest run's first, from before a place. */
interface AskedPage {
  run: number;
  node: number;
  item: string;
  limit: number;
}

/** What waits for a person now. Written out as the index has it: with a parameter no database would see that it fits. */
export const listAsked = act("listAsked", (db, given: AskedPage) =>
  pageOfAsked(db, given)
    .where(sql<boolean>`"waits_for" like '%"kind":"approval"%'`)
    .where(sql<boolean>`"waits_for" not like '%"decision":{%'`)
    // Of a run that was cancelled meanwhile, nobody decides any more.
    .where("task_run.state", "=", sql.lit("deferred")),
);

/** What was decided, by people and by deadlines. */
export const listDecided = act("listDecided", (db, given: AskedPage) =>
  pageOfAsked(db, given).where(sql<boolean>`"waits_for" like '%"decision":{%'`),
);

function pageOfAsked(db: Kysely<Tables>, given: AskedPage) {
  return db
    .selectFrom("task_run")
    .innerJoin("run", "run.num", "task_run.run")
    .selectAll("task_run")
    .select("run.id as run_id")
    .where(
      sql<boolean>`("task_run"."run", "task_run"."node", "task_run"."item") < (${given.run}, ${given.node}, ${given.item})`,
    )
    .orderBy("task_run.run", "desc")
    .orderBy("task_run.node", "desc")
    .orderBy("task_run.item", "desc")
    .limit(given.limit);
}

/** From the least urgent: most task runs are successes, and are told with one or two comparisons. */
const URGENCY = sql.join(
  [...STATES_BY_URGENCY.entries()]
    .reverse()
    .map(([urgency, state]) => sql`when ${sql.lit(state)} then ${sql.lit(urgency)}`),
  sql` `,
);

/**
 * Of each run, for each node the most urgent state of its items, by its place in `STATES_BY_URGENCY`: `0:10,1:0`, or null for
 * a run without any. One text, because a row for each task of many runs would cost more to hand over than to find.
 */
export const listNodeStates = act("listNodeStates", (db, given: { ids: string }) =>
  withAsked(db, given)
    .selectFrom("asked")
    .innerJoin("run", "run.id", "asked.id")
    .select((eb) => [
      "run.id",
      eb
        .selectFrom(
          eb
            .selectFrom("task_run")
            .select(["node", sql<number>`min(case "task_run"."state" ${URGENCY} end)`.as("urgency")])
            .whereRef("task_run.run", "=", "run.num")
            .where("hook", "=", sql.lit(""))
            .groupBy("node")
            .as("worst"),
        )
        .select(sql<string | null>`string_agg(node || ':' || urgency, ',')`.as("states"))
        .as("states"),
    ]),
);

/** Of some nodes of one run, each the same: reads their task runs by the key, and none of other nodes. */
export const listStatesOf = act("listStatesOf", (db, given: { run: number; ids: string }) => {
  const node = sql<number>`cast("asked"."id" as integer)`;
  return withAsked(db, given)
    .selectFrom("asked")
    .select((eb) => [
      node.as("node"),
      eb
        .selectFrom("task_run")
        .select(sql<number | null>`min(case "task_run"."state" ${URGENCY} end)`.as("urgency"))
        .where("task_run.run", "=", given.run)
        .where("task_run.node", "=", node)
        .where("task_run.hook", "=", sql.lit(""))
        .as("urgency"),
    ]);
});

export function nodesByState(states: string | null): NodesByState {
  const nodes: Partial<Record<TaskRunRow["state"], number[]>> = {};
  for (const one of states?.split(",") ?? []) {
    const colon = one.indexOf(":");
    const state = STATES_BY_URGENCY[Number(one.slice(colon + 1))];
    if (state === undefined) continue;
    nodes[state] ??= [];
    nodes[state].push(Number(one.slice(0, colon)));
  }
  return nodes;
}

/** Whether a run has more task runs than so many: walks that many entries of the key and reads no row. */
export const peekTaskRuns = act("peekTaskRuns", (db, given: { run: number; offset: number }) =>
  db.selectFrom("task_run").select("run").where("run", "=", given.run).limit(1).offset(given.offset),
);

export function taskRunToColumns(run: number, row: TaskRunRow): TaskRunTable {
  return {
    run,
    node: row.node,
    item: row.item,
    hook: row.hook,
    state: row.state,
    tries: row.tries,
    crashes: row.crashes,
    resumes: row.resumes,
    ready_at: row.readyAtMs,
    started_at: row.startedAtMs,
    ended_at: row.endedAtMs,
    resume_at: row.resumeAtMs,
    carry: row.carry,
    waits_for: toJson(row.waitsFor),
    child_run: row.childRun,
    cached: row.cached ? 1 : 0,
    reused_from: row.reusedFrom,
    error: toJson(row.error),
    item_count: row.itemCount,
    arm: row.arm,
  };
}

export function taskRunFromColumns(run: RunId, row: TaskRunTable): TaskRunRow {
  return {
    run,
    node: row.node,
    item: row.item as ItemPath,
    hook: row.hook,
    state: row.state,
    tries: row.tries,
    crashes: row.crashes,
    resumes: row.resumes,
    readyAtMs: row.ready_at,
    startedAtMs: row.started_at,
    endedAtMs: row.ended_at,
    resumeAtMs: row.resume_at,
    carry: row.carry as EncodedText | null,
    waitsFor: fromJsonOrNull(row.waits_for),
    childRun: row.child_run as RunId | null,
    cached: row.cached === 1,
    reusedFrom: row.reused_from as RunId | null,
    error: fromJsonOrNull(row.error),
    itemCount: row.item_count,
    arm: row.arm,
  };
}
