import type { Store, TickPlace } from "@millrace/core";
import type { ActiveRun } from "../active-run.ts";
import type { TriggerName } from "../triggers/trigger-book.ts";
import type { FollowedSchedule, PastRun } from "./followed-schedule.ts";

const TICKS_AT_ONCE = 50;

/** The run of the newest tick of a schedule that made one, with the state of its newest rerun. */
export async function readPast(store: Store, { flow, name }: TriggerName): Promise<PastRun | null> {
  let before: TickPlace | undefined;
  for (;;) {
    const ticks = await store.triggers.listTicks({
      flow,
      trigger: name,
      limit: TICKS_AT_ONCE,
      ...(before === undefined ? {} : { before }),
    });
    const run = ticks.find((tick) => tick.run !== null)?.run;
    if (run) {
      const row = await store.history.findRun(run);
      // What retention has let go is long past.
      if (row === undefined) return null;
      const newest = (await store.newestOfFamily(row.rootRun)) ?? row;
      return { root: row.rootRun, state: newest.state };
    }
    before = ticks.at(-1);
    if (before === undefined || ticks.length < TICKS_AT_ONCE) return null;
  }
}

/** A run began or ended, or goes on: a schedule that waits for its family learns of it. */
export function notePast(schedule: FollowedSchedule, run: ActiveRun): boolean {
  const { past } = schedule;
  if (!past || past.root !== run.made.rootRun) return false;
  past.state = run.state;
  return true;
}
