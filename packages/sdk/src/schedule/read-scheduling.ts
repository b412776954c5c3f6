import { type FlowPolicies, MillraceError, type OverlapPolicy } from "@millrace/core";
import { invalid, readCount } from "../task/read-option.ts";

const OVERLAPS: readonly OverlapPolicy[] = ["queue", "skip", "cancel_running"];
const DEFAULT_MAX_ACTIVE_RUNS = 16;

/** What a flow says of all of its schedules, as it was given. */
interface SchedulingOptions {
  readonly maxActiveRuns: unknown;
  readonly overlap: unknown;
  readonly dependsOnPast: unknown;
}

/** @param owner for messages: `flow "orders"`. */
export function readScheduling(
  { maxActiveRuns = DEFAULT_MAX_ACTIVE_RUNS, overlap = "queue", dependsOnPast = false }: SchedulingOptions,
  owner: string,
): Pick<FlowPolicies, "maxActiveRuns" | "overlap" | "dependsOnPast"> {
  const policy = OVERLAPS.find((each) => each === overlap);
  if (policy === undefined) {
    throw invalid(`option "overlap" of ${owner}`, OVERLAPS.map((each) => `"${each}"`).join(", "), overlap);
  }
  if (typeof dependsOnPast !== "boolean")
    throw invalid(`option "dependsOnPast" of ${owner}`, "true or false", dependsOnPast);
  if (dependsOnPast && policy === "cancel_running") {
    throw new MillraceError("INVALID_OPTION", `${owner} has both dependsOnPast and overlap "cancel_running"`, {
      hint: "A run that is ended for the next one has not succeeded, and the next would wait for it for ever.",
    });
  }
  return {
    maxActiveRuns: readCount(maxActiveRuns, `option "maxActiveRuns" of ${owner}`),
    overlap: policy,
    dependsOnPast,
  };
}
