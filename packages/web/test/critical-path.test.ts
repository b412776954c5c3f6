import { expect, test } from "vitest";
import type { TaskRun } from "../src/api/shapes.ts";
import { type CriticalStep, criticalPathOf, longestStep, toldSteps } from "../src/features/run/critical-path.ts";

const node = (id: string, upstream: readonly string[] = [], rest: object = {}) => ({
  id,
  kind: "task" as const,
  upstream: [...upstream],
  map: null,
  arm: null,
  ...rest,
});
const at = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** A task run that was ready, started and over at these instants. */
function row(place: number, item: string, times: readonly [number | null, number | null, number | null]): TaskRun {
  const [readyAt, startedAt, endedAt] = times.map((ms) => at(ms));
  return { task: `${place}${item}`, node: place, item, hook: "", readyAt, startedAt, endedAt } as TaskRun;
}

const chainOf = (...given: Parameters<typeof criticalPathOf>): readonly string[] =>
  criticalPathOf(...given).steps.map(({ row: { task } }) => task);

test("goes back from what ended last to what made each ready, with queues and retries, and sums them", () => {
  const nodes = [node("a"), node("b"), node("c", ["a", "b"]), node("d", ["a"])];
  const rows = [
    row(0, "", [0, 100, 400]),
    row(1, "", [0, 0, 900]),
    row(2, "", [950, 1_500, 3_000]),
    row(3, "", [400, 400, 2_000]),
  ];
  expect(criticalPathOf(nodes, rows, 9_000)).toMatchObject({
    steps: [
      { row: { task: "1" }, fromMs: 0, endMs: 900 },
      { row: { task: "2" }, fromMs: 950, endMs: 3_000 },
    ],
    sumMs: 2_950,
  });
});

test("of a rule that needs one only, what ended after it was ready counts for nothing", () => {
  const nodes = [node("fast"), node("slow"), node("first", ["fast", "slow"])];
  expect(
    chainOf(nodes, [row(0, "", [0, 0, 100]), row(1, "", [0, 0, 1_000]), row(2, "", [100, 100, 2_000])], 0),
  ).toEqual(["0", "2"]);
});

test("goes through maps by the item that ended last, and through branches and what was skipped", () => {
  const nodes = [
    node("list"),
    node("each", ["list"], { kind: "map" }),
    node("each[]", [], { map: "each" }),
    node("big", ["each"], { kind: "branch" }),
    node("split", [], { arm: { branch: "big", name: "then" } }),
    node("other", [], { arm: { branch: "big", name: "otherwise" } }),
    node("end", ["big"]),
  ];
  const rows = [
    row(0, "", [0, 0, 10]),
    row(2, "0", [10, 10, 50]),
    row(2, "1", [10, 60, 200]),
    row(4, "", [200, 210, 300]),
    row(5, "", [null, null, 200]),
    row(6, "", [300, 300, 400]),
  ];
  expect(chainOf(nodes, rows, 0)).toEqual(["0", "21", "4", "6"]);
});

test("of a run that is not over, what runs now is the end of it; of one that has not begun, there is nothing", () => {
  const nodes = [node("a"), node("b", ["a"])];
  const rows = [row(0, "", [0, 0, 100]), row(1, "", [100, 120, null])];
  expect(criticalPathOf(nodes, rows, 1_000)).toMatchObject({ steps: [{ endMs: 100 }, { endMs: 1_000 }], sumMs: 1_000 });
  expect(criticalPathOf(nodes, [], 1_000)).toEqual({ steps: [], sumMs: 0 });
});

test("of a long path the first, the last and the longest are told, and how many are not between which", () => {
  const steps = [10, 5, 900, 7, 8, 2_000, 6, 20].map((tookMs, place): CriticalStep => {
    const fromMs = place * 10_000;
    return { row: row(place, "", [fromMs, fromMs, fromMs + tookMs]), fromMs, endMs: fromMs + tookMs };
  });
  const told = toldSteps(steps, 4).map((step) => ("left" in step ? `${step.left} left` : step.row.task));
  expect(told).toEqual(["0", "1", "2", "2 left", "5", "6", "7"]);
  expect(toldSteps(steps, 8)).toEqual(steps);
  expect(longestStep(steps)?.row.task).toBe("5");
  expect(longestStep([])).toBeUndefined();
});
