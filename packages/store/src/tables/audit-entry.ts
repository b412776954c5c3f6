import type { AuditRow } from "@millrace/core";
import { act } from "../act.ts";
import type { AuditEntryTable } from "../schema.ts";

const HEAD_ID = 1;

export const findAuditHead = act("findAuditHead", (db) =>
  db.selectFrom("audit_head").select(["seq", "hash"]).where("id", "=", HEAD_ID),
);

/** Gives no row when the head is another one than it was said to be. The first move makes the head. */
export const moveAuditHead = act(
  "moveAuditHead",
  (db, given: { seq: number; hash: string; fromSeq: number; fromHash: string }) =>
    db
      .insertInto("audit_head")
      .values({ id: HEAD_ID, seq: given.seq, hash: given.hash })
      .onConflict((conflict) =>
        conflict
          .column("id")
          .doUpdateSet((eb) => ({ seq: eb.ref("excluded.seq"), hash: eb.ref("excluded.hash") }))
          .where("audit_head.seq", "=", given.fromSeq)
          .where("audit_head.hash", "=", given.fromHash),
      )
      .returning("seq"),
);

export const appendAuditEntry = act("appendAuditEntry", (db, given: AuditEntryTable) =>
  db.insertInto("audit_entry").values({
    seq: given.seq,
    at: given.at,
    actor: given.actor,
    action: given.action,
    target: given.target,
    origin: given.origin,
    old_value: given.old_value,
    new_value: given.new_value,
    ref: given.ref,
    hash: given.hash,
  }),
);

export const findAuditEntryByRef = act("findAuditEntryByRef", (db, given: { ref: string }) =>
  db.selectFrom("audit_entry").selectAll().where("ref", "=", given.ref),
);

export const listAuditEntries = act("listAuditEntries", (db, given: { before: number; limit: number }) =>
  db.selectFrom("audit_entry").selectAll().where("seq", "<", given.before).orderBy("seq", "desc").limit(given.limit),
);

export const listAuditEntriesOfActor = act(
  "listAuditEntriesOfActor",
  (db, given: { actor: string; before: number; limit: number }) =>
    db
      .selectFrom("audit_entry")
      .selectAll()
      .where("actor", "=", given.actor)
      .where("seq", "<", given.before)
      .orderBy("seq", "desc")
      .limit(given.limit),
);

export const listAuditEntriesOfTarget = act(
  "listAuditEntriesOfTarget",
  (db, given: { target: string; before: number; limit: number }) =>
    db
      .selectFrom("audit_entry")
      .selectAll()
      .where("target", "=", given.target)
      .where("seq", "<", given.before)
      .orderBy("seq", "desc")
      .limit(given.limit),
);

export const readAuditEntries = act("readAuditEntries", (db, given: { after: number; limit: number }) =>
  db.selectFrom("audit_entry").selectAll().where("seq", ">", given.after).orderBy("seq").limit(given.limit),
);

export function auditEntryToColumns(row: AuditRow): AuditEntryTable {
  return {
    seq: row.seq,
    at: row.atMs,
    actor: row.actor,
    action: row.action,
    target: row.target,
    origin: row.from,
    old_value: row.before,
    new_value: row.after,
    ref: row.ref,
    hash: row.hash,
  };
}

export function auditEntryFromColumns(row: AuditEntryTable): AuditRow {
  return {
    seq: row.seq,
    atMs: row.at,
    actor: row.actor,
    action: row.action,
    target: row.target,
    from: row.origin,
    before: row.old_value,
    after: row.new_value,
    ref: row.ref,
    hash: row.hash,
  };
}
