import type { RouteOutput } from "@millrace/contract";
import { expect, test } from "vitest";
import type { RunEvent } from "../../src/api/shapes.ts";
import { patchGrid } from "../../src/live/patch-grid.ts";
import { at, eventOf, madeOf, runOf } from "./told.ts";

type Grid = RouteOutput<"getFlowGrid">;

const SEQ = 10;
const TASKS = ["extract", "airport", "airport/load", "ask"];

/** A grid of the runs R2 and R1, of which R1 has these cells. */
function gridOf(cells = "....", more: Partial<Grid["runs"][number]> = {}): Grid {
  const run = { slice: null, createdAt: at(1), startedAt: null, endedAt: null, state: "queued" as const };
  const runs = [
    { ...run, id: "R2", cells: "...." },
    { ...run, id: "R1", cells, ...more },
  ];
  return { tasks: TASKS, runs, seq: SEQ };
}

const ASKED = { params: { flow: "orders" }, query: { limit: 3 } };
const patched = (grid: Grid, ...events: readonly RunEvent[]): Grid =>
  patchGrid(
    grid,
    ASKED,
    Map.groupBy(events, ({ run }) => run),
  );
const cellsOf = (grid: Grid): string | undefined => grid.runs[1]?.cells;

interface TaskData {
  readonly task: string;
  readonly [told: string]: string | number;
}

/** An event of a task of R1; of an item where the label has one. */
function taskEvent(seq: number, type: RunEvent["type"], { task, ...data }: TaskData): RunEvent {
  return eventOf(seq, type, { task, node: 0, item: /\[(\d+)\]/.exec(task)?.[1] ?? "", data });
}

const finished = (seq: number, task: string, state = "success"): RunEvent =>
  taskEvent(seq, "task.finished", { task, state });

test("a cell becomes what is told of its task, and other runs stay the objects that they were", () => {
  const grid = gridOf();
  const next = patched(grid, eventOf(11, "run.started"), taskEvent(12, "task.started", { task: "extract" }));
  expect(next.runs[1]).toMatchObject({ state: "running", startedAt: at(11), cells: "r..." });
  expect(next.runs[0]).toBe(grid.runs[0]);
  expect(next.tasks).toBe(grid.tasks);
  const waits = [
    taskEvent(13, "task.retrying", { task: "extract", try: 1 }),
    taskEvent(14, "task.deferred", { task: "airport", resumeAtMs: 1 }),
    taskEvent(15, "task.deferred", { task: "ask", approval: "Ship it?" }),
  ];
  expect(cellsOf(patched(next, ...waits))).toBe("wd.a");
  const over = patched(next, finished(13, "extract", "failed"), finished(14, "airport", "upstream_failed"));
  expect(cellsOf(over)).toBe("fu..");
});

test("what the answer knows already is not told again", () => {
  // It was tried again since: by events of before it would fail, and then run.
  const grid = gridOf("s...", { state: "success", startedAt: at(2), endedAt: at(9) });
  const old = [
    taskEvent(8, "task.started", { task: "extract" }),
    eventOf(9, "run.started"),
    finished(10, "extract", "failed"),
  ];
  expect(patched(grid, ...old)).toBe(grid);
  expect(patched(grid, eventOf(20, "run.started", { run: "R3" }))).toBe(grid);
});

test("events that come for a second time change nothing, from wherever they are told again", () => {
  const events = [
    eventOf(11, "run.started"),
    taskEvent(12, "task.started", { task: "airport/load" }),
    taskEvent(13, "task.started", { task: "airport[0]/load" }),
    finished(14, "airport[0]/load"),
    finished(15, "airport/load"),
    eventOf(16, "run.finished", { data: { state: "success" } }),
  ];
  const once = patched(gridOf(), ...events);
  expect(once.runs[1]).toMatchObject({ state: "success", endedAt: at(16), cells: "..s." });
  for (let from = 0; from < events.length; from += 1) expect(patched(once, ...events.slice(from))).toBe(once);
  // Also those that another page had been told of alone, while this one has the newest.
  for (const event of events) expect(patched(once, event)).toBe(once);
});

test("a run that is over stays so, where the answer was made while its events were on their way", () => {
  const over = gridOf("s...", { state: "success", startedAt: at(12), endedAt: at(14) });
  const next = patched(over, eventOf(12, "run.started"), eventOf(14, "run.finished", { data: { state: "success" } }));
  expect(next.runs[1]).toEqual(over.runs[1]);
  expect(patched(over, eventOf(12, "run.started")).runs[1]?.state).toBe("success");
});

test("a map is as its item that needs somebody most, until it is over itself", () => {
  const begun = patched(gridOf(), taskEvent(11, "task.started", { task: "airport[0]/load" }));
  expect(cellsOf(begun)).toBe("..r.");
  // Others may run still: one that is done says nothing of them.
  const done = patched(begun, finished(12, "airport[0]/load"));
  expect(cellsOf(done)).toBe("..r.");
  const failed = patched(
    done,
    finished(13, "airport[1]/load", "failed"),
    taskEvent(14, "task.started", { task: "airport[2]/load" }),
  );
  expect(cellsOf(failed)).toBe("..f.");
  expect(cellsOf(patched(failed, finished(15, "airport[2]/load")))).toBe("..f.");
  expect(cellsOf(patched(done, finished(16, "airport/load")))).toBe("..s.");
  // An item inside of another is one of the same task.
  const inner = taskEvent(11, "task.retrying", { task: "airport[3][1]/load", try: 1 });
  expect(cellsOf(patched(gridOf(), { ...inner, item: "3.1" }))).toBe("..w.");
});

test("hooks, tasks that the active version has not, and the flow itself have no cell", () => {
  const grid = gridOf("s...");
  const hook = taskEvent(11, "task.started", { task: "extract", hook: "success" });
  const ended = taskEvent(12, "hook.finished", { task: "extract", hook: "success", state: "failed" });
  const gone = finished(13, "removed", "failed");
  const ofFlow = eventOf(14, "task.started", { data: { hook: "failure" } });
  expect(cellsOf(patched(grid, hook, ended, gone, ofFlow))).toBe("s...");
});

test("a run that is made is the newest, with what is told of it already, and the oldest makes room for it", () => {
  const begun = [
    madeOf(11, runOf(11)),
    eventOf(12, "run.started", { run: "R11" }),
    { ...taskEvent(13, "task.started", { task: "extract" }), run: "R11" },
  ];
  const next = patched(gridOf("s..."), ...begun);
  expect(next.runs.map(({ id, state, cells }) => [id, state, cells])).toEqual([
    ["R11", "running", "r..."],
    ["R2", "queued", "...."],
    ["R1", "queued", "s..."],
  ]);
  expect(patched(next, ...begun)).toBe(next);
  const more = patched(next, madeOf(14, runOf(14)));
  expect(more.runs.map(({ id }) => id)).toEqual(["R14", "R11", "R2"]);
  // One of another flow, and one that newer ones have pushed out before this answer was made.
  expect(patched(next, madeOf(14, runOf(14, { flow: "stock" })))).toBe(next);
  expect(patched(more, madeOf(15, runOf(0))).runs).toEqual(more.runs);
});
