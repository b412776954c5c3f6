import { didYouMean, MillraceError, type TriggerRule } from "@millrace/core";
import type { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import type { PlacementOptions } from "./placement-options.ts";
import { readCount } from "./read-option.ts";

const RULES: Readonly<Record<TriggerRule, true>> = {
  all_success: true,
  all_failed: true,
  all_done: true,
  all_done_min_one_success: true,
  all_skipped: true,
  one_success: true,
  one_failed: true,
  one_done: true,
  none_failed: true,
  none_failed_min_one_success: true,
  none_skipped: true,
  always: true,
};

/** What of the options of `.with(…)` is about the placement, and the policies that are left. */
export interface ReadPlacement {
  readonly triggerRule?: TriggerRule;
  readonly maxItems?: number;
  readonly policies: Omit<PlacementOptions<never, TriggerRule>, "triggerRule" | "maxItems">;
}

export function readPlacement(
  options: PlacementOptions<never, TriggerRule>,
  owner: string,
  site: CallSite,
): ReadPlacement {
  const { triggerRule, maxItems, ...policies } = options;
  return withPlace(site, () => ({
    ...(triggerRule === undefined ? {} : { triggerRule: readRule(triggerRule, owner) }),
    ...(maxItems === undefined ? {} : { maxItems: readCount(maxItems, `option "maxItems" of ${owner}`) }),
    policies,
  }));
}

function readRule(rule: string, owner: string): TriggerRule {
  if (Object.hasOwn(RULES, rule)) return rule as TriggerRule;
  throw new MillraceError("INVALID_OPTION", `The option "triggerRule" of ${owner} is ${JSON.stringify(rule)}`, {
    hint: didYouMean(rule, Object.keys(RULES), "rules"),
  });
}
