import type { RunId, TickRow } from "@millrace/core";
import { sql } from "kysely";
import { act } from "../act.ts";
import type { TickTable } from "../schema.ts";

/** What was decided once stands. */
export const recordTick = act("recordTick", (db, given: TickTable) =>
  db
    .insertInto("tick")
    .values({
      flow: given.flow,
      trigger: given.trigger,
      at: given.at,
      key: given.key,
      outcome: given.outcome,
      run: given.run,
      reason: given.reason,
      log: given.log,
      decided_at: given.decided_at,
    })
    .onConflict((conflict) => conflict.columns(["flow", "trigger", "at", "key"]).doNothing()),
);

/** The index holds events only, which it shows by the condition that is written out. */
export const findTick = act("findTick", (db, given: { flow: string; trigger: string; key: string }) =>
  db
    .selectFrom("tick")
    .selectAll()
    .where("flow", "=", given.flow)
    .where("trigger", "=", given.trigger)
    .where("key", "=", given.key)
    .where("key", "<>", sql.lit(""))
    .orderBy("at")
    .limit(1),
);

export const listTicks = act(
  "listTicks",
  (db, given: { at: number; flow: string; trigger: string; key: string; limit: number }) =>
    db
      .selectFrom("tick")
      .selectAll()
      .where(
        sql<boolean>`("at", "flow", "trigger", "key") < (${given.at}, ${given.flow}, ${given.trigger}, ${given.key})`,
      )
      .orderBy("at", "desc")
      .orderBy("flow", "desc")
      .orderBy("trigger", "desc")
      .orderBy("key", "desc")
      .limit(given.limit),
);

export const listTicksOfTrigger = act(
  "listTicksOfTrigger",
  (db, given: { flow: string; trigger: string; at: number; key: string; limit: number }) =>
    db
      .selectFrom("tick")
      .selectAll()
      .where("flow", "=", given.flow)
      .where("trigger", "=", given.trigger)
      .where(sql<boolean>`("at", "key") < (${given.at}, ${given.key})`)
      .orderBy("at", "desc")
      .orderBy("key", "desc")
      .limit(given.limit),
);

/**
 * Of each schedule and trigger what was decided last, several where they are of one instant. Its instant is looked up by the
 * key, and then what is there. SQLite does a cross join in the order in which it is written; it would begin with the ticks.
 */
export const listNewestTicks = act("listNewestTicks", (db) =>
  db
    .selectFrom("flow_trigger as own")
    .crossJoin("tick")
    .selectAll("tick")
    .whereRef("tick.flow", "=", "own.flow")
    .whereRef("tick.trigger", "=", "own.name")
    .where((eb) =>
      eb(
        "tick.at",
        "=",
        eb
          .selectFrom("tick as newest")
          .select((one) => one.fn.max<number>("newest.at").as("at"))
          .whereRef("newest.flow", "=", "own.flow")
          .whereRef("newest.trigger", "=", "own.name"),
      ),
    ),
);

/** The key is written out, so that the rows to remove are found and removed in one walk along it. */
export const removeTicks = act(
  "removeTicks",
  (db, given: { flow: string; trigger: string; before: number; limit: number }) =>
    db
      .deleteFrom("tick")
      .where((eb) =>
        eb(
          eb.refTuple("flow", "trigger", "at", "key"),
          "in",
          eb
            .selectFrom("tick")
            .select(["flow", "trigger", "at", "key"])
            .where("flow", "=", given.flow)
            .where("trigger", "=", given.trigger)
            .where("at", "<", given.before)
            .where("decided_at", "<", given.before)
            .limit(given.limit)
            .$asTuple("flow", "trigger", "at", "key"),
        ),
      ),
);

/** Polls that found nothing. The index holds no other ticks. */
export const removePolls = act("removePolls", (db, given: { before: number; limit: number }) =>
  db
    .deleteFrom("tick")
    .where((eb) =>
      eb(
        eb.refTuple("flow", "trigger", "at", "key"),
        "in",
        eb
          .selectFrom("tick")
          .select(["flow", "trigger", "at", "key"])
          .where("at", "<", given.before)
          .where("outcome", "=", sql.lit("polled"))
          .limit(given.limit)
          .$asTuple("flow", "trigger", "at", "key"),
      ),
    ),
);

export function tickToColumns(row: TickRow): TickTable {
  const { flow, trigger, atMs, key, outcome, run, reason, log, decidedAtMs } = row;
  return { flow, trigger, at: atMs, key, outcome, run, reason, log, decided_at: decidedAtMs };
}

export function tickFromColumns(row: TickTable): TickRow {
  return {
    flow: row.flow,
    trigger: row.trigger,
    atMs: row.at,
    key: row.key,
    outcome: row.outcome,
    run: row.run as RunId | null,
    reason: row.reason,
    log: row.log,
    decidedAtMs: row.decided_at,
  };
}
