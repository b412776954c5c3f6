import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TokenBucket } from "../../src/admission/token-bucket.ts";
import { Yard } from "./yard.ts";

const TEN_A_MINUTE = { limit: 10, perMs: 60_000, burst: 10 };

describe("a token bucket", () => {
  test("gives its burst at once, then one at a time, evenly", () => {
    const bucket = new TokenBucket(TEN_A_MINUTE);
    const given: number[] = [];
    for (let nowMs = 0; given.length < 13; nowMs = bucket.nextMs(nowMs)) {
      bucket.take(nowMs);
      given.push(nowMs);
    }
    expect(given).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6_000, 12_000, 18_000]);
  });

  test("is exact at rates that no millisecond divides, however long it goes on", () => {
    const bucket = new TokenBucket({ limit: 7, perMs: 1_000, burst: 1 });
    let nowMs = 1_767_225_600_000;
    for (let taken = 0; taken < 70_000; taken += 1) {
      nowMs = bucket.nextMs(nowMs);
      bucket.take(nowMs);
    }
    expect(nowMs - 1_767_225_600_000).toBe(Math.ceil((69_999 * 1_000) / 7));
  });

  test("never lets more than limit and burst start within any span, whoever asks when", () => {
    const rule = fc.record({
      limit: fc.integer({ min: 1, max: 9 }),
      perMs: fc.integer({ min: 1, max: 5_000 }),
      burst: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(rule, fc.array(fc.nat(2_000), { maxLength: 60, size: "max" }), (policy, pauses) => {
        let bucket = new TokenBucket(policy);
        const given: number[] = [];
        let nowMs = 1_000_000;
        for (const pause of pauses) {
          nowMs += pause;
          // A restart in between keeps what the store keeps.
          if (pause % 7 === 0) bucket = new TokenBucket(policy, bucket.fullAtMs);
          if (bucket.nextMs(nowMs) > nowMs) continue;
          bucket.take(nowMs);
          given.push(nowMs);
        }
        for (const from of given) {
          const within = given.filter((atMs) => atMs >= from && atMs < from + policy.perMs).length;
          expect(within).toBeLessThanOrEqual(policy.limit + policy.burst);
        }
      }),
      { numRuns: 300, seed: 20_260_103 },
    );
  });

  test("is empty at worst after the clock was set back", () => {
    const bucket = new TokenBucket(TEN_A_MINUTE);
    for (let token = 0; token < 10; token += 1) bucket.take(10_000_000);
    expect(bucket.nextMs(6_400_000)).toBe(6_406_000);
  });
});

describe("work under a rate", () => {
  test("waits for its token with one alarm, however much of it waits", () => {
    const yard = new Yard(100);
    yard.addMany(1_000, { rate: { name: "api", policy: TEN_A_MINUTE } });
    expect(yard.go()).toHaveLength(10);
    expect(yard.alarms).toBe(1);
    yard.pass(5_999);
    expect(yard.went).toHaveLength(10);
    yard.pass(1);
    expect(yard.went).toHaveLength(11);
    yard.pass(60_000);
    expect(yard.went).toHaveLength(21);
    expect(yard.alarms).toBe(1);
  });

  test("has no second burst after a restart", () => {
    const first = new Yard(100);
    first.addMany(50, { rate: { name: "api", policy: TEN_A_MINUTE } });
    first.go();
    const second = new Yard(100);
    for (const { name, fullAtMs } of first.admission.spentRates()) second.fullAt.set(name, fullAtMs);
    second.nowMs = first.nowMs + 1_000;
    second.addMany(50, { rate: { name: "api", policy: TEN_A_MINUTE } });
    expect(second.go()).toHaveLength(0);
    second.pass(5_000);
    expect(second.went).toHaveLength(1);
  });

  test("of another name, or of none, does not wait for it", () => {
    const yard = new Yard(100);
    yard.addMany(20, { rate: { name: "api", policy: TEN_A_MINUTE } });
    yard.addMany(20, { flow: "free" });
    yard.addMany(20, { rate: { name: "other", policy: TEN_A_MINUTE } });
    expect(yard.go()).toHaveLength(40);
  });
});
