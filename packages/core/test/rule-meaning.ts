import type { TriggerDecision, TriggerRule } from "@millrace/core";

export const OUTCOMES = ["success", "failed", "skipped", "upstream_failed"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** With nothing left to wait for. */
type Meaning = Exclude<TriggerDecision, "WAIT">;

/** What each rule means when all upstreams have ended, said without counting. */
export function meaningOf(rule: TriggerRule, ended: readonly Outcome[]): Meaning {
  if (ended.length === 0) return "RUN";
  const some = (...outcomes: Outcome[]): boolean => ended.some((outcome) => outcomes.includes(outcome));
  const every = (...outcomes: Outcome[]): boolean => ended.every((outcome) => outcomes.includes(outcome));
  const meanings: Record<TriggerRule, () => Meaning> = {
    all_success: () => (every("success") ? "RUN" : every("success", "skipped") ? "SKIPPED" : "UPSTREAM_FAILED"),
    all_failed: () => (every("failed", "upstream_failed") ? "RUN" : "SKIPPED"),
    all_done: () => "RUN",
    all_done_min_one_success: () => (some("skipped") ? "SKIPPED" : some("success") ? "RUN" : "UPSTREAM_FAILED"),
    all_skipped: () => (every("skipped") ? "RUN" : "SKIPPED"),
    one_success: () => (some("success") ? "RUN" : every("skipped") ? "SKIPPED" : "UPSTREAM_FAILED"),
    one_failed: () => (some("failed", "upstream_failed") ? "RUN" : "SKIPPED"),
    one_done: () => (some("success", "failed") ? "RUN" : "SKIPPED"),
    none_failed: () => (some("failed", "upstream_failed") ? "UPSTREAM_FAILED" : "RUN"),
    none_failed_min_one_success: () =>
      some("failed", "upstream_failed") ? "UPSTREAM_FAILED" : some("success") ? "RUN" : "SKIPPED",
    none_skipped: () => (some("skipped") ? "SKIPPED" : "RUN"),
    always: () => "RUN",
  };
  return meanings[rule]();
}
