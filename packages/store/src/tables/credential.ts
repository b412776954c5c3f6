import type { CredentialKind, CredentialRow, Grant } from "@millrace/core";
import { act } from "../act.ts";
import type { CredentialTable } from "../schema.ts";
import { fromJson } from "./json.ts";

/** Gives no row when its id is taken. */
export const addCredential = act("addCredential", (db, given: CredentialTable) =>
  db
    .insertInto("credential")
    .values({
      kind: given.kind,
      id: given.id,
      hash: given.hash,
      account: given.account,
      grants: given.grants,
      created_by: given.created_by,
      created_at: given.created_at,
      expires_at: given.expires_at,
      used_at: given.used_at,
      used_from: given.used_from,
    })
    .onConflict((conflict) => conflict.columns(["kind", "id"]).doNothing())
    .returning("id"),
);

/** People make some dozens, and those that expired are removed. */
export const listCredentials = act("listCredentials", (db, given: { kind: CredentialKind }) =>
  db.selectFrom("credential").selectAll().where("kind", "=", given.kind).orderBy("id"),
);

export const findCredential = act("findCredential", (db, given: { hash: string }) =>
  db.selectFrom("credential").selectAll().where("hash", "=", given.hash),
);

export const useCredential = act("useCredential", (db, given: { hash: string; at: number; from: string }) =>
  db.updateTable("credential").set({ used_at: given.at, used_from: given.from }).where("hash", "=", given.hash),
);

export const removeCredential = act("removeCredential", (db, given: { kind: CredentialKind; id: string }) =>
  db.deleteFrom("credential").where("kind", "=", given.kind).where("id", "=", given.id).returning("id"),
);

export const removeCredentials = act("removeCredentials", (db, given: { kind: CredentialKind }) =>
  db.deleteFrom("credential").where("kind", "=", given.kind).returning("id"),
);

/** Reads those of a kind, which are few. */
export const removeCredentialsOfAccount = act(
  "removeCredentialsOfAccount",
  (db, given: { kind: CredentialKind; account: string }) =>
    db.deleteFrom("credential").where("kind", "=", given.kind).where("account", "=", given.account).returning("id"),
);

export const removeExpiredCredentials = act("removeExpiredCredentials", (db, given: { before: number }) =>
  db.deleteFrom("credential").where("expires_at", "<", given.before),
);

export function credentialToColumns(row: CredentialRow): CredentialTable {
  return {
    kind: row.kind,
    id: row.id,
    hash: row.hash,
    account: row.user,
    grants: JSON.stringify(row.grants),
    created_by: row.createdBy,
    created_at: row.createdAtMs,
    expires_at: row.expiresAtMs,
    used_at: row.usedAtMs,
    used_from: row.usedFrom,
  };
}

export function credentialFromColumns(row: CredentialTable): CredentialRow {
  return {
    kind: row.kind,
    id: row.id,
    hash: row.hash,
    user: row.account,
    grants: fromJson<readonly Grant[]>(row.grants),
    createdBy: row.created_by,
    createdAtMs: row.created_at,
    expiresAtMs: row.expires_at,
    usedAtMs: row.used_at,
    usedFrom: row.used_from,
  };
}
