import fc from "fast-check";
import { expect, test } from "vitest";
import type { Work } from "./yard.ts";
import { type Item, Yard } from "./yard.ts";

const POOLS = { a: 1, b: 3, c: 6 } as const;
const RATE = { limit: 3, perMs: 10_000, burst: 2 };

const anyWork: fc.Arbitrary<Work> = fc.record({
  flow: fc.constantFrom("one", "two", "three"),
  class: fc.constantFrom("live", "live", "backfill"),
  priority: fc.constantFrom(0, 0, 1, 5),
  pools: fc.oneof(
    fc.constant({}),
    fc.constant({ a: 1 }),
    fc.constant({ b: 1 }),
    fc.constant({ b: 2 }),
    fc.constant({ c: 1 }),
    fc.constant({ c: 5 }),
    fc.constant({ c: 9 }),
    fc.constant({ b: 2, c: 4 }),
    fc.constant({ a: 1, b: 3, c: 6 }),
  ),
});

const anyLimits: fc.Arbitrary<Pick<Work, "task" | "rate">> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.nat(3).map((key) => ({ task: { name: `keyed ${key}`, limit: 1 + (key % 2) } })) },
  { weight: 1, arbitrary: fc.constant({ rate: { name: "rate", policy: RATE } }) },
);

type Step =
  | { readonly kind: "add"; readonly work: Work; readonly count: number }
  | { readonly kind: "end" | "cancel"; readonly at: number }
  | { readonly kind: "resize"; readonly pool: keyof typeof POOLS; readonly slots: number }
  | { readonly kind: "pass"; readonly ms: number };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("add" as const),
      work: fc.tuple(anyWork, anyLimits).map(([work, limits]) => ({ ...work, ...limits })),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("end" as const), at: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), at: fc.nat(100) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("resize" as const),
      pool: fc.constantFrom("a" as const, "b" as const, "c" as const),
      slots: fc.integer({ min: 0, max: 7 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.constantFrom(1, 900, 20_000, 70_000) }),
  },
);

function take(yard: Yard, step: Step): void {
  switch (step.kind) {
    case "add":
      yard.addMany(step.count, step.work);
      return;
    case "end": {
      const running = [...yard.running];
      if (running.length > 0) yard.end(running[step.at % running.length] as Item);
      return;
    }
    case "cancel": {
      const waiting = [...yard.waiting];
      if (waiting.length > 0) yard.cancel(waiting[step.at % waiting.length] as Item);
      return;
    }
    case "resize":
      yard.resize(step.pool, step.slots);
      return;
    case "pass":
      yard.pass(step.ms);
      return;
  }
}

/** What those who run hold of each pool, counted from what they asked for. */
function heldOf(yard: Yard): Record<string, { used: number; holders: number }> {
  const held: Record<string, { used: number; holders: number }> = {};
  for (const { work } of yard.running) {
    const limits = { ...work.pools, ...(work.task === undefined ? {} : { [work.task.name]: 1 }) };
    for (const [name, units] of Object.entries(limits)) {
      held[name] ??= { used: 0, holders: 0 };
      held[name].used += units;
      held[name].holders += 1;
    }
  }
  return held;
}

/** Lets go one by one, and looks before each whether there was room for what went. */
function goWatched(yard: Yard): void {
  for (;;) {
    const before = heldOf(yard);
    const item = yard.admission.next(yard.nowMs) as Item | undefined;
    if (item === undefined) return;
    yard.waiting.delete(item);
    for (const [pool, units] of Object.entries(item.work.pools ?? {})) {
      const slots = yard.pools[pool] ?? 1;
      const used = before[pool]?.used ?? 0;
      expect(slots, `${pool} is closed`).toBeGreaterThan(0);
      if (units > slots) expect(used, `${units} of ${pool} go alone`).toBe(0);
      else expect(used + units, `${pool} is overdrawn`).toBeLessThanOrEqual(slots);
    }
    const { task } = item.work;
    if (task !== undefined) expect(before[task.name]?.used ?? 0).toBeLessThan(task.limit);
    yard.running.add(item);
    yard.went.push(item);
    expect(yard.running.size).toBeLessThanOrEqual(yard.admission.workers.limit);
  }
}

/** Whoever waits while a worker is free has a limit that keeps it, and it is the one that admission names. */
function expectNoIdleness(yard: Yard): void {
  const { admission, nowMs } = yard;
  if (yard.running.size >= admission.workers.limit) return;
  for (const item of yard.waiting) {
    const blocker = admission.blockerOf(item, nowMs);
    if (blocker === undefined) {
      // Only what is kept for live work may stand idle before backfill.
      expect(item.bucket.class).toBe("backfill");
      expect(admission.workers.classes.mayBackfill(1, admission.workers.limit, nowMs)).toBe(false);
      continue;
    }
    if (blocker.tokens !== null) continue;
    const { units } = item.bucket.needs?.find((need) => need.resource === blocker) ?? { units: 1 };
    if (!blocker.hasFree(units) || !blocker.hasRoomFor(item.bucket, units, nowMs)) continue;
    // It has room, and still waits: then a better one of the same line has been let through and met another limit.
    expect(blocker.line.isEmpty).toBe(false);
    expect(blocker.scout ?? blocker.reservedBy, `${blocker.name} has room and sends nobody`).not.toBeNull();
  }
}

test("whatever comes, goes and changes, no limit is overdrawn and no room is left that somebody could use", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.array(anyStep, { maxLength: 120, size: "max" }),
      (workers, steps) => {
        const yard = new Yard(workers, POOLS);
        for (const step of steps) {
          take(yard, step);
          goWatched(yard);
          expectNoIdleness(yard);
          expect(yard.admission.waiting).toBe(yard.waiting.size);
          expect(yard.admission.workers.used).toBe(yard.running.size);
        }
        for (const [pool, slots] of Object.entries(POOLS)) yard.resize(pool, slots);
        // When nothing more comes, everything has its turn.
        for (let round = 0; yard.waiting.size + yard.running.size > 0; round += 1) {
          expect(round, `${yard.waiting.size} never go`).toBeLessThan(5_000);
          goWatched(yard);
          if (yard.running.size > 0) yard.endFirst();
          else yard.pass(1_000);
        }
        for (const resource of yard.admission.resources()) {
          expect(resource.used, resource.name).toBe(0);
          expect(resource.line.isEmpty).toBe(true);
          expect(resource.buckets.size).toBe(0);
          expect(resource.scout).toBeNull();
          expect(resource.reservedBy).toBeNull();
        }
      },
    ),
    { numRuns: 120, seed: 20_260_102 },
  );
});
