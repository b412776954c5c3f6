import { act } from "../act.ts";
import type { RateTable } from "../schema.ts";

export const recordRate = act("recordRate", (db, given: RateTable) =>
  db
    .insertInto("rate")
    .values({ name: given.name, full_at: given.full_at })
    .onConflict((conflict) => conflict.column("name").doUpdateSet((eb) => ({ full_at: eb.ref("excluded.full_at") }))),
);

/** What was full before an instant says nothing any more: rates by key would pile up for ever. */
export const removeFullRates = act("removeFullRates", (db, given: { before: number }) =>
  db.deleteFrom("rate").where("full_at", "<", given.before),
);

/** As many as were used within the time that their buckets take to fill. */
export const listRates = act("listRates", (db) => db.selectFrom("rate").selectAll());
