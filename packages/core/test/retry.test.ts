import { readFileSync } from "node:fs";
import { parseDuration, type RetryDelay, type RetryPolicy, retryDelayMs } from "@millrace/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** Policies as the cases write them: as authors do. */
interface WrittenPolicy {
  readonly limit: number;
  readonly delay?: string;
  readonly delays?: readonly string[];
  readonly backoff?: "exponential";
  readonly factor?: number;
  readonly max?: string;
}

interface Case {
  readonly policy: WrittenPolicy;
  readonly expectMs?: readonly number[];
  readonly expectMsAt?: Readonly<Record<string, number>>;
}

const CASES = (JSON.parse(readFileSync(new URL("cases/retries.json", import.meta.url), "utf8")) as { delays: Case[] })
  .delays;

function delayOf(written: WrittenPolicy): RetryDelay {
  if (written.delays !== undefined) return { kind: "list", ms: written.delays.map((delay) => parseDuration(delay)) };
  const ms = parseDuration(written.delay ?? 0);
  return written.backoff === "exponential"
    ? { kind: "exponential", ms, factor: written.factor ?? 2 }
    : { kind: "fixed", ms };
}

function policyOf(delay: RetryDelay, options: Partial<RetryPolicy> = {}): RetryPolicy {
  return { limit: 3, delay, maxMs: null, jitter: 0, conditional: false, ...options };
}

const noChance = (): number => {
  throw new Error("A policy without jitter drew a chance.");
};

const delays: fc.Arbitrary<RetryDelay> = fc.oneof(
  fc.record({ kind: fc.constant("fixed" as const), ms: fc.nat(10_000_000) }),
  fc.record({ kind: fc.constant("list" as const), ms: fc.array(fc.nat(10_000_000), { minLength: 1, maxLength: 5 }) }),
  fc.record({
    kind: fc.constant("exponential" as const),
    ms: fc.nat(100_000),
    factor: fc.double({ min: 1, max: 10, noNaN: true }),
  }),
);
const jitters = fc.double({ min: 0, max: 1, minExcluded: true, noNaN: true });
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("retryDelayMs", () => {
  it.each(CASES)("gives the delays of $policy", ({ policy, expectMs, expectMsAt }) => {
    const resolved = policyOf(delayOf(policy), {
      limit: policy.limit,
      maxMs: policy.max === undefined ? null : parseDuration(policy.max),
    });
    const expected = expectMsAt ?? Object.fromEntries((expectMs ?? []).map((ms, index) => [index + 1, ms]));
    expect(Object.keys(expected)).not.toHaveLength(0);
    for (const [retry, ms] of Object.entries(expected))
      expect(retryDelayMs(resolved, Number(retry), noChance)).toBe(ms);
  });

  it("draws with jitter from the range around the delay, never above the longest", () => {
    const draws = fc.record({
      delay: delays,
      maxMs: fc.option(fc.integer({ min: 0, max: 20_000_000 })),
      jitter: jitters,
      retry: fc.integer({ min: 1, max: 50 }),
      chance: chances,
    });
    fc.assert(
      fc.property(draws, ({ delay, maxMs, jitter, retry, chance }) => {
        const plain = retryDelayMs(policyOf(delay, { maxMs }), retry, noChance);
        const drawn = retryDelayMs(policyOf(delay, { maxMs, jitter }), retry, () => chance);
        expect(Number.isSafeInteger(drawn)).toBe(true);
        expect(drawn).toBeGreaterThanOrEqual(plain * (1 - jitter));
        expect(drawn).toBeLessThanOrEqual(Math.min(plain * (1 + jitter), maxMs ?? Number.MAX_SAFE_INTEGER));
      }),
    );
  });

  it.each([0.1, 0.5, 1])("has the delay as the mean of 100,000 draws with jitter %d", (jitter) => {
    const policy = policyOf({ kind: "fixed", ms: 10_000 }, { jitter });
    const chance = seededChance(20_260_101);
    const drawn = Array.from({ length: 100_000 }, () => retryDelayMs(policy, 1, chance));
    const mean = drawn.reduce((sum, ms) => sum + ms, 0) / drawn.length;
    expect(Math.abs(mean - 10_000)).toBeLessThan(300);
    // The whole range is used.
    expect(Math.min(...drawn.slice(0, 50_000))).toBeLessThan(10_000 * (1 - jitter) + 20);
    expect(Math.max(...drawn.slice(0, 50_000))).toBeGreaterThan(10_000 * (1 + jitter) - 20);
  });

  it("still spreads delays that have reached the longest", () => {
    const policy = policyOf({ kind: "exponential", ms: 1_000, factor: 2 }, { maxMs: 60_000, jitter: 0.5 });
    const chance = seededChance(7);
    const drawn = new Set(Array.from({ length: 100 }, () => retryDelayMs(policy, 20, chance)));
    expect(drawn.size).toBeGreaterThan(90);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(60_000);
  });

  it("stays among the numbers that can be instants, however often something is retried", () => {
    const policy = policyOf({ kind: "exponential", ms: 1_000, factor: 10 });
    expect(retryDelayMs(policy, 1_000, noChance)).toBe(100 * 365.25 * 86_400_000);
  });

  it("does not wait where a list of delays is empty", () => {
    expect(retryDelayMs(policyOf({ kind: "list", ms: [] }), 1, noChance)).toBe(0);
  });
});

/** A repeatable source of chance (mulberry32). */
function seededChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
