import type { ExpressionBuilder } from "kysely";
import { act } from "../act.ts";
import type { Tables } from "../schema.ts";

/** From the oldest; whoever asks stops at the first that is young enough. */
export const listOldestCommands = act("listOldestCommands", (db, given: { limit: number }) =>
  db.selectFrom("command").select(["num", "created_at as at"]).orderBy("num").limit(given.limit),
);

/** A command without an answer is work, however old. */
export const removeAnsweredCommands = act("removeAnsweredCommands", (db, given: { to: number }) =>
  db.deleteFrom("command").where("num", "<=", given.to).where("answer", "is not", null),
);

export const listOldestReports = act("listOldestReports", (db, given: { limit: number }) =>
  db.selectFrom("report").select(["num", "at"]).orderBy("num").limit(given.limit),
);

export const removeReports = act("removeReports", (db, given: { to: number }) =>
  db.deleteFrom("report").where("num", "<=", given.to),
);

/** Gives what each of them said of an artifact. */
export const removeCacheEntries = act("removeCacheEntries", (db, given: { before: number; limit: number }) =>
  db
    .deleteFrom("cache_entry")
    .where("key", "in", (eb) =>
      eb.selectFrom("cache_entry").select("key").where("created_at", "<", given.before).limit(given.limit),
    )
    .returning("artifact"),
);

type Versions = ExpressionBuilder<Tables, "version">;

/** No run was made with it. */
function isWithoutRuns(eb: Versions) {
  return eb.not(eb.exists(eb.selectFrom("run").select("run.num").whereRef("run.version", "=", "version.id")));
}

function isNotActive(eb: Versions) {
  const active = eb
    .selectFrom("project")
    .select("project.id")
    .where("project.id", "=", 1)
    .whereRef("project.active_version", "=", "version.id");
  return eb.not(eb.exists(active));
}

/** Looks at all versions, which are few, because those that this finds are removed. */
export const listUnusedVersions = act("listUnusedVersions", (db, given: { before: number; limit: number }) =>
  db
    .selectFrom("version")
    .select("id")
    .where("created_at", "<", given.before)
    .where(isWithoutRuns)
    .where(isNotActive)
    .limit(given.limit),
);

/** Its files go with it. */
export const removeVersion = act("removeVersion", (db, given: { id: string }) =>
  db.deleteFrom("version").where("id", "=", given.id).where(isWithoutRuns).where(isNotActive),
);
