import type { CacheEntry, RunId } from "@millrace/core";
import { act } from "../act.ts";
import type { CacheEntryTable } from "../schema.ts";
import { valueFromColumns, valueToColumns } from "./stored-value.ts";

export const recordCacheEntry = act("recordCacheEntry", (db, given: CacheEntryTable) =>
  db
    .insertInto("cache_entry")
    .values({
      key: given.key,
      run: given.run,
      text: given.text,
      artifact: given.artifact,
      bytes: given.bytes,
      created_at: given.created_at,
    })
    .onConflict((conflict) =>
      conflict.column("key").doUpdateSet((eb) => ({
        run: eb.ref("excluded.run"),
        text: eb.ref("excluded.text"),
        artifact: eb.ref("excluded.artifact"),
        bytes: eb.ref("excluded.bytes"),
        created_at: eb.ref("excluded.created_at"),
      })),
    ),
);

export const findCacheEntry = act("findCacheEntry", (db, given: { key: string }) =>
  db.selectFrom("cache_entry").selectAll().where("key", "=", given.key),
);

export function cacheEntryToColumns(entry: CacheEntry): CacheEntryTable {
  return { key: entry.key, run: entry.run, created_at: entry.createdAtMs, ...valueToColumns(entry.value) };
}

export function cacheEntryFromColumns(row: CacheEntryTable): CacheEntry {
  return { key: row.key, value: valueFromColumns(row), run: row.run as RunId, createdAtMs: row.created_at };
}
