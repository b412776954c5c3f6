import type { StoredVersion, VersionId } from "@millrace/core";
import { act } from "../act.ts";
import type { VersionFileTable, VersionTable } from "../schema.ts";
import { fromJson } from "./json.ts";

/** A version's id is the hash of its content, so one that is there already is the same. */
export const saveVersion = act("saveVersion", (db, given: VersionTable) =>
  db
    .insertInto("version")
    .values({
      id: given.id,
      created_at: given.created_at,
      manifest: given.manifest,
      dependencies: given.dependencies,
    })
    .onConflict((conflict) => conflict.column("id").doNothing()),
);

export const saveVersionFile = act("saveVersionFile", (db, given: VersionFileTable) =>
  db.insertInto("version_file").values({ version: given.version, path: given.path, content: given.content }),
);

export const findVersion = act("findVersion", (db, given: { id: string }) =>
  db.selectFrom("version").selectAll().where("id", "=", given.id),
);

export const listVersionFiles = act("listVersionFiles", (db, given: { version: string }) =>
  db.selectFrom("version_file").select(["path", "content"]).where("version", "=", given.version).orderBy("path"),
);

export const activateVersion = act("activateVersion", (db, given: { id: string; at: number }) =>
  db.updateTable("project").set({ active_version: given.id, activated_at: given.at }).where("id", "=", 1),
);

export const findActiveVersion = act("findActiveVersion", (db) =>
  db.selectFrom("project").select("active_version").where("id", "=", 1),
);

export function versionToColumns(version: StoredVersion): VersionTable {
  return {
    id: version.id,
    created_at: version.createdAtMs,
    manifest: JSON.stringify(version.manifest),
    dependencies: JSON.stringify(version.dependencies),
  };
}

export function versionFromColumns(row: VersionTable, files: StoredVersion["files"]): StoredVersion {
  return {
    id: row.id as VersionId,
    createdAtMs: row.created_at,
    manifest: fromJson(row.manifest),
    dependencies: fromJson(row.dependencies),
    files,
  };
}
