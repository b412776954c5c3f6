import { queryObjects } from "node:v8";
import type { Changes } from "@millrace/core";
import { expect, test } from "vitest";
import { ActiveRun, ActiveTask } from "../src/active-run.ts";
import { flowOf, type Sketch } from "./stage/sketch.ts";
import { openStage, type Stage } from "./stage/stage.ts";

/** A stage that keeps what it writes. */
async function counting(
  build: (flow: Sketch) => unknown,
  capacity: number,
): Promise<{ stage: Stage; written: Changes[] }> {
  const written: Changes[] = [];
  const stage = await openStage({
    flows: [flowOf("flow", build)],
    capacity,
    commits: {
      commit: async (changes, really) => {
        written.push(changes);
        await really();
      },
    },
  });
  return { stage, written };
}

/** How many rows of each kind, in all. */
function rowsIn(written: readonly Changes[]): Readonly<Record<string, number>> {
  const rows: Record<string, number> = {};
  for (const changes of written) {
    for (const [kind, list] of Object.entries(changes))
      if (list.length > 0) rows[kind] = (rows[kind] ?? 0) + list.length;
  }
  return rows;
}

test("a task costs two rows of its task run, two of its attempt, its output and two events", async () => {
  const rows: Readonly<Record<string, number>>[] = [];
  for (const tasks of [10, 20]) {
    const { stage, written } = await counting((flow) => wide(flow, tasks), tasks);
    await stage.run("flow");
    rows.push(rowsIn(written));
    await stage.close();
  }
  const [ten = {}, twenty = {}] = rows;
  const each = Object.fromEntries(
    Object.entries(twenty).map(([kind, count]) => [kind, (count - (ten[kind] ?? 0)) / 10]),
  );
  expect(each).toEqual({ runs: 0, taskRuns: 2, attempts: 2, outputs: 1, events: 2, answers: 0 });
});

function wide(flow: Sketch, tasks: number): void {
  for (let task = 0; task < tasks; task += 1) flow.task(`task${task}`);
}

test("one commit ends a task and begins the next: a chain costs one commit a task", async () => {
  const { stage, written } = await counting((flow) => {
    let last = flow.task("task0");
    for (let task = 1; task < 40; task += 1) last = flow.task(`task${task}`, { after: [last] });
  }, 4);
  await stage.run("flow");
  // The first begins with the run; then each ends in the commit in which the next begins.
  const beginning = written.filter(({ attempts }) => attempts.some(({ state }) => state === "starting"));
  const ending = written.filter(({ attempts }) => attempts.some(({ state }) => state === "success"));
  expect([beginning.length, ending.length]).toEqual([40, 40]);
  expect(beginning.slice(1)).toEqual(ending.slice(0, -1));
  expect(written.length).toBeLessThanOrEqual(42);
});

test("what ends together is written together: so many tasks at once cost as many commits as one", async () => {
  const commits: number[] = [];
  for (const tasks of [1, 100]) {
    const { stage, written } = await counting((flow) => wide(flow, tasks), 100);
    await stage.run("flow");
    commits.push(written.length);
    await stage.close();
  }
  expect(commits[1]).toBe(commits[0]);
});

test("what has ended is forgotten: no task run and no run of it is left in memory", async () => {
  const stage = await openStage({
    flows: [
      flowOf("flow", (flow) => {
        const list = flow.task("list");
        flow.map("each", { list: list.at("items") }, (item) =>
          flow.task("each[]", { input: { item }, hooks: ["success"] }),
        );
      }),
    ],
    plays: { list: () => ({ items: Array.from({ length: 10 }, (_, index) => index) }) },
  });
  const alive = (): number =>
    queryObjects(ActiveTask, { format: "count" }) + queryObjects(ActiveRun, { format: "count" });
  for (let run = 0; run < 2; run += 1) expect((await stage.run("flow")).state).toBe("success");
  expect(alive()).toBe(0);
  expect(stage.engine.load).toMatchObject({ busy: 0, waiting: 0, runs: 0 });
});
