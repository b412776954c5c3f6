import type { RunState } from "../states/run.ts";
import type { OverlapPolicy } from "../time/schedule-spec.ts";

/** What is done with a tick that is due. */
export type TickDecision = "make" | "queue" | "skip" | "cancel_running";

/** @param active runs of the flow's schedules that are under way, and requests for such. */
export function decideDue(
  policies: { readonly maxActiveRuns: number; readonly overlap: OverlapPolicy },
  active: number,
): TickDecision {
  return active < policies.maxActiveRuns ? "make" : policies.overlap;
}

/** What a tick of a schedule with `dependsOnPast` does, given the run of the tick before it. */
export type PastVerdict = "go" | "wait" | "blocked";

/** @param past the newest run of that tick's family; undefined when no tick made a run before. */
export function judgePast(past: RunState | undefined): PastVerdict {
  if (past === undefined || past === "success") return "go";
  return past === "failed" || past === "cancelled" ? "blocked" : "wait";
}
