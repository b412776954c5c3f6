import { sql } from "kysely";
import { act } from "../act.ts";

/** Written where the run itself is removed: the list of what is still to do. */
export const recordForgottenRun = act(
  "recordForgottenRun",
  (db, given: { num: number; id: string; forgotten_at: number }) =>
    db
      .insertInto("forgotten_run")
      .values({ num: given.num, id: given.id, forgotten_at: given.forgotten_at, emptied: 0 }),
);

/** The oldest that still has rows. The index holds no other. */
export const findForgottenRun = act("findForgottenRun", (db) =>
  db.selectFrom("forgotten_run").select(["num", "id"]).where("emptied", "=", sql.lit(0)).orderBy("num").limit(1),
);

/** Its rows are gone; its files are next. */
export const markEmptied = act("markEmptied", (db, given: { num: number }) =>
  db.updateTable("forgotten_run").set({ emptied: 1 }).where("num", "=", given.num),
);

/** Those of which only files are left. The index holds no other. */
export const listEmptiedRuns = act("listEmptiedRuns", (db, given: { limit: number }) =>
  db.selectFrom("forgotten_run").select("id").where("emptied", "=", sql.lit(1)).orderBy("num").limit(given.limit),
);

export const crossOffRun = act("crossOffRun", (db, given: { id: string }) =>
  db.deleteFrom("forgotten_run").where("id", "=", given.id).where("emptied", "=", 1),
);

interface Slice {
  run: number;
  limit: number;
}

/** The key is written out, so that the rows to remove are found and removed in one walk along it. */
export const removeTaskRuns = act("removeTaskRuns", (db, given: Slice) =>
  db
    .deleteFrom("task_run")
    .where((eb) =>
      eb(
        eb.refTuple("run", "node", "item", "hook"),
        "in",
        eb
          .selectFrom("task_run")
          .select(["run", "node", "item", "hook"])
          .where("run", "=", given.run)
          .limit(given.limit)
          .$asTuple("run", "node", "item", "hook"),
      ),
    ),
);

export const removeAttempts = act("removeAttempts", (db, given: Slice) =>
  db
    .deleteFrom("attempt")
    .where("run", "=", given.run)
    .where("id", "in", (eb) => eb.selectFrom("attempt").select("id").where("run", "=", given.run).limit(given.limit)),
);

/** Gives what each of them said of an artifact. */
export const removeOutputs = act("removeOutputs", (db, given: Slice) =>
  db
    .deleteFrom("output")
    .where((eb) =>
      eb(
        eb.refTuple("run", "node", "item"),
        "in",
        eb
          .selectFrom("output")
          .select(["run", "node", "item"])
          .where("run", "=", given.run)
          .limit(given.limit)
          .$asTuple("run", "node", "item"),
      ),
    )
    .returning("artifact"),
);

export const removeEvents = act("removeEvents", (db, given: Slice) =>
  db
    .deleteFrom("event")
    .where("seq", "in", (eb) => eb.selectFrom("event").select("seq").where("run", "=", given.run).limit(given.limit)),
);

/** What tasks said about assets is a fact that outlives the run; what they said otherwise belongs to it. */
export const removeCustomReports = act("removeCustomReports", (db, given: Slice) =>
  db
    .deleteFrom("report")
    .where("num", "in", (eb) =>
      eb.selectFrom("report").select("num").where("run", "=", given.run).where("asset", "is", null).limit(given.limit),
    ),
);
