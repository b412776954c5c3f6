import type { FlowSpec, ScheduleSpec } from "@millrace/core";
import { flowOf } from "@millrace/testing/simulation";
import type { TickWatch } from "../invariants/tick-watch.ts";

export const SCHEDULED_FLOW = "scheduled";
/** Nothing is due any more after this, so that every simulation comes to its end. */
export const SCHEDULES_LAST_MS = 40_000;

/** A flow that runs every few seconds: whatever happens, each of its ticks makes its run. */
export function scheduledFlow(seed: number, startMs: number): FlowSpec {
  const base = {
    timeZone: "UTC",
    calendar: null,
    params: null,
    catchup: { kind: "all" },
    startMs,
    endMs: startMs + SCHEDULES_LAST_MS,
    place: null,
  } as const;
  const every = (name: string, ms: number, catchupOrder: ScheduleSpec["catchupOrder"]): ScheduleSpec => ({
    ...base,
    name,
    timing: { kind: "every", amount: ms, unit: "ms", anchorMs: startMs },
    catchupOrder,
  });
  const schedules = [every("often", 3_000, "oldest"), every("seldom", 7_000, "newest")];
  const policies = { maxActiveRuns: 1 + (seed % 3), dependsOnPast: false };
  return flowOf(SCHEDULED_FLOW, (flow) => flow.task("work", { retries: 1 }), { schedules, policies });
}

/** Ticks that made no run. */
export function missingTicks({ name: flow, schedules }: FlowSpec, ticks: TickWatch): string[] {
  const missing: string[] = [];
  for (const { name, timing, endMs } of schedules) {
    const sinceMs = ticks.sinceOf({ flow, trigger: name });
    if (sinceMs === undefined || timing.kind !== "every" || endMs === null) continue;
    const { anchorMs, amount } = timing;
    const made = new Set(
      ticks.ticksOf({ flow, trigger: name }).flatMap(({ atMs, run }) => (run === null ? [] : [atMs])),
    );
    // A clock that was behind when the schedule was first followed knows of no tick before its start.
    const first = anchorMs + Math.max(0, Math.floor((sinceMs - anchorMs) / amount) + 1) * amount;
    for (let at = first; at < endMs; at += amount) {
      if (!made.delete(at)) missing.push(`tick ${at - anchorMs} of ${flow}/${name} made no run`);
    }
    for (const at of made) missing.push(`${flow}/${name} made a run for ${at - anchorMs}, which is no tick`);
  }
  return missing;
}
