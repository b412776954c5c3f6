import { catchUp, type TriggerRow } from "@millrace/core";
import { ticksOf } from "@millrace/core/time";
import type { World } from "../world.ts";
import { writeDropped } from "./tick-rows.ts";

/**
 * A schedule whose definition says another when takes effect from now. What was missed by the former one, and what was
 * owed, is made up for as ticks of that one.
 */
export function succeedSchedule(world: World, former: TriggerRow, begun: TriggerRow): TriggerRow {
  const { schedule, cursorMs } = former;
  const ticks = schedule === null ? undefined : ticksOf(schedule);
  if (schedule === null || ticks === undefined || cursorMs === null || begun.kind !== "schedule") return begun;
  const gap = { afterMs: cursorMs, untilMs: former.paused === null ? begun.sinceMs - 1 : cursorMs };
  const { owed, dropped } = catchUp(ticks, gap, schedule);
  writeDropped(world, former, { dropped, policy: schedule.catchup });
  const ranges = owed === null ? former.owed : [...former.owed, owed];
  return { ...begun, owed: ranges.map((range) => (range.schedule ? range : { ...range, schedule })) };
}
