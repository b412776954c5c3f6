import { type Kysely, sql } from "kysely";
import type { Tables } from "../schema.ts";

/** Ids are not longer: those of versions are the longest. */
const LENGTH = 64;

/** Ids as one value: databases have no list in common. */
export function textOfIds(ids: readonly string[]): string {
  return ids.map((id) => id.padEnd(LENGTH)).join("");
}

/** A table `asked` of the ids in a text of `textOfIds`, so that one statement reads what is of many of them. */
export function withAsked(db: Kysely<Tables>, { ids }: { readonly ids: string }) {
  const all = sql<string>`cast(${ids} as text)`;
  const length = sql.lit(LENGTH);
  return db.withRecursive("asked(place, id)", (cte) =>
    cte
      .selectNoFrom([sql<number>`1`.as("place"), sql<string>`rtrim(substr(${all}, 1, ${length}))`.as("id")])
      .unionAll((eb) =>
        eb
          .selectFrom("asked")
          .select([
            sql<number>`place + ${length}`.as("place"),
            sql<string>`rtrim(substr(${all}, place + ${length}, ${length}))`.as("id"),
          ])
          .where(sql<boolean>`place + ${length} <= length(${all})`),
      ),
  );
}
