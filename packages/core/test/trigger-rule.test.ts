import { readFileSync } from "node:fs";
import { decideTrigger, type TriggerDecision, type TriggerRule, type UpstreamCounts } from "@millrace/core";
import { describe, expect, it } from "vitest";
import { meaningOf, OUTCOMES, type Outcome } from "./rule-meaning.ts";

type Upstream = Outcome | "pending";

const CASES = readFileSync(new URL("cases/trigger-rules.csv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split(",") as [TriggerRule, Upstream, Upstream, TriggerDecision]);
const RULES = [...new Set(CASES.map(([rule]) => rule))];

function countOf(upstreams: readonly Upstream[]): UpstreamCounts {
  const count = (state: Upstream): number => upstreams.filter((upstream) => upstream === state).length;
  return {
    total: upstreams.length,
    success: count("success"),
    failed: count("failed"),
    skipped: count("skipped"),
    upstreamFailed: count("upstream_failed"),
  };
}

/** All lists of `length` members of `choices`. */
function listsOf<Choice>(choices: readonly Choice[], length: number): Choice[][] {
  if (length === 0) return [[]];
  return listsOf(choices, length - 1).flatMap((list) => choices.map((choice) => [...list, choice]));
}

/** Decided when every way in which the pending ones may end agrees, and not before. */
function oracle(rule: TriggerRule, upstreams: readonly Upstream[]): TriggerDecision {
  const ended = upstreams.filter((upstream) => upstream !== "pending");
  const pending = upstreams.length - ended.length;
  if (rule === "all_done" && pending > 0) return "WAIT";
  const decisions = new Set(listsOf(OUTCOMES, pending).map((rest) => meaningOf(rule, [...ended, ...rest])));
  const [first = "WAIT"] = decisions;
  return decisions.size === 1 ? first : "WAIT";
}

describe("decideTrigger", () => {
  it("has every rule in the table", () => {
    expect(RULES).toHaveLength(12);
    expect(CASES).toHaveLength(12 * 15);
  });

  it.each(CASES)("%s with %s and %s: %s", (rule, first, second, expected) => {
    expect(decideTrigger(rule, countOf([first, second]))).toBe(expected);
    expect(decideTrigger(rule, countOf([second, first]))).toBe(expected);
  });

  it.each(RULES)("%s runs where there is no upstream", (rule) => {
    expect(decideTrigger(rule, countOf([]))).toBe("RUN");
  });

  it.each(RULES)("%s is decided exactly when no remaining outcome can change it, up to four upstreams", (rule) => {
    for (const length of [1, 2, 3, 4]) {
      for (const upstreams of listsOf<Upstream>([...OUTCOMES, "pending"], length)) {
        const decision = decideTrigger(rule, countOf(upstreams));
        expect(decision, `${rule} ${upstreams.join(" ")}`).toBe(oracle(rule, upstreams));
      }
    }
  });

  it.each(RULES)("%s never takes a decision back, in whatever order three upstreams end", (rule) => {
    const orders = listsOf([0, 1, 2], 3).filter((order) => new Set(order).size === 3);
    for (const outcomes of listsOf(OUTCOMES, 3)) {
      const lasts = orders.map((order) => {
        const upstreams: Upstream[] = ["pending", "pending", "pending"];
        let decision = decideTrigger(rule, countOf(upstreams));
        for (const position of order) {
          upstreams[position] = outcomes[position] as Outcome;
          const next = decideTrigger(rule, countOf(upstreams));
          if (decision !== "WAIT")
            expect(next, `${rule} ${outcomes.join(" ")} in order ${order.join()}`).toBe(decision);
          decision = next;
        }
        return decision;
      });
      expect(new Set(lasts).size, `${rule} ${outcomes.join(" ")}`).toBe(1);
      expect(lasts[0]).not.toBe("WAIT");
    }
  });
});
