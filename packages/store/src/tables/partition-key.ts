import type { PartitionKeyRow } from "@millrace/core";
import { act } from "../act.ts";

interface Key {
  name: string;
  key: string;
}

/** One that is there keeps its place. */
export const addPartitionKey = act("addPartitionKey", (db, given: Key) =>
  db
    .insertInto("partition_key")
    .values({ name: given.name, key: given.key })
    .onConflict((conflict) => conflict.columns(["name", "key"]).doNothing()),
);

export const removePartitionKey = act("removePartitionKey", (db, given: Key) =>
  db.deleteFrom("partition_key").where("name", "=", given.name).where("key", "=", given.key),
);

export const listPartitionKeys = act("listPartitionKeys", (db, given: { name: string }) =>
  db.selectFrom("partition_key").select("key").where("name", "=", given.name).orderBy("num"),
);

/** What becomes of each key in one commit, in the order in which each is named first: what is said of it last. */
export function lastOfKeys(rows: readonly PartitionKeyRow[]): readonly PartitionKeyRow[] {
  if (rows.length < 2) return rows;
  const last = new Map<string, PartitionKeyRow>();
  for (const row of rows) last.set(JSON.stringify([row.name, row.key]), row);
  return [...last.values()];
}
