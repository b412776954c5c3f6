import type { AlertDelivery, AlertState, VersionedAlertState } from "@millrace/core";
import { sql } from "kysely";
import { act } from "../act.ts";
import type { AlertDeliveryTable, AlertStateTable } from "../schema.ts";
import { fromJson } from "./json.ts";

export const readAlertState = act("readAlertState", (db) =>
  db.selectFrom("alert_state").selectAll().where("id", "=", 1),
);

/** The next version of the state; gives no row when it is not the next. */
export const putAlertState = act("putAlertState", (db, given: Omit<AlertStateTable, "id">) =>
  db
    .insertInto("alert_state")
    .values({ id: 1, version: given.version, state: given.state })
    .onConflict((conflict) =>
      conflict
        .column("id")
        .doUpdateSet((eb) => ({ version: eb.ref("excluded.version"), state: eb.ref("excluded.state") }))
        .where((eb) => eb(eb.ref("alert_state.version"), "=", eb(eb.ref("excluded.version"), "-", eb.lit(1)))),
    )
    .returning("version"),
);

export const addAlertDelivery = act("addAlertDelivery", (db, given: AlertDeliveryTable) =>
  db.insertInto("alert_delivery").values({
    id: given.id,
    rule: given.rule,
    channel: given.channel,
    state: given.state,
    message: given.message,
    made_at: given.made_at,
    next_at: given.next_at,
    ended_at: given.ended_at,
    tries: given.tries,
  }),
);

export const findAlertDelivery = act("findAlertDelivery", (db, given: { id: string }) =>
  db.selectFrom("alert_delivery").selectAll().where("id", "=", given.id),
);

interface DeliveryPage {
  before: string;
  limit: number;
}

export const listAlertDeliveries = act("listAlertDeliveries", (db, given: DeliveryPage) =>
  db.selectFrom("alert_delivery").selectAll().where("id", "<", given.before).orderBy("id", "desc").limit(given.limit),
);

export const listAlertDeliveriesOfRule = act(
  "listAlertDeliveriesOfRule",
  (db, given: DeliveryPage & { rule: string }) =>
    db
      .selectFrom("alert_delivery")
      .selectAll()
      .where("rule", "=", given.rule)
      .where("id", "<", given.before)
      .orderBy("id", "desc")
      .limit(given.limit),
);

export const listAlertDeliveriesInState = act(
  "listAlertDeliveriesInState",
  (db, given: DeliveryPage & { state: AlertDelivery["state"] }) =>
    db
      .selectFrom("alert_delivery")
      .selectAll()
      .where("state", "=", given.state)
      .where("id", "<", given.before)
      .orderBy("id", "desc")
      .limit(given.limit),
);

export const listAlertDeliveriesOfRuleInState = act(
  "listAlertDeliveriesOfRuleInState",
  (db, given: DeliveryPage & { rule: string; state: AlertDelivery["state"] }) =>
    db
      .selectFrom("alert_delivery")
      .selectAll()
      .where("rule", "=", given.rule)
      .where("state", "=", given.state)
      .where("id", "<", given.before)
      .orderBy("id", "desc")
      .limit(given.limit),
);

export const listDueAlertDeliveries = act("listDueAlertDeliveries", (db, given: { until: number; limit: number }) =>
  db
    .selectFrom("alert_delivery")
    .selectAll()
    .where("next_at", ">", sql.lit(0))
    .where("next_at", "<=", given.until)
    .orderBy("next_at")
    .orderBy("id")
    .limit(given.limit),
);

export const findNextAlertDelivery = act("findNextAlertDelivery", (db) =>
  db.selectFrom("alert_delivery").select("next_at").where("next_at", ">", sql.lit(0)).orderBy("next_at").limit(1),
);

interface DeliveryChange {
  id: string;
  next_before: number;
  tries_before: string;
  state: AlertDelivery["state"];
  next_at: number;
  ended_at: number | null;
  tries: string;
}

/** Gives no row when somebody has changed it since: each change is one of when it is tried next, or of its tries. */
export const changeAlertDelivery = act("changeAlertDelivery", (db, given: DeliveryChange) =>
  db
    .updateTable("alert_delivery")
    .set({ state: given.state, next_at: given.next_at, ended_at: given.ended_at, tries: given.tries })
    .where("id", "=", given.id)
    .where("next_at", "=", given.next_before)
    .where("tries", "=", given.tries_before)
    .returning("id"),
);

export const removeEndedAlertDeliveries = act("removeEndedAlertDeliveries", (db, given: { before: number }) =>
  db.deleteFrom("alert_delivery").where("ended_at", "<", given.before).returning("id"),
);

export function alertStateFromColumns({ version, state }: AlertStateTable): VersionedAlertState {
  return { version, state: fromJson<AlertState>(state) };
}

export function alertDeliveryToColumns(delivery: AlertDelivery): AlertDeliveryTable {
  const { id, rule, channel, state, message, madeAtMs, nextAtMs, endedAtMs, tries } = delivery;
  return {
    id,
    rule,
    channel,
    state,
    message: JSON.stringify(message),
    made_at: madeAtMs,
    next_at: nextAtMs ?? 0,
    ended_at: endedAtMs,
    tries: JSON.stringify(tries),
  };
}

export function alertDeliveryFromColumns(row: AlertDeliveryTable): AlertDelivery {
  return {
    id: row.id,
    rule: row.rule,
    channel: row.channel,
    state: row.state,
    message: fromJson(row.message),
    madeAtMs: row.made_at,
    nextAtMs: row.next_at === 0 ? null : row.next_at,
    endedAtMs: row.ended_at,
    tries: fromJson(row.tries),
  };
}
