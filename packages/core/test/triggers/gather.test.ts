import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  encode,
  type GatheredEvent,
  type GatherPolicy,
  gather,
  gatheredDueAtMs,
  takeGathered,
  throttled,
  waitsForMore,
} from "../../src/index.ts";

function event(atMs: number, key = `e${atMs}`): GatheredEvent {
  return { key, atMs, payload: encode(atMs) };
}

function gatherAll(policy: GatherPolicy | null, events: readonly GatheredEvent[]): readonly GatheredEvent[] {
  return events.reduce<readonly GatheredEvent[]>((gathered, each) => gather(policy, gathered, each), []);
}

const DEBOUNCE = { kind: "debounce", quietMs: 10, maxMs: null } as const;
const BATCH = { kind: "batch", max: 3, withinMs: 100 } as const;
const THROTTLE = { kind: "throttle", limit: 2, perMs: 100 } as const;

describe("without a policy, and with a throttle", () => {
  test.each([null, THROTTLE])("events do not wait: each is due as it comes, the first first", (policy) => {
    expect(waitsForMore(policy)).toBe(false);
    const gathered = gatherAll(policy, [event(1), event(2)]);
    expect(gatheredDueAtMs(policy, gathered)).toBe(1);
    expect(takeGathered(policy, gathered, 1)).toEqual({ events: [event(1)], rest: [event(2)] });
    expect(gatheredDueAtMs(policy, [])).toBeUndefined();
    expect(takeGathered(policy, [], 1)).toBeUndefined();
  });
});

describe("a debounce", () => {
  test("takes the last, once no other came for so long", () => {
    expect(waitsForMore(DEBOUNCE)).toBe(true);
    const gathered = gatherAll(DEBOUNCE, [event(0), event(5), event(9)]);
    expect(gathered).toEqual([event(0), event(9)]);
    expect(gatheredDueAtMs(DEBOUNCE, gathered)).toBe(19);
    expect(takeGathered(DEBOUNCE, gathered, 18)).toBeUndefined();
    expect(takeGathered(DEBOUNCE, gathered, 19)).toEqual({ events: [event(9)], rest: [] });
  });

  test("of a burst that does not end is due after its longest time", () => {
    const gathered = gatherAll({ ...DEBOUNCE, maxMs: 12 }, [event(0), event(5), event(9)]);
    expect(gatheredDueAtMs({ ...DEBOUNCE, maxMs: 12 }, gathered)).toBe(12);
  });
});

describe("a batch", () => {
  test("is due when it is full, and leaves the rest for the next", () => {
    const gathered = gatherAll(BATCH, [event(0), event(1), event(2), event(3)]);
    expect(gatheredDueAtMs(BATCH, gathered)).toBe(0);
    expect(takeGathered(BATCH, gathered, 3)).toEqual({ events: [event(0), event(1), event(2)], rest: [event(3)] });
  });

  test("that does not fill is due some time after its first", () => {
    const gathered = gatherAll(BATCH, [event(0), event(50)]);
    expect(gatheredDueAtMs(BATCH, gathered)).toBe(100);
    expect(takeGathered(BATCH, gathered, 99)).toBeUndefined();
    expect(takeGathered(BATCH, gathered, 100)).toEqual({ events: gathered, rest: [] });
  });

  test("that grows too large does not wait for more", () => {
    const large = { ...event(0), payload: encode("x".repeat(1024 * 1024)) };
    const gathered = gatherAll(BATCH, [large, event(1)]);
    expect(takeGathered(BATCH, gathered, 1)).toEqual({ events: [large], rest: [event(1)] });
  });

  test("loses no event and takes none twice, however they come", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (gaps, max) => {
        const policy = { kind: "batch", max, withinMs: 60 } as const;
        let nowMs = 0;
        let gathered: readonly GatheredEvent[] = [];
        const taken: GatheredEvent[] = [];
        const came: GatheredEvent[] = [];
        const takeAll = (): void => {
          for (let next = takeGathered(policy, gathered, nowMs); next; next = takeGathered(policy, gathered, nowMs)) {
            expect(next.events.length).toBeLessThanOrEqual(max);
            taken.push(...next.events);
            gathered = next.rest;
          }
        };
        for (const [index, gap] of gaps.entries()) {
          nowMs += gap;
          came.push(event(nowMs, `${index}`));
          gathered = gather(policy, gathered, came.at(-1) as GatheredEvent);
          takeAll();
        }
        nowMs += 60;
        takeAll();
        expect(taken).toEqual(came);
      }),
    );
    expect.hasAssertions();
  });
});

describe("a throttle", () => {
  test("lets so many through in any stretch of its length", () => {
    const first = throttled(THROTTLE, [], 0);
    const second = throttled(THROTTLE, first ?? [], 50);
    expect(second).toEqual([0, 50]);
    expect(throttled(THROTTLE, second ?? [], 99)).toBeUndefined();
    expect(throttled(THROTTLE, second ?? [], 100)).toEqual([50, 100]);
  });

  test("forgets what a clock that was set back says is yet to come", () => {
    expect(throttled(THROTTLE, [1_000, 1_001], 10)).toEqual([10]);
  });
});
