import type { EncodedText, TriggerRow } from "@millrace/core";
import { act } from "../act.ts";
import type { TriggerTable } from "../schema.ts";
import { fromJson, fromJsonOrNull, toJson } from "./json.ts";

export const recordTrigger = act("recordTrigger", (db, given: TriggerTable) =>
  db
    .insertInto("flow_trigger")
    .values({
      flow: given.flow,
      name: given.name,
      kind: given.kind,
      fingerprint: given.fingerprint,
      schedule: given.schedule,
      since_at: given.since_at,
      cursor_at: given.cursor_at,
      owed: given.owed,
      sensor_cursor: given.sensor_cursor,
      gathered: given.gathered,
      made_at: given.made_at,
      paused: given.paused,
      failures: given.failures,
      retired: given.retired,
    })
    .onConflict((conflict) =>
      conflict.columns(["flow", "name"]).doUpdateSet((eb) => ({
        kind: eb.ref("excluded.kind"),
        fingerprint: eb.ref("excluded.fingerprint"),
        schedule: eb.ref("excluded.schedule"),
        since_at: eb.ref("excluded.since_at"),
        cursor_at: eb.ref("excluded.cursor_at"),
        owed: eb.ref("excluded.owed"),
        sensor_cursor: eb.ref("excluded.sensor_cursor"),
        gathered: eb.ref("excluded.gathered"),
        made_at: eb.ref("excluded.made_at"),
        paused: eb.ref("excluded.paused"),
        failures: eb.ref("excluded.failures"),
        retired: eb.ref("excluded.retired"),
      })),
    ),
);

/** As many as the project's flows have, and had: a new leader reads them all. */
export const listTriggers = act("listTriggers", (db) =>
  db.selectFrom("flow_trigger").selectAll().orderBy("flow").orderBy("name"),
);

export function triggerToColumns(row: TriggerRow): TriggerTable {
  return {
    flow: row.flow,
    name: row.name,
    kind: row.kind,
    fingerprint: row.fingerprint,
    schedule: toJson(row.schedule),
    since_at: row.sinceMs,
    cursor_at: row.cursorMs,
    owed: JSON.stringify(row.owed),
    sensor_cursor: row.sensorCursor,
    gathered: JSON.stringify(row.gathered),
    made_at: JSON.stringify(row.madeAtMs),
    paused: toJson(row.paused),
    failures: row.failures,
    retired: row.retired ? 1 : 0,
  };
}

export function triggerFromColumns(row: TriggerTable): TriggerRow {
  return {
    flow: row.flow,
    name: row.name,
    kind: row.kind,
    fingerprint: row.fingerprint,
    schedule: fromJsonOrNull(row.schedule),
    sinceMs: row.since_at,
    cursorMs: row.cursor_at,
    owed: fromJson(row.owed),
    sensorCursor: row.sensor_cursor as EncodedText | null,
    gathered: fromJson(row.gathered),
    madeAtMs: fromJson(row.made_at),
    paused: fromJsonOrNull(row.paused),
    failures: row.failures,
    retired: row.retired === 1,
  };
}
