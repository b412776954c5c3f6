import { act } from "../act.ts";

/** A row that named the artifact is gone. Whether others name it is looked at later. */
export const releaseArtifact = act("releaseArtifact", (db, given: { artifact: string; released_at: number }) =>
  db
    .insertInto("released_artifact")
    .values({ artifact: given.artifact, released_at: given.released_at })
    .onConflict((conflict) =>
      conflict.column("artifact").doUpdateSet((eb) => ({ released_at: eb.ref("excluded.released_at") })),
    ),
);

export const listReleasedArtifacts = act("listReleasedArtifacts", (db, given: { before: number; limit: number }) =>
  db
    .selectFrom("released_artifact")
    .select("artifact")
    .where("released_at", "<", given.before)
    .orderBy("released_at")
    .limit(given.limit),
);

export const findOutputOfArtifact = act("findOutputOfArtifact", (db, given: { artifact: string }) =>
  db.selectFrom("output").select("run").where("artifact", "=", given.artifact).limit(1),
);

export const findCacheEntryOfArtifact = act("findCacheEntryOfArtifact", (db, given: { artifact: string }) =>
  db.selectFrom("cache_entry").select("key").where("artifact", "=", given.artifact).limit(1),
);

export const crossOffArtifact = act("crossOffArtifact", (db, given: { artifact: string }) =>
  db.deleteFrom("released_artifact").where("artifact", "=", given.artifact),
);
