import { expect, test } from "vitest";
import type { FlowNode, RepeatPlan, TaskRun } from "../src/api/shapes.ts";
import { type Grid, rowsOf, writtenRows } from "../src/features/grid/grid-scene.ts";
import { plannedCounts, writtenCounts } from "../src/features/run/written-tasks.ts";

const node = (id: string, kind: FlowNode["kind"], rest: Partial<FlowNode> = {}) =>
  ({ id, kind, map: null, arm: null, ...rest }) as FlowNode;

/** Four tasks as they are written: a map of one, a branch with one arm, and two beside them. */
const NODES = [
  node("list", "task"),
  node("card", "map"),
  node("card[]", "task", { map: "card" }),
  node("when", "branch"),
  node("busiest", "task", { arm: { branch: "when", name: "then" } }),
  node("report", "task"),
];

test("a plan counts tasks as they are written", () => {
  const does = { list: "reuse", card: "run", when: "run", busiest: "run", report: "leave_out" } as const;
  const tasks = Object.entries(does).map(([task, what]) => ({ task, does: what })) as unknown as RepeatPlan["tasks"];
  const counts = { run: 3, reuse: 1, mark: 0, leave_out: 1 };
  expect(plannedCounts({ counts, tasks }, NODES)).toEqual({ run: 2, reuse: 1, mark: 0, leave_out: 1 });
  expect(plannedCounts({ counts, tasks: tasks.slice(1) }, NODES)).toBe(counts);
});

test("a run counts its tasks as they are written, and the items of its maps apart", () => {
  const row = (at: number, rest: Partial<TaskRun> = {}) =>
    ({ node: at, item: "", hook: "", itemCount: null, arm: null, ...rest }) as TaskRun;
  const rows = [
    row(0),
    row(1, { itemCount: 2 }),
    row(2, { item: "0" }),
    row(2, { item: "1" }),
    row(3, { arm: "then" }),
  ];
  expect(writtenCounts([...rows, row(4), row(4, { hook: "failure" })])).toEqual({ tasks: 3, items: 2 });
});

test("a grid has a row for each task as it is written, and for what failed by itself", () => {
  const grid = (...cells: readonly string[]) =>
    ({ tasks: NODES.map(({ id }) => id), runs: cells.map((each) => ({ cells: each })) }) as unknown as Grid;
  const rowsIn = (of: Grid) =>
    rowsOf(of, { find: "", states: [], written: writtenRows(of, NODES) }).map((at) => of.tasks[at]);
  expect(rowsIn(grid("ssssss", "sffffu"))).toEqual(["list", "card[]", "busiest", "report"]);
  // The list of the map could not be read.
  expect(rowsIn(grid("sf.ss."))).toEqual(["list", "card", "card[]", "busiest", "report"]);
});
