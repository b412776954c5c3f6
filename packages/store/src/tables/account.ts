import type { Grant, UserRow } from "@millrace/core";
import { act } from "../act.ts";
import type { AccountTable } from "../schema.ts";
import { fromJson } from "./json.ts";

/** The next version of a user; gives no row when it is not the next. */
export const putAccount = act("putAccount", (db, given: AccountTable) =>
  db
    .insertInto("account")
    .values({
      name: given.name,
      version: given.version,
      password: given.password,
      grants: given.grants,
      created_at: given.created_at,
      disabled_at: given.disabled_at,
      set_by: given.set_by,
      set_at: given.set_at,
    })
    .onConflict((conflict) =>
      conflict
        .column("name")
        .doUpdateSet((eb) => ({
          version: eb.ref("excluded.version"),
          password: eb.ref("excluded.password"),
          grants: eb.ref("excluded.grants"),
          disabled_at: eb.ref("excluded.disabled_at"),
          set_by: eb.ref("excluded.set_by"),
          set_at: eb.ref("excluded.set_at"),
        }))
        .where((eb) => eb(eb.ref("account.version"), "=", eb(eb.ref("excluded.version"), "-", eb.lit(1)))),
    )
    .returning("version"),
);

/** The people of a project: all are read. */
export const listAccounts = act("listAccounts", (db) => db.selectFrom("account").selectAll().orderBy("name"));

export const findAccount = act("findAccount", (db, given: { name: string }) =>
  db.selectFrom("account").selectAll().where("name", "=", given.name),
);

/** Whether there is one, whoever. */
export const findAnyAccount = act("findAnyAccount", (db) =>
  db.selectFrom("account").select("name").orderBy("name").limit(1),
);

export function accountToColumns(user: UserRow): AccountTable {
  return {
    name: user.name,
    version: user.version,
    password: user.password,
    grants: JSON.stringify(user.grants),
    created_at: user.createdAtMs,
    disabled_at: user.disabledAtMs,
    set_by: user.setBy,
    set_at: user.setAtMs,
  };
}

export function accountFromColumns(row: AccountTable): UserRow {
  return {
    name: row.name,
    version: row.version,
    password: row.password,
    grants: fromJson<readonly Grant[]>(row.grants),
    createdAtMs: row.created_at,
    disabledAtMs: row.disabled_at,
    setBy: row.set_by,
    setAtMs: row.set_at,
  };
}
