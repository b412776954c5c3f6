import type { RunId } from "@millrace/core";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../schema.ts";

const ID_LENGTH = 26;

/** Ids of runs as one value: databases have no list in common, and ids are of one length. */
export function textOfIds(ids: readonly RunId[]): string {
  return ids.join("");
}

/** A table `asked` of the ids in a text of `textOfIds`, so that one statement reads what is of many runs. */
export function withAsked(db: Kysely<Tables>, { ids }: { readonly ids: string }) {
  const all = sql<string>`cast(${ids} as text)`;
  const length = sql.lit(ID_LENGTH);
  return db.withRecursive("asked(place, id)", (cte) =>
    cte.selectNoFrom([sql<number>`1`.as("place"), sql<string>`substr(${all}, 1, ${length})`.as("id")]).unionAll((eb) =>
      eb
        .selectFrom("asked")
        .select([
          sql<number>`place + ${length}`.as("place"),
          sql<string>`substr(${all}, place + ${length}, ${length})`.as("id"),
        ])
        .where(sql<boolean>`place + ${length} <= length(${all})`),
    ),
  );
}
