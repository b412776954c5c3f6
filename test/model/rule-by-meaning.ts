import type { TriggerRule } from "@millrace/core";

export type UpstreamEnd = "success" | "failed" | "skipped" | "upstream_failed";
export type Verdict = "run" | "skipped" | "upstream_failed";

const ENDS: readonly UpstreamEnd[] = ["success", "failed", "skipped", "upstream_failed"];

/** What a rule says once all upstreams have ended, in the words of its definition. */
function meaning(rule: TriggerRule, ends: readonly UpstreamEnd[]): Verdict {
  const some = (...wanted: UpstreamEnd[]): boolean => ends.some((end) => wanted.includes(end));
  const every = (...wanted: UpstreamEnd[]): boolean => ends.every((end) => wanted.includes(end));
  if (ends.length === 0) return "run";
  switch (rule) {
    case "all_success":
      return every("success") ? "run" : every("success", "skipped") ? "skipped" : "upstream_failed";
    case "all_failed":
      return every("failed", "upstream_failed") ? "run" : "skipped";
    case "all_done":
    case "always":
      return "run";
    case "all_done_min_one_success":
      return some("skipped") ? "skipped" : some("success") ? "run" : "upstream_failed";
    case "all_skipped":
      return every("skipped") ? "run" : "skipped";
    case "one_success":
      return some("success") ? "run" : every("skipped") ? "skipped" : "upstream_failed";
    case "one_failed":
      return some("failed", "upstream_failed") ? "run" : "skipped";
    case "one_done":
      return some("success", "failed") ? "run" : "skipped";
    case "none_failed":
      return some("failed", "upstream_failed") ? "upstream_failed" : "run";
    case "none_failed_min_one_success":
      return some("failed", "upstream_failed") ? "upstream_failed" : some("success") ? "run" : "skipped";
    case "none_skipped":
      return some("skipped") ? "skipped" : "run";
  }
}

/** The verdict as soon as no end of what is still open can change it; `all_done` waits for all of them by its meaning. */
export function verdictOf(rule: TriggerRule, ended: readonly UpstreamEnd[], open: number): Verdict | undefined {
  if (open > 0 && rule === "all_done") return undefined;
  const verdicts = new Set<Verdict>();
  const complete = (ends: readonly UpstreamEnd[], left: number): void => {
    if (left === 0) verdicts.add(meaning(rule, ends));
    else for (const end of ENDS) complete([...ends, end], left - 1);
  };
  complete(ended, open);
  return verdicts.size === 1 ? [...verdicts][0] : undefined;
}
