import { describe, expect, test } from "vitest";
import { type Item, Yard } from "./yard.ts";

function running(yard: Yard, runClass: "live" | "backfill"): readonly Item[] {
  return [...yard.running].filter(({ bucket }) => bucket.class === runClass);
}

describe("backfill", () => {
  test("uses everything while no live work has come by", () => {
    const yard = new Yard(8);
    yard.addMany(100, { flow: "past", class: "backfill" });
    expect(yard.go()).toHaveLength(8);
  });

  test("leaves a quarter to live work for a minute after that came by, and takes it back then by itself", () => {
    const yard = new Yard(8);
    const live = yard.add({ flow: "now" });
    yard.go();
    yard.end(live);
    yard.addMany(100, { flow: "past", class: "backfill" });
    yard.go();
    expect(running(yard, "backfill")).toHaveLength(6);
    yard.pass(59_999);
    expect(running(yard, "backfill")).toHaveLength(6);
    yard.pass(1);
    expect(running(yard, "backfill")).toHaveLength(8);
  });

  test("never makes live work wait that needs no more than its quarter", () => {
    const yard = new Yard(8);
    yard.end(yard.add({ flow: "now" }));
    yard.addMany(1_000, { flow: "past", class: "backfill" });
    yard.go();
    for (let second = 0; second < 120; second += 1) {
      yard.pass(1_000);
      const live = yard.add({ flow: "now" });
      expect(yard.go()).toContain(live);
      yard.end(live);
      yard.endFirst();
      yard.go();
    }
  });

  test.each([1, 4, 8, 32])("has a tenth of %i workers when live work would take all", (workers) => {
    const yard = new Yard(workers);
    yard.addMany(100_000, { flow: "now" });
    yard.addMany(10_000, { flow: "past", class: "backfill" });
    yard.go();
    let held = 0;
    const rounds = 6_000;
    for (let round = 0; round < rounds; round += 1) {
      yard.pass(10);
      held += running(yard, "backfill").length;
      yard.endFirst();
      yard.go();
    }
    const share = held / rounds / workers;
    expect(share).toBeGreaterThanOrEqual(0.099);
    expect(share).toBeLessThan(0.2);
  });

  test("may always run one that needs more than its part, so that it never waits for ever", () => {
    const yard = new Yard(8, { db: 4 });
    yard.end(yard.add({ flow: "now", pools: { db: 1 } }));
    const all = yard.add({ flow: "past", class: "backfill", pools: { db: 4 } });
    expect(yard.go()).toContain(all);
  });
});
