import type { PoolRow } from "@millrace/core";
import { act } from "../act.ts";
import type { PoolTable } from "../schema.ts";

export const recordPool = act("recordPool", (db, given: PoolTable) =>
  db
    .insertInto("pool")
    .values({
      name: given.name,
      slots: given.slots,
      description: given.description,
      set_by: given.set_by,
      set_at: given.set_at,
    })
    .onConflict((conflict) =>
      conflict.column("name").doUpdateSet((eb) => ({
        slots: eb.ref("excluded.slots"),
        description: eb.ref("excluded.description"),
        set_by: eb.ref("excluded.set_by"),
        set_at: eb.ref("excluded.set_at"),
      })),
    ),
);

/** People set a few: all are read. */
export const listPools = act("listPools", (db) =>
  db.selectFrom("pool").selectAll().where("slots", "is not", null).orderBy("name"),
);

export function poolToColumns(pool: PoolRow): PoolTable {
  const { name, slots, description, setBy, setAtMs } = pool;
  return { name, slots, description, set_by: setBy, set_at: setAtMs };
}

export function poolFromColumns(row: PoolTable): PoolRow {
  return {
    name: row.name,
    slots: row.slots,
    description: row.description,
    setBy: row.set_by,
    setAtMs: row.set_at,
  };
}
