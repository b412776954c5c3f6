import type { Run, Trigger } from "../../api/shapes.ts";
import { medianMs } from "../flows/run-strip.tsx";

const MINUTE = 60 * 1_000;
/** What failed longer ago than this is history, in milliseconds. */
const RECENT_MS = 7 * 24 * 60 * MINUTE;
/** A tick that is taken up later than this is late, in milliseconds. */
const LATE_MS = 2 * MINUTE;
/** A run that takes so many times what its flow typically takes is looked at. */
const FAR_OVER = 3;

/** The newest failure of each flow, unless a later run of it is good, or may become so. */
export function openFailures(failed: readonly Run[], others: readonly Run[]): readonly Run[] {
  const newest = new Map<string, Run>();
  for (const run of failed) {
    const known = newest.get(run.flow);
    if (known === undefined || known.createdAt < run.createdAt) newest.set(run.flow, run);
  }
  const oldest = new Date(Date.now() - RECENT_MS).toISOString();
  return [...newest.values()].filter(
    (run) =>
      run.createdAt > oldest &&
      !others.some(({ flow, state, createdAt }) => flow === run.flow && isHopeful(state) && createdAt > run.createdAt),
  );
}

function isHopeful(state: Run["state"]): boolean {
  return state === "success" || state === "running" || state === "queued";
}

/** Schedules whose tick has passed without a run, although nobody has paused them. */
export function lateTriggers(triggers: readonly Trigger[], nowMs: number): readonly Trigger[] {
  return triggers.filter(
    ({ paused, nextTick }) => paused === null && nextTick !== null && Date.parse(nextTick) < nowMs - LATE_MS,
  );
}

/** How long the last good runs of a flow typically took; null where too few are known to say. */
export function typicalMs(flow: string, runs: readonly Run[]): number | null {
  const own = runs.filter((run) => run.flow === flow && run.state === "success");
  return own.length < 3 ? null : medianMs(own);
}

/** Runs that take far longer than those before them. */
export function longRuns(active: readonly Run[], runs: readonly Run[], nowMs: number): readonly Run[] {
  return active.filter(({ flow, startedAt }) => {
    const typical = typicalMs(flow, runs);
    if (startedAt === null || typical === null) return false;
    return nowMs - Date.parse(startedAt) > Math.max(MINUTE, FAR_OVER * typical);
  });
}
