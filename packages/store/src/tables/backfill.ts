import type { BackfillId, BackfillRow, BackfillState, VersionId } from "@millrace/core";
import { act } from "../act.ts";
import type { BackfillTable } from "../schema.ts";
import { fromJson } from "./json.ts";

/** Writes a backfill whole, or what may have changed of it: what was asked and planned never does. */
export const recordBackfill = act("recordBackfill", (db, given: BackfillTable) =>
  db
    .insertInto("backfill")
    .values({
      id: given.id,
      flow: given.flow,
      actor: given.actor,
      created_at: given.created_at,
      ended_at: given.ended_at,
      retried_at: given.retried_at,
      state: given.state,
      request: given.request,
      version: given.version,
      window_start_at: given.window_start_at,
      window_end_at: given.window_end_at,
      plan: given.plan,
      made: given.made,
      succeeded: given.succeeded,
      failed: given.failed,
      cancelled: given.cancelled,
      reason: given.reason,
      at_once: given.at_once,
    })
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((eb) => ({
        ended_at: eb.ref("excluded.ended_at"),
        retried_at: eb.ref("excluded.retried_at"),
        state: eb.ref("excluded.state"),
        version: eb.ref("excluded.version"),
        at_once: eb.ref("excluded.at_once"),
        made: eb.ref("excluded.made"),
        succeeded: eb.ref("excluded.succeeded"),
        failed: eb.ref("excluded.failed"),
        cancelled: eb.ref("excluded.cancelled"),
        reason: eb.ref("excluded.reason"),
      })),
    ),
);

/** Backfills whose id begins with a text: all between it and the text with a last character above every other. */
export const listBackfillsByPrefix = act(
  "listBackfillsByPrefix",
  (db, given: { from: string; to: string; limit: number }) =>
    db
      .selectFrom("backfill")
      .selectAll()
      .where("id", ">=", given.from)
      .where("id", "<", given.to)
      .orderBy("id", "desc")
      .limit(given.limit),
);

interface Page {
  before: string;
  limit: number;
}

export const listBackfills = act("listBackfills", (db, given: Page) =>
  db.selectFrom("backfill").selectAll().where("id", "<", given.before).orderBy("id", "desc").limit(given.limit),
);

export const listBackfillsOfFlow = act("listBackfillsOfFlow", (db, given: Page & { flow: string }) =>
  db
    .selectFrom("backfill")
    .selectAll()
    .where("flow", "=", given.flow)
    .where("id", "<", given.before)
    .orderBy("id", "desc")
    .limit(given.limit),
);

export const listBackfillsInState = act("listBackfillsInState", (db, given: Page & { state: BackfillState }) =>
  db
    .selectFrom("backfill")
    .selectAll()
    .where("state", "=", given.state)
    .where("id", "<", given.before)
    .orderBy("id", "desc")
    .limit(given.limit),
);

export const listBackfillsOfFlowInState = act(
  "listBackfillsOfFlowInState",
  (db, given: Page & { flow: string; state: BackfillState }) =>
    db
      .selectFrom("backfill")
      .selectAll()
      .where("flow", "=", given.flow)
      .where("state", "=", given.state)
      .where("id", "<", given.before)
      .orderBy("id", "desc")
      .limit(given.limit),
);

export function backfillToColumns(row: BackfillRow): BackfillTable {
  return {
    id: row.id,
    flow: row.flow,
    actor: row.actor,
    created_at: row.createdAtMs,
    ended_at: row.endedAtMs,
    retried_at: row.retriedAtMs,
    state: row.state,
    request: JSON.stringify(row.request),
    version: row.version,
    window_start_at: row.window.startMs,
    window_end_at: row.window.endMs,
    plan: JSON.stringify(row.plan),
    made: row.made,
    succeeded: row.succeeded,
    failed: row.failed,
    cancelled: row.cancelled,
    reason: row.reason,
    at_once: row.atOnce,
  };
}

export function backfillFromColumns(row: BackfillTable): BackfillRow {
  return {
    id: row.id as BackfillId,
    flow: row.flow,
    actor: row.actor,
    createdAtMs: row.created_at,
    endedAtMs: row.ended_at,
    retriedAtMs: row.retried_at,
    state: row.state,
    request: fromJson(row.request),
    version: row.version as VersionId,
    window: { startMs: row.window_start_at, endMs: row.window_end_at },
    plan: fromJson(row.plan),
    atOnce: row.at_once,
    made: row.made,
    succeeded: row.succeeded,
    failed: row.failed,
    cancelled: row.cancelled,
    reason: row.reason,
  };
}
