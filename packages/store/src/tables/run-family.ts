import { sql } from "kysely";
import { act } from "../act.ts";

/** The next flow that has runs, in the order of names: a jump along the index, however many runs each flow has. */
export const findNextFlow = act("findNextFlow", (db, given: { after: string }) =>
  db.selectFrom("run").select("flow").where("flow", ">", given.after).orderBy("flow").limit(1),
);

/** Of a flow's runs, from the newest, the one behind so many. Walks that many entries of the index and no row. */
export const findNthRunOfFlow = act("findNthRunOfFlow", (db, given: { flow: string; before: number }) =>
  db
    .selectFrom("run")
    .select("num")
    .where("flow", "=", given.flow)
    .orderBy("num", "desc")
    .limit(1)
    .offset(given.before),
);

interface Roots {
  flow: string;
  after: number;
  limit: number;
}

const FAMILY_COLUMNS = ["num", "id", "state", "created_at", "ended_at", "settled"] as const;

/** Runs that are no reruns, in the order in which they were made. */
export const listRootsOfFlow = act("listRootsOfFlow", (db, given: Roots) =>
  db
    .selectFrom("run")
    .select(FAMILY_COLUMNS)
    .where("flow", "=", given.flow)
    .where("num", ">", given.after)
    .where("root_run", "is", null)
    .orderBy("num")
    .limit(given.limit),
);

/** The reruns of a root, in the order in which they were made. */
export const listReruns = act("listReruns", (db, given: { root: string }) =>
  db.selectFrom("run").select(FAMILY_COLUMNS).where("root_run", "=", given.root).orderBy("num"),
);

/** The root of a family, if it is one. */
export const findRoot = act("findRoot", (db, given: { id: string }) =>
  db.selectFrom("run").select(FAMILY_COLUMNS).where("id", "=", given.id).where("root_run", "is", null),
);

/** The next run, by number, with task runs whose results are from a given run. Jumps from run to run. */
export const findNextReuser = act("findNextReuser", (db, given: { from: string; after: number }) =>
  db
    .selectFrom("task_run")
    .select("run")
    .where("reused_from", "=", given.from)
    .where("run", ">", given.after)
    .orderBy("run")
    .limit(1),
);

/** Runs that task runs of unsettled runs made, or found, and wait for. Reads task runs of unsettled runs only. */
export const listAwaitedRuns = act("listAwaitedRuns", (db) =>
  db
    .selectFrom("run")
    .innerJoin("task_run", "task_run.run", "run.num")
    .select("task_run.child_run as id")
    .where("run.settled", "=", sql.lit(0))
    .where("task_run.child_run", "is not", null),
);

/** Takes a run out of every list. What hangs on it is removed later. */
export const forgetRun = act("forgetRun", (db, given: { num: number }) =>
  db.deleteFrom("run").where("num", "=", given.num).where("settled", "=", 1),
);
