import type { DeadlinePolicy, Duration, FlowPolicies } from "@millrace/core";
import { readFields } from "../task/read-fields.ts";
import { invalid, readCount, readLimit } from "../task/read-option.ts";

/** What a flow says about being watched, as it was given. */
interface WatchingOptions {
  readonly pauseAfterFailures: unknown;
  readonly deadline: unknown;
}

/** @param owner for messages: `flow "orders"`. */
export function readWatching(
  { pauseAfterFailures, deadline }: WatchingOptions,
  owner: string,
): Pick<FlowPolicies, "pauseAfterFailures" | "deadline"> {
  const what = `option "pauseAfterFailures" of ${owner}`;
  return {
    ...(pauseAfterFailures === undefined ? {} : { pauseAfterFailures: readCount(pauseAfterFailures, what) }),
    ...(deadline === undefined ? {} : { deadline: readDeadline(deadline, `option "deadline" of ${owner}`) }),
  };
}

function readDeadline(deadline: unknown, what: string): DeadlinePolicy {
  if (typeof deadline === "string" || typeof deadline === "number") {
    return { startMs: null, endMs: readLimit(deadline, what) };
  }
  const { start, end } = readFields(deadline, what, ["start", "end"]);
  if (start === undefined && end === undefined) throw invalid(what, '"1h", or { start: "10m", end: "1h" }', "empty");
  return {
    startMs: start === undefined ? null : readLimit(start as Duration, `"start" in the ${what}`),
    endMs: end === undefined ? null : readLimit(end as Duration, `"end" in the ${what}`),
  };
}
