import { describe, expect, test } from "vitest";
import { Yard } from "./yard.ts";

const FEW = 10;
const MANY = 100_000;

/** How many buckets are looked at for each of the tasks that come and go beside what is blocked. */
function looksBeside(block: (yard: Yard) => void): number {
  const yard = new Yard(8, { closed: 0, db: 1 });
  block(yard);
  yard.go();
  const before = yard.admission.looks;
  const hops = 1_000;
  for (let hop = 0; hop < hops; hop += 1) {
    const item = yard.add({ flow: "beside" });
    expect(yard.go()).toEqual([item]);
    yard.end(item);
  }
  return (yard.admission.looks - before) / hops;
}

describe("what it costs that others go on is the same beside 10 and beside 100,000 that are blocked", () => {
  test("by a pool that is closed", () => {
    const beside = (count: number) =>
      looksBeside((yard) => yard.addMany(count, { flow: "blocked", pools: { closed: 1 } }));
    expect(beside(MANY)).toBe(beside(FEW));
  });

  test("each by a key of its own", () => {
    const beside = (count: number) =>
      looksBeside((yard) => {
        for (let key = 0; key < count; key += 1) {
          yard.add({ flow: "blocked", pools: { closed: 1 }, task: { name: `key ${key}`, limit: 1 } });
        }
      });
    expect(beside(20_000)).toBe(beside(FEW));
  });
});

test("giving a slot back costs the work that it lets go, not the work that waits for it", () => {
  const looks = (count: number): number => {
    const yard = new Yard(8, { db: 1 });
    for (let key = 0; key < count; key += 1) {
      yard.add({ flow: `flow ${key % 100}`, pools: { db: 1 }, task: { name: `key ${key}`, limit: 1 } });
    }
    yard.go();
    const before = yard.admission.looks;
    for (let round = 0; round < 5; round += 1) {
      yard.endFirst();
      expect(yard.go()).toHaveLength(1);
    }
    return yard.admission.looks - before;
  };
  expect(looks(20_000)).toBe(looks(FEW));
});

test("keys that nobody uses any more are forgotten", () => {
  const yard = new Yard(8);
  for (let key = 0; key < 500; key += 1) {
    yard.add({ task: { name: `key ${key}`, limit: 1 } });
    yard.go();
    yard.endFirst();
  }
  expect([...yard.admission.resources()]).toHaveLength(0);
});
