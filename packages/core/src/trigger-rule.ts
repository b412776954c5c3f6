import type { TriggerRule } from "./spec/flow-spec.ts";

/**
 * How the upstreams of a task run have ended so far. What is missing to `total` has not ended yet. Upstreams that were
 * cancelled count as failed. A map or a branch region counts as one upstream.
 */
export interface UpstreamCounts {
  readonly total: number;
  readonly success: number;
  readonly failed: number;
  readonly skipped: number;
  readonly upstreamFailed: number;
}

/** What a trigger rule says of a pending task run: run it, wait for more, or end it without running. */
export type TriggerDecision = "RUN" | "WAIT" | "SKIPPED" | "UPSTREAM_FAILED";

/**
 * Decides a trigger rule from counts alone, so finishing a task costs its out-degree and no search.
 *
 * A rule is decided as soon as no remaining outcome can change it, and not before; so the result never depends on the
 * order in which upstreams end. `all_done` is the exception: it waits by its meaning, because what it promises is that
 * nothing before it still runs. With no upstream every rule runs.
 *
 * Names and outcomes are Airflow's; the table for two upstreams is `test/cases/trigger-rules.csv`.
 */
export function decideTrigger(rule: TriggerRule, counts: UpstreamCounts): TriggerDecision {
  const { total, success, skipped } = counts;
  if (total === 0) return "RUN";
  const failed = counts.failed + counts.upstreamFailed;
  const waits = success + failed + skipped < total;

  switch (rule) {
    case "all_success":
      if (failed > 0) return "UPSTREAM_FAILED";
      // One skipped upstream does not settle it: a failure yet to come outranks the skip.
      if (waits) return "WAIT";
      return skipped > 0 ? "SKIPPED" : "RUN";
    case "all_failed":
      if (success + skipped > 0) return "SKIPPED";
      return waits ? "WAIT" : "RUN";
    case "all_done":
      return waits ? "WAIT" : "RUN";
    case "all_done_min_one_success":
      if (skipped > 0) return "SKIPPED";
      if (waits) return "WAIT";
      return success > 0 ? "RUN" : "UPSTREAM_FAILED";
    case "all_skipped":
      if (success + failed > 0) return "SKIPPED";
      return waits ? "WAIT" : "RUN";
    case "one_success":
      if (success > 0) return "RUN";
      if (waits) return "WAIT";
      return failed > 0 ? "UPSTREAM_FAILED" : "SKIPPED";
    case "one_failed":
      if (failed > 0) return "RUN";
      return waits ? "WAIT" : "SKIPPED";
    case "one_done":
      // Airflow means "done by itself": an upstream that was skipped, or never ran because of another, does not count.
      if (success + counts.failed > 0) return "RUN";
      return waits ? "WAIT" : "SKIPPED";
    case "none_failed":
      if (failed > 0) return "UPSTREAM_FAILED";
      return waits ? "WAIT" : "RUN";
    case "none_failed_min_one_success":
      if (failed > 0) return "UPSTREAM_FAILED";
      if (waits) return "WAIT";
      return success > 0 ? "RUN" : "SKIPPED";
    case "none_skipped":
      if (skipped > 0) return "SKIPPED";
      return waits ? "WAIT" : "RUN";
    case "always":
      return "RUN";
  }
}
