import { CLOCK } from "./commit-statement.ts";
import type { Statement } from "./statement.ts";

/**
 * Takes the lease if it is over. The row is asked for whole: commits that are being written hold a share of it, and so
 * does nobody take over from a leader in the middle of one. Who cannot have the row now comes again, and does not wait.
 */
export const takeLease: Statement = {
  name: "take lease",
  text: `update lease set epoch = epoch + 1, holder = $1, acquired_at = ${CLOCK}, expires_at = ${CLOCK} + $2
where cell = (
  select cell from lease where cell = 'default' and expires_at <= ${CLOCK} for update skip locked
)
returning epoch`,
};

/** The first row of an epoch takes over the counters as the last leader left them: nothing can be added to those now. */
export const openEpoch: Statement = {
  name: "open epoch",
  text: `insert into ledger (cell, epoch, number, last_run, last_attempt, last_event, last_event_at, written)
select cell, $1, 0, last_run, last_attempt, last_event, last_event_at, true from ledger
where cell = 'default' and epoch < $1 order by epoch desc, number desc limit 1
on conflict do nothing`,
};

/** Counters as the database has them. */
export interface CountersRow {
  readonly number: number;
  readonly last_run: number;
  readonly last_attempt: number;
  readonly last_event: number;
  readonly last_event_at: number;
}

/** The counters as they are now. */
export const findCounters: Statement = {
  name: "find counters",
  text: `select number, last_run, last_attempt, last_event, last_event_at from ledger
where cell = 'default' order by epoch desc, number desc limit 1`,
};

/** Only a lease that is not over is renewed: its holder has stopped to trust it by then. */
export const renewLease: Statement = {
  name: "renew lease",
  text: `update lease set expires_at = ${CLOCK} + $2 where cell = 'default' and epoch = $1 and expires_at > ${CLOCK}
returning epoch`,
};

export const releaseLease: Statement = {
  name: "release lease",
  text: "update lease set expires_at = 0 where cell = 'default' and epoch = $1 returning epoch",
};

export const findLease: Statement = {
  name: "find lease",
  text: `select epoch, holder, acquired_at, expires_at - ${CLOCK} as left_ms from lease where cell = 'default'`,
};

/** All but the newest rows: those of older epochs, and those whose commits were answered long ago. */
export const trimLedger: Statement = {
  name: "trim ledger",
  text: "delete from ledger where cell = 'default' and (epoch, number) < ($1::bigint, $2::bigint)",
};
