import { describe, expect, test } from "vitest";
import { type Item, Yard } from "./yard.ts";

function flowsOf(items: readonly Item[]): string {
  return items.map(({ work }) => work.name ?? work.flow ?? "").join(" ");
}

/** Ends the one that runs and lets the next go, so many times; who went, in order. */
function oneByOne(yard: Yard, times: number, everyMs = 0): readonly Item[] {
  const from = yard.went.length;
  yard.go();
  while (yard.went.length < from + times) {
    yard.endFirst();
    yard.pass(everyMs);
    if (yard.go().length === 0 && yard.running.size === 0) break;
  }
  return yard.went.slice(from, from + times);
}

describe("who goes first", () => {
  test("is whoever has the higher priority, then whoever came first", () => {
    const yard = new Yard(1);
    yard.add({ name: "low" });
    yard.add({ name: "high", priority: 10 });
    yard.add({ name: "also-low" });
    expect(flowsOf(oneByOne(yard, 3))).toBe("high low also-low");
  });

  test("is, a point of priority for each minute, also work that nobody would come to", () => {
    const yard = new Yard(1);
    yard.addMany(100, { name: "urgent", flow: "urgent", priority: 3 });
    yard.add({ name: "patient", flow: "patient" });
    const went = oneByOne(yard, 30, 20_000);
    // Three points, and up to a minute for each flow to be in another minute than the other.
    const at = went.findIndex(({ work }) => work.name === "patient");
    expect(at).toBeGreaterThanOrEqual(9);
    expect(at).toBeLessThanOrEqual(15);
  });

  test("changes between flows, so that one with many tasks does not starve one with few", () => {
    const yard = new Yard(1);
    yard.addMany(1_000, { flow: "many" });
    oneByOne(yard, 5);
    yard.addMany(3, { flow: "few" });
    yard.endFirst();
    expect(flowsOf(oneByOne(yard, 6))).toBe("many few many few many few");
  });

  test("is the flow that holds less, so that long tasks do not take everything", () => {
    const yard = new Yard(4);
    const long = yard.addMany(100, { flow: "long" });
    yard.go();
    yard.addMany(100, { flow: "short" });
    yard.end(long[0] as Item);
    yard.go();
    yard.end(long[1] as Item);
    yard.go();
    // Two and two: whoever ends one now goes on with one.
    for (let round = 0; round < 5; round += 1) {
      const [short] = [...yard.running].filter(({ work }) => work.flow === "short");
      yard.end(short as Item);
      expect(flowsOf(yard.go())).toBe("short");
    }
  });

  test("of a pool is decided among those who want it, whatever their flows do elsewhere", () => {
    const yard = new Yard(50, { db: 1 });
    yard.addMany(500, { flow: "busy" });
    yard.addMany(20, { flow: "other", pools: { db: 1 } });
    yard.go();
    yard.add({ name: "wants", flow: "busy", pools: { db: 1 } });
    const ends = (): void => {
      const holder = [...yard.running].find(({ work }) => work.pools !== undefined);
      yard.end(holder as Item);
      const busy = [...yard.running].find(({ work }) => work.pools === undefined);
      yard.end(busy as Item);
      yard.go();
    };
    for (let round = 0; round < 3; round += 1) ends();
    expect(yard.went.some(({ work }) => work.name === "wants")).toBe(true);
  });
});

describe("a claim on many slots", () => {
  test("lets small ones pass for half a minute, and then has what is freed kept for it", () => {
    const yard = new Yard(50, { db: 4 });
    yard.addMany(200, { flow: "small", pools: { db: 1 } });
    yard.go();
    yard.add({ name: "large", flow: "large", pools: { db: 4 } });
    const after = (ms: number): string => {
      yard.pass(ms);
      yard.endFirst();
      return flowsOf(yard.go());
    };
    expect(after(10_000)).toBe("small");
    expect(after(10_000)).toBe("small");
    expect(after(10_000)).toBe("");
    expect([after(1), after(1), after(1)]).toEqual(["", "", "large"]);
    yard.endFirst();
    expect(yard.go()).toHaveLength(4);
  });

  test("does not close what it needs while another of its limits is closed", () => {
    const yard = new Yard(50, { db: 4, gate: 0 });
    yard.addMany(50, { flow: "small", pools: { db: 1 } });
    yard.add({ name: "large", flow: "large", pools: { db: 4, gate: 1 } });
    yard.go();
    for (let round = 0; round < 10; round += 1) {
      yard.pass(20_000);
      yard.endFirst();
      expect(flowsOf(yard.go())).toBe("small");
    }
  });

  test("that is larger than all there is takes all there is", () => {
    const yard = new Yard(9, { db: 3 });
    yard.add({ name: "huge", flow: "huge", pools: { db: 100 } });
    yard.add({ name: "small", flow: "small", pools: { db: 1 } });
    expect(flowsOf(yard.go())).toBe("huge");
    yard.endFirst();
    expect(flowsOf(yard.go())).toBe("small");
  });
});

describe("pools that change", () => {
  test("let more go at once when they grow, nobody when they have shrunk, and nobody when they are closed", () => {
    const yard = new Yard(50, { db: 3 });
    yard.addMany(30, { pools: { db: 1 } });
    expect(yard.go()).toHaveLength(3);
    yard.resize("db", 6);
    expect(yard.go()).toHaveLength(3);
    yard.resize("db", 2);
    for (let round = 0; round < 4; round += 1) {
      yard.endFirst();
      expect(yard.go()).toHaveLength(0);
    }
    yard.endFirst();
    expect(yard.go()).toHaveLength(1);
    yard.resize("db", 0);
    yard.endFirst();
    yard.endFirst();
    expect(yard.go()).toHaveLength(0);
    yard.resize("db", 4);
    expect(yard.go()).toHaveLength(4);
  });
});
