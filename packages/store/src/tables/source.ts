import type { SavedSource, VersionSource } from "@millrace/core";
import { sql } from "kysely";
import { act } from "../act.ts";
import type { VersionSourceTable } from "../schema.ts";
import { withAsked } from "./asked-ids.ts";
import { fromJson } from "./json.ts";

/**
 * Touches a text that is there already: whoever removes it meanwhile has to wait, and then finds that it is used. The
 * text itself is not written again.
 */
export const saveSource = act("saveSource", (db, given: { hash: string; content: Uint8Array }) =>
  db
    .insertInto("source")
    .values({ hash: given.hash, content: given.content })
    .onConflict((conflict) => conflict.column("hash").doUpdateSet((eb) => ({ hash: eb.ref("excluded.hash") }))),
);

export const saveVersionSource = act("saveVersionSource", (db, given: VersionSourceTable) =>
  db
    .insertInto("version_source")
    .values({
      version: given.version,
      path: given.path,
      hash: given.hash,
      bytes: given.bytes,
      left_out: given.left_out,
      module: given.module,
      imports: given.imports,
    })
    .onConflict((conflict) => conflict.columns(["version", "path"]).doNothing()),
);

export const listVersionSources = act("listVersionSources", (db, given: { version: string }) =>
  db.selectFrom("version_source").selectAll().where("version", "=", given.version).orderBy("path"),
);

export const findSource = act("findSource", (db, given: { hash: string }) =>
  db.selectFrom("source").select("content").where("hash", "=", given.hash),
);

/** No version has it any more. */
export const removeSource = act("removeSource", (db, given: { hash: string }) =>
  db
    .deleteFrom("source")
    .where("hash", "=", given.hash)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("version_source")
            .select("version_source.hash")
            .whereRef("version_source.hash", "=", "source.hash"),
        ),
      ),
    ),
);

export const listVersions = act("listVersions", (db, given: { at: number; id: string; limit: number }) =>
  db
    .selectFrom("version")
    .select(["id", "created_at"])
    .where(sql<boolean>`("created_at", "id") < (${given.at}, ${given.id})`)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(given.limit),
);

interface CountedVersions {
  ids: string;
  flow: string;
  limit: number;
}

/** Of each version counted in the index, to a limit, and one run looked at: the newest. */
export const countVersionRuns = act("countVersionRuns", (db, given: CountedVersions) =>
  withAsked(db, given)
    .selectFrom((counted) =>
      counted
        .selectFrom("asked")
        .select((eb) => {
          const own = eb
            .selectFrom("run")
            .select("num")
            .whereRef("run.version", "=", "asked.id")
            .where("run.flow", "=", given.flow)
            .orderBy("num", "desc");
          return [
            "asked.id",
            eb.selectFrom(own.limit(given.limit).as("own")).select(sql<number>`count(*)`.as("count")).as("count"),
            own.limit(1).as("last"),
          ];
        })
        .as("counted"),
    )
    .innerJoin("run", "run.num", "counted.last")
    .select(["counted.id", "counted.count", "run.id as newest"]),
);

export function sourceToColumns(version: string, source: VersionSource): VersionSourceTable {
  const { path, hash, bytes, leftOut, module, imports } = source;
  return { version, path, hash, bytes, left_out: leftOut, module, imports: JSON.stringify(imports) };
}

export function sourceFromColumns(row: VersionSourceTable): VersionSource {
  const { path, hash, bytes, left_out, module, imports } = row;
  return { path, hash, bytes, leftOut: left_out as VersionSource["leftOut"], module, imports: fromJson(imports) };
}

/**
 * Texts that have to be written, each once. Those of the active version are there, and stay for as long as it is that: most
 * versions differ from the one before in a file or two.
 */
export function textsOf(
  sources: readonly SavedSource[],
  known: readonly Pick<VersionSourceTable, "hash">[],
): { hash: string; content: Uint8Array }[] {
  const there = new Set(known.map(({ hash }) => hash));
  const texts = new Map<string, Uint8Array>();
  for (const { hash, content } of sources) {
    if (hash !== null && content !== null && !there.has(hash)) texts.set(hash, content);
  }
  return Array.from(texts, ([hash, content]) => ({ hash, content }));
}
