import type { AttemptId, EventRow, ItemPath, RunId } from "@millrace/core";
import { act } from "../act.ts";
import type { EventTable } from "../schema.ts";

export const appendEvent = act("appendEvent", (db, given: EventTable) =>
  db.insertInto("event").values({
    seq: given.seq,
    run: given.run,
    at: given.at,
    type: given.type,
    node: given.node,
    item: given.item,
    attempt: given.attempt,
    data: given.data,
  }),
);

interface After {
  after: number;
  limit: number;
}

export const listEventsOfRun = act("listEventsOfRun", (db, given: After & { run: number }) =>
  db
    .selectFrom("event")
    .selectAll()
    .where("run", "=", given.run)
    .where("seq", ">", given.after)
    .orderBy("seq")
    .limit(given.limit),
);

/** The stream over all runs. Each event brings its run's id, because the reader does not know its number. */
export const listEvents = act("listEvents", (db, given: After) =>
  db
    .selectFrom("event")
    .innerJoin("run", "run.num", "event.run")
    .selectAll("event")
    .select("run.id as run_id")
    .where("event.seq", ">", given.after)
    .orderBy("event.seq")
    .limit(given.limit),
);

interface Beyond {
  after: number;
  offset: number;
}

/** Whether more events than so many come after one. */
export const peekEvents = act("peekEvents", (db, given: Beyond) =>
  db.selectFrom("event").select("seq").where("seq", ">", given.after).orderBy("seq").limit(1).offset(given.offset),
);

/** Whether a run has more events than so many after one. */
export const peekEventsOfRun = act("peekEventsOfRun", (db, given: Beyond & { run: number }) =>
  db
    .selectFrom("event")
    .select("seq")
    .where("run", "=", given.run)
    .where("seq", ">", given.after)
    .orderBy("seq")
    .limit(1)
    .offset(given.offset),
);

export function eventFromColumns(run: RunId, row: EventTable): EventRow & { readonly seq: number } {
  return {
    seq: row.seq,
    run,
    atMs: row.at,
    type: row.type,
    node: row.node,
    item: row.item as ItemPath,
    attempt: row.attempt as AttemptId | null,
    data: row.data,
  };
}
