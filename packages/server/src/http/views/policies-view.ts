import type { RouteOutput } from "@millrace/contract";
import type { FlowSpec, RetryDelay, TaskNodeSpec } from "@millrace/core";

type PoliciesView = RouteOutput<"getFlowPolicies">;

/** By which rules a flow and its tasks run. */
export function policiesView({ policies, hooks, secrets = [], nodes }: FlowSpec): PoliciesView {
  const { taskKeys: _taskKeys, deadline = null, pauseAfterFailures = null, ...flow } = policies;
  return {
    flow: { ...flow, deadline, pauseAfterFailures, hooks: [...hooks], secrets: [...secrets] },
    tasks: nodes.flatMap((node) => (node.kind === "task" ? [taskView(node)] : [])),
  };
}

function taskView({ id, policies }: TaskNodeSpec): PoliciesView["tasks"][number] {
  const { retries, timeoutMs, totalTimeoutMs, pools, concurrency, rateLimit, cache, priority, workers } = policies;
  return {
    id,
    retries: retries.limit,
    retryMs: Math.round(firstDelay(retries.delay)),
    timeoutMs,
    totalTimeoutMs,
    pools: pools.map(({ pool, slots }) => ({ pool, slots })),
    concurrency,
    rate: rateLimit === null ? null : { limit: rateLimit.limit, perMs: rateLimit.perMs },
    isCached: cache !== null,
    priority,
    workers: workers === undefined ? null : { ...workers },
  };
}

function firstDelay(delay: RetryDelay): number {
  return delay.kind === "list" ? (delay.ms[0] ?? 0) : delay.ms;
}
