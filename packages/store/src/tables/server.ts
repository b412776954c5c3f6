import type { AttemptId, Epoch, KnownServer, ServerId, ServerRow } from "@millrace/core";
import { act } from "../act.ts";
import type { ServerTable } from "../schema.ts";
import { fromJson } from "./json.ts";

/** A server's first word, or another sign of life: everything but its beginning may have changed. */
export const recordServer = act("recordServer", (db, given: ServerTable) =>
  db
    .insertInto("server")
    .values({
      id: given.id,
      kind: given.kind,
      host: given.host,
      pid: given.pid,
      process: given.process,
      role: given.role,
      started_at: given.started_at,
      beat_at: given.beat_at,
      epochs: given.epochs,
      held: given.held,
    })
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((eb) => ({
        role: eb.ref("excluded.role"),
        beat_at: eb.ref("excluded.beat_at"),
        epochs: eb.ref("excluded.epochs"),
        held: eb.ref("excluded.held"),
      })),
    ),
);

/** There are as many as there are processes: all are read, in no order. */
export const listServers = act("listServers", (db) => db.selectFrom("server").selectAll());

export const removeServer = act("removeServer", (db, given: { id: string }) =>
  db.deleteFrom("server").where("id", "=", given.id),
);

export function serverToColumns(server: ServerRow, beatAt: number): ServerTable {
  const { id, kind, host, pid, process, role, startedAtMs, epochs, held } = server;
  return {
    id,
    kind,
    host,
    pid,
    process,
    role,
    started_at: startedAtMs,
    beat_at: beatAt,
    epochs: JSON.stringify(epochs),
    held: held === null ? null : JSON.stringify(held),
  };
}

/** @param nowMs by the clock that the beats are written with. */
export function serversFromColumns(rows: readonly ServerTable[], nowMs: number): readonly KnownServer[] {
  return rows.map((row) => fromColumns(row, nowMs)).sort((a, b) => a.startedAtMs - b.startedAtMs);
}

function fromColumns(row: ServerTable, nowMs: number): KnownServer {
  return {
    id: row.id as ServerId,
    kind: row.kind,
    host: row.host,
    pid: row.pid,
    process: row.process,
    role: row.role,
    startedAtMs: row.started_at,
    epochs: fromJson<Epoch[]>(row.epochs),
    held: row.held === null ? null : fromJson<AttemptId[]>(row.held),
    silentMs: Math.max(0, nowMs - row.beat_at),
  };
}
