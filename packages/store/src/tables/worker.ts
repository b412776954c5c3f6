import type { ServerId, WorkerLabels, WorkerRow } from "@millrace/core";
import { act } from "../act.ts";
import type { WorkerTable } from "../schema.ts";
import { fromJson } from "./json.ts";

/** A worker that came, or that came again, perhaps to another server, or takes more or less from now on. */
export const recordWorker = act("recordWorker", (db, given: WorkerTable) =>
  db
    .insertInto("worker")
    .values({
      id: given.id,
      name: given.name,
      host: given.host,
      pid: given.pid,
      version: given.version,
      labels: given.labels,
      slots: given.slots,
      server: given.server,
      connected_at: given.connected_at,
    })
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((eb) => ({
        slots: eb.ref("excluded.slots"),
        server: eb.ref("excluded.server"),
        connected_at: eb.ref("excluded.connected_at"),
      })),
    ),
);

/** There are as many as there are processes: all are read, in no order. */
export const listWorkers = act("listWorkers", (db) => db.selectFrom("worker").selectAll());

export const removeWorker = act("removeWorker", (db, given: { id: string }) =>
  db.deleteFrom("worker").where("id", "=", given.id),
);

export function workerToColumns({ labels, connectedAtMs, ...worker }: WorkerRow): WorkerTable {
  const { id, name, host, pid, version, slots, server } = worker;
  return { id, name, host, pid, version, labels: JSON.stringify(labels), slots, server, connected_at: connectedAtMs };
}

export function workersFromColumns(rows: readonly WorkerTable[]): readonly WorkerRow[] {
  return rows.map(fromColumns).sort((a, b) => a.connectedAtMs - b.connectedAtMs);
}

function fromColumns({ labels, server, connected_at, ...row }: WorkerTable): WorkerRow {
  const { id, name, host, pid, version, slots } = row;
  const connectedAtMs = connected_at;
  return {
    id,
    name,
    host,
    pid,
    version,
    labels: fromJson<WorkerLabels>(labels),
    slots,
    server: server as ServerId,
    connectedAtMs,
  };
}
