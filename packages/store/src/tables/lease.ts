import { act } from "../act.ts";

/** One cell is the default; more cells are how the leader will scale out. */
const CELL = "default";

/** Each new leader gets an epoch of its own, larger than all before. */
export const acquireLease = act("acquireLease", (db, given: { holder: string; at: number }) =>
  db
    .updateTable("lease")
    .set((eb) => ({ epoch: eb("epoch", "+", 1), holder: given.holder, acquired_at: given.at }))
    .where("cell", "=", CELL)
    .returning("epoch"),
);

/**
 * The first statement of every commit: holds the lease against a newer leader, reserves numbers for the commit's
 * events and moves the largest attempt id. Gives no row when the epoch is not the lease's any more.
 */
export const holdLease = act("holdLease", (db, given: { epoch: number; events: number; attempt: number }) =>
  db
    .updateTable("lease")
    .set((eb) => ({
      last_event: eb("last_event", "+", given.events),
      last_attempt: eb
        .case()
        .when("last_attempt", "<", given.attempt)
        .then(given.attempt)
        .else(eb.ref("last_attempt"))
        .end(),
    }))
    .where("cell", "=", CELL)
    .where("epoch", "=", given.epoch)
    .returning("last_event"),
);

/** The largest attempt id and event number ever given. */
export const findCounters = act("findCounters", (db) =>
  db.selectFrom("lease").select(["last_attempt", "last_event"]).where("cell", "=", CELL),
);

/** The last one who took the lease; whether he still has it is another question. */
export const findLease = act("findLease", (db) =>
  db.selectFrom("lease").select(["epoch", "holder", "acquired_at"]).where("cell", "=", CELL),
);
