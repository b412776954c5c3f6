import {
  endsWalk,
  forgetsAnything,
  KEEP_EVERYTHING,
  type MayForgetAt,
  makeRunId,
  mayForget,
  type RetentionRule,
  type RunFamily,
  retentionOf,
  tickRetention,
} from "@millrace/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const root = makeRunId(1_700_000_000_000, () => 0.1);
const other = makeRunId(1_700_000_000_000, () => 0.2);

const NO_LIMIT: RetentionRule = { maxAgeMs: null, maxRuns: null, keepFailedMs: null };
const at: MayForgetAt = { landmarks: [other], oldestCounted: 50, nowMs: NOW };

function family(changed: Partial<RunFamily> = {}): RunFamily {
  const endedAtMs = NOW - 10 * DAY;
  return { root, runs: [root], newest: 10, state: "success", settled: true, endedAtMs, reused: false, ...changed };
}

describe("what was decided of ticks", () => {
  test("is kept as long as runs are by their age, and at least a week", () => {
    expect(tickRetention(NO_LIMIT)).toBeNull();
    expect(tickRetention({ ...NO_LIMIT, keepFailedMs: 90 * DAY })).toBeNull();
    expect(tickRetention({ ...NO_LIMIT, maxRuns: 3 })).toBe(7 * DAY);
    expect(tickRetention({ ...NO_LIMIT, maxAgeMs: DAY })).toBe(7 * DAY);
    expect(tickRetention({ maxAgeMs: 30 * DAY, maxRuns: null, keepFailedMs: 90 * DAY })).toBe(90 * DAY);
  });
});

describe("a family may be forgotten", () => {
  const old = { ...NO_LIMIT, maxAgeMs: 9 * DAY };
  const tooMany = { ...NO_LIMIT, maxRuns: 5 };

  test.each<[string, boolean, Partial<RunFamily>, RetentionRule]>([
    ["never without a limit", false, {}, NO_LIMIT],
    ["when it ended too long ago", true, {}, old],
    ["not when it ended lately", false, { endedAtMs: NOW - 8 * DAY }, old],
    ["not at the limit itself", false, { endedAtMs: NOW - 9 * DAY }, old],
    ["when enough runs were made after it", true, {}, tooMany],
    ["not when it is counted among the newest", false, { newest: 50 }, tooMany],
    ["by one limit though the other would keep it", true, { newest: 60 }, { ...old, maxRuns: 5 }],
    ["by the other, too", true, { endedAtMs: NOW }, { ...old, maxRuns: 5 }],
    ["not with work left", false, { settled: false }, old],
    ["not when another run shows its results", false, { reused: true }, old],
    ["not as the newest of its flow", false, { root: other }, old],
    ["not as the newest of its flow, whatever the number", false, { root: other }, { ...tooMany, maxRuns: 1 }],
    ["even as the newest when nothing is to be kept", true, { root: other, newest: 60 }, { ...tooMany, maxRuns: 0 }],
    ["not while failures are kept", false, { state: "failed" }, { ...old, keepFailedMs: 20 * DAY }],
    [
      "not while failures are kept, whatever the number",
      false,
      { state: "cancelled" },
      { ...tooMany, keepFailedMs: 20 * DAY },
    ],
    ["when failures are kept no longer", true, { state: "failed" }, { ...old, keepFailedMs: 9 * DAY }],
    ["as a success, however long failures are kept", true, {}, { ...old, keepFailedMs: 20 * DAY }],
  ])("%s", (_, expected, changed, rule) => {
    expect(mayForget(family(changed), rule, at)).toBe(expected);
  });
});

test("a walk from the oldest ends only where nothing behind it may go", () => {
  const times = fc.integer({ min: 0, max: 30 });
  const limit = fc.option(fc.integer({ min: 0, max: 20 }), { nil: null });
  const cases = fc.record({ maxAge: limit, maxRuns: limit, keep: limit, madeAgo: times, place: fc.nat(100) });
  fc.assert(
    fc.property(cases, ({ maxAge, maxRuns, keep, madeAgo, place }) => {
      const rule: RetentionRule = {
        maxAgeMs: maxAge === null ? null : maxAge * DAY,
        maxRuns,
        keepFailedMs: keep === null ? null : keep * DAY,
      };
      const madeAtMs = NOW - madeAgo * DAY;
      // What was made then or later, and has ended no earlier than it was made.
      const later = family({ newest: place, endedAtMs: madeAtMs });
      if (endsWalk({ place, madeAtMs }, rule, at)) expect(mayForget(later, rule, at)).toBe(false);
      else expect(forgetsAnything(rule)).toBe(true);
    }),
  );
});

describe("the rule for a flow", () => {
  const policy = { ...KEEP_EVERYTHING, maxAgeMs: 90 * DAY, flows: { ticks: { maxAgeMs: DAY, maxRuns: 100 } } };

  test("is the project's, with what is different there", () => {
    expect(retentionOf(policy, "orders")).toEqual({ ...NO_LIMIT, maxAgeMs: 90 * DAY });
    expect(retentionOf(policy, "ticks")).toEqual({ maxAgeMs: DAY, maxRuns: 100, keepFailedMs: null });
    expect(retentionOf(policy, "constructor")).toEqual({ ...NO_LIMIT, maxAgeMs: 90 * DAY });
  });

  test("lets nothing go unless it has a limit", () => {
    expect(forgetsAnything(retentionOf(KEEP_EVERYTHING, "orders"))).toBe(false);
    expect(forgetsAnything(retentionOf(policy, "orders"))).toBe(true);
    expect(forgetsAnything({ ...NO_LIMIT, maxRuns: 1 })).toBe(true);
  });
});
