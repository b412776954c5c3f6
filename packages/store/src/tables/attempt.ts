import type { AttemptId, AttemptRow, Epoch, ItemPath, LoadedRun, RunId } from "@millrace/core";
import { act } from "../act.ts";
import type { AttemptTable } from "../schema.ts";
import { fromJson, fromJsonOrNull, toJson } from "./json.ts";

/** Only its state, its end, its error and where it ran change after an attempt has started. */
export const recordAttempt = act("recordAttempt", (db, given: AttemptTable) =>
  db
    .insertInto("attempt")
    .values({
      run: given.run,
      id: given.id,
      node: given.node,
      item: given.item,
      hook: given.hook,
      number: given.number,
      state: given.state,
      epoch: given.epoch,
      started_at: given.started_at,
      ended_at: given.ended_at,
      error: given.error,
      place: given.place,
    })
    .onConflict((conflict) =>
      conflict.columns(["run", "id"]).doUpdateSet((eb) => ({
        state: eb.ref("excluded.state"),
        started_at: eb.ref("excluded.started_at"),
        ended_at: eb.ref("excluded.ended_at"),
        error: eb.ref("excluded.error"),
        place: eb.ref("excluded.place"),
      })),
    ),
);

export const findAttempt = act("findAttempt", (db, given: { run: number; id: number }) =>
  db.selectFrom("attempt").selectAll().where("run", "=", given.run).where("id", "=", given.id),
);

/** All attempts of a run, in the order in which they were made. */
export const listAttempts = act("listAttempts", (db, given: { run: number }) =>
  db.selectFrom("attempt").selectAll().where("run", "=", given.run).orderBy("id"),
);

export const listAttemptsAfter = act("listAttemptsAfter", (db, given: { run: number; after: number; limit: number }) =>
  db
    .selectFrom("attempt")
    .selectAll()
    .where("run", "=", given.run)
    .where("id", ">", given.after)
    .orderBy("id")
    .limit(given.limit),
);

/** Walks over those of other tasks of the run: an index would cost every attempt twice. */
export const listAttemptsAt = act("listAttemptsAt", (db, given: { run: number; node: number; item: string }) =>
  db
    .selectFrom("attempt")
    .selectAll()
    .where("run", "=", given.run)
    .where("node", "=", given.node)
    .where("item", "=", given.item)
    .orderBy("id"),
);

/** Reads the attempts of one run and keeps those without an end: an index for them would cost every attempt twice. */
export const listLiveAttempts = act("listLiveAttempts", (db, given: { run: number }) =>
  db.selectFrom("attempt").selectAll().where("run", "=", given.run).where("ended_at", "is", null).orderBy("id"),
);

/** In the order in which they were made. Grouping them here would sort them first. */
export const listAttemptNumbers = act("listAttemptNumbers", (db, given: { run: number }) =>
  db.selectFrom("attempt").select(["node", "item", "hook", "number"]).where("run", "=", given.run).orderBy("id"),
);

/** Whether a run has more attempts than so many. */
export const peekAttempts = act("peekAttempts", (db, given: { run: number; offset: number }) =>
  db.selectFrom("attempt").select("run").where("run", "=", given.run).limit(1).offset(given.offset),
);

export function attemptToColumns(run: number, row: AttemptRow): AttemptTable {
  return {
    run,
    id: row.id,
    node: row.node,
    item: row.item,
    hook: row.hook,
    number: row.number,
    state: row.state,
    epoch: row.epoch,
    started_at: row.startedAtMs,
    ended_at: row.endedAtMs,
    error: toJson(row.error),
    place: placeToJson(row.place),
  };
}

type PlaceJson = readonly [pid: number, host: string, worker: string | null];

/** Each attempt has one: it is kept short. */
function placeToJson(place: AttemptRow["place"]): string | null {
  if (place === null) return null;
  const { pid, host, worker } = place;
  return JSON.stringify([pid, host, worker] satisfies PlaceJson);
}

function placeFromJson(text: string | null): AttemptRow["place"] {
  if (text === null) return null;
  const [pid, host, worker] = fromJson<PlaceJson>(text);
  return { worker, host, pid };
}

/** Of rows in their order, the last of each task run and hook. */
export function lastAttemptsOf(
  rows: readonly Pick<AttemptTable, "node" | "item" | "hook" | "number">[],
): LoadedRun["lastAttempts"] {
  const last = new Map<string, LoadedRun["lastAttempts"][number]>();
  for (const { node, item, hook, number } of rows) {
    last.set(`${node}/${item}/${hook}`, { node, item: item as ItemPath, hook, number });
  }
  return [...last.values()];
}

export function attemptFromColumns(run: RunId, row: AttemptTable): AttemptRow {
  return {
    id: row.id as AttemptId,
    run,
    node: row.node,
    item: row.item as ItemPath,
    hook: row.hook,
    number: row.number,
    state: row.state,
    epoch: row.epoch as Epoch,
    startedAtMs: row.started_at,
    endedAtMs: row.ended_at,
    error: fromJsonOrNull(row.error),
    place: placeFromJson(row.place),
  };
}
