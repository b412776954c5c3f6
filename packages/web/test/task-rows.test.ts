import { expect, test } from "vitest";
import type { FlowNode, TaskRun, TaskTimes } from "../src/api/shapes.ts";
import { countsText, summariesOf } from "../src/features/graph/node-summary.ts";
import type { Item } from "../src/features/graph/picture.ts";
import { failuresOf } from "../src/features/run/failure-causes.ts";
import { queuedOf, remarkOf, taskRows } from "../src/features/run/task-rows.ts";
import { paramsText } from "../src/features/runs/run-text.ts";
import { usualTime, workedTimes } from "../src/features/task-run/timing-figures.ts";
import { LOOKS } from "../src/ui/states.ts";

const ROW: TaskRun = {
  task: "load",
  node: 0,
  item: "",
  hook: "",
  state: "running",
  tries: 0,
  crashes: 0,
  readyAt: null,
  startedAt: "2026-11-22T06:00:00.000Z",
  endedAt: null,
  resumeAt: null,
  waitsFor: null,
  childRun: null,
  cached: false,
  reusedFrom: null,
  marked: null,
  itemCount: null,
  arm: null,
  error: null,
};
const ENDED = { state: "success", endedAt: "2026-11-22T06:00:09.000Z" } as const;

test("what waits for a slot is in the list, though no row is kept of it yet, and says whose slot", () => {
  const reason =
    "waits for a slot: 1 of 1 of the pool db are taken, by load of flights 01KAP4M5V1XJ8TZQ2W3C4D5E6F; number 2 in line";
  const [first, second, third] = taskRows(
    [ROW],
    [
      { task: "load", state: "running", reason: "runs for 178 ms, attempt 1" },
      { task: "clean", state: "ready", reason },
      { task: "report", state: "pending", reason: "waits for clean (queued)" },
    ],
  );
  expect(first?.reason).toBeUndefined();
  expect([second, third].map((row) => row && [row.task, LOOKS[row.state].text])).toEqual([
    ["clean", "Queued"],
    ["report", "Not begun"],
  ]);
  expect(second && remarkOf(second)).toBe(
    "waits for a slot, held by load of flights 4D5E6F: 1 of 1 of the pool db are taken; number 2 in line",
  );
});

test("an old answer says nothing of what has ended", () => {
  const [row] = taskRows(
    [{ ...ROW, state: "failed", endedAt: ENDED.endedAt }],
    [{ task: "load", state: "retry_wait", reason: "tries again in 165 ms" }],
  );
  expect(row?.reason).toBeUndefined();
});

const node = (id: string, rest: Partial<FlowNode> = {}) =>
  ({ id, kind: "task", upstream: [], map: null, ...rest }) as unknown as FlowNode;
const item = (kind: Item["kind"], members: readonly number[]): Item => ({
  key: "it",
  label: "it",
  kind,
  isOpen: false,
  parent: -1,
  members,
  x: 0,
  y: 0,
  width: 0,
  height: 0,
});

test("a map that runs is counted out of all its items", () => {
  const nodes = [node("card", { kind: "map" }), node("card[]", { map: "card" })];
  const map = { ...ROW, task: "card", itemCount: 7 };
  const card = (at: number): TaskRun => ({ ...ROW, task: `card[${at}]`, node: 1, item: String(at) });
  const taskRuns = [map, { ...card(0), ...ENDED }, card(1)];
  const queued = queuedOf(taskRuns, [
    { task: "card[1]", state: "ready", reason: "it was" },
    { task: "card[2]", state: "ready", reason: "waits for a worker" },
  ]);
  const of = (rows: readonly TaskRun[]) =>
    summariesOf({ items: [item("map", [0, 1])] }, { nodes, taskRuns: rows, queued }).map(({ counts }) =>
      countsText(counts),
    );
  expect(of(taskRuns)).toEqual(["1 running, 1 queued, 1 succeeded, 4 not begun"]);
  // Of one that was left out, or that has ended, nothing is still to come.
  expect(
    of([
      { ...map, ...ENDED },
      { ...card(0), ...ENDED },
      { ...card(1), ...ENDED },
      { ...card(2), ...ENDED },
    ]),
  ).toEqual(["1 queued, 3 succeeded"]);
});

test("what is kept from another run is told apart from what this one did", () => {
  const nodes = [node("load"), node("clean")];
  const rows = [
    { ...ROW, ...ENDED, reusedFrom: "01KAP4M5V1XJ8TZQ2W3C4D5E6F" },
    { ...ROW, ...ENDED, node: 1, task: "clean" },
  ];
  const items = [item("task", [0]), item("task", [1]), item("group", [0, 1])];
  expect(summariesOf({ items }, { nodes, taskRuns: rows }).map(({ isKept }) => isKept)).toEqual([true, false, false]);
});

test("a failure names its cause first, and what failed with it after", () => {
  const failed = { ...ROW, ...ENDED, state: "failed" } as const;
  const when = { ...failed, task: "when", arm: "then" };
  const map = { ...failed, task: "card", itemCount: 4 };
  const { causes, effects } = failuresOf([when, { ...failed, task: "busiest" }, map, { ...ROW, task: "load" }]);
  expect(causes.map(({ task }) => task)).toEqual(["busiest"]);
  expect(effects).toEqual(["the branch when (its arm then)", "the map card"]);
  // A list that could not be used has no items that failed.
  expect(failuresOf([map])).toEqual({ causes: [map], effects: [] });
});

test("what is usual is told from work that was done, and went well", () => {
  const time = (run: string, tookMs: number, rest: Partial<TaskTimes[number]> = {}): TaskTimes[number] => ({
    run,
    createdAt: ENDED.endedAt,
    state: "success",
    tries: 1,
    waitedMs: 0,
    tookMs,
    isReused: false,
    ...rest,
  });
  const times = [
    time("own", 50),
    time("kept", 9_700, { isReused: true }),
    time("failed", 70_000, { state: "failed" }),
    ...[30, 10, 20].map((ms) => time(String(ms), ms)),
  ];
  expect(workedTimes(times).map(({ run }) => run)).toEqual(["own", "failed", "30", "10", "20"]);
  expect(usualTime(times, "own")).toEqual({ medianMs: 20, p95Ms: 30, runs: 3 });
});

test("parameters are told in a line", () => {
  expect(paramsText({ airports: 5, region: "eu", deep: { a: [1] }, note: "" })).toBe(
    'airports 5, region eu, deep {"a":[1]}, note ""',
  );
  expect([paramsText({}), paramsText(null)]).toEqual(["", ""]);
});
