import type { FlowRuns, Run, Trigger } from "../../api/shapes.ts";

const MINUTE = 60 * 1_000;
/** What failed longer ago than this is history, in milliseconds. */
const RECENT_MS = 7 * 24 * 60 * MINUTE;
/** A tick that is taken up later than this is late, in milliseconds. */
const LATE_MS = 2 * MINUTE;
/** A run that takes so many times what its flow typically takes is looked at. */
const FAR_OVER = 3;
/** Fewer good runs say nothing of how long a flow typically takes. */
const LEAST_RUNS = 3;

/** A run that failed, and what its flow is. */
export interface OpenFailure extends Pick<Run, "id" | "flow" | "createdAt" | "endedAt"> {}

/** Of each flow the newest run, where it failed and no later one is good or may become so; the newest failure first. */
export function openFailures(flows: readonly FlowRuns[], nowMs: number): readonly OpenFailure[] {
  const oldest = new Date(nowMs - RECENT_MS).toISOString();
  return flows
    .flatMap(({ flow, runs }) => {
      // What was cancelled says nothing.
      const told = runs.find(({ state }) => state !== "cancelled");
      return told?.state === "failed" && told.createdAt > oldest ? [{ ...told, flow }] : [];
    })
    .toSorted((one, other) => other.createdAt.localeCompare(one.createdAt));
}

/** Schedules whose tick has passed without a run, although nobody has paused them. */
export function lateTriggers(triggers: readonly Trigger[], nowMs: number): readonly Trigger[] {
  return triggers.filter(
    ({ paused, nextTick }) => paused === null && nextTick !== null && Date.parse(nextTick) < nowMs - LATE_MS,
  );
}

/** How long the last good runs of each flow typically took, of which enough are known to say. */
export function typicalTimes(flows: readonly FlowRuns[]): ReadonlyMap<string, number> {
  return new Map(
    flows.flatMap(({ flow, runs, medianMs }) => {
      const good = runs.filter(({ state }) => state === "success").length;
      return medianMs === null || good < LEAST_RUNS ? [] : [[flow, medianMs]];
    }),
  );
}

/** Runs that take far longer than those before them. */
export function longRuns(active: readonly Run[], typical: ReadonlyMap<string, number>, nowMs: number): readonly Run[] {
  return active.filter(({ flow, startedAt }) => {
    const usualMs = typical.get(flow);
    if (startedAt === null || usualMs === undefined) return false;
    return nowMs - Date.parse(startedAt) > Math.max(MINUTE, FAR_OVER * usualMs);
  });
}
