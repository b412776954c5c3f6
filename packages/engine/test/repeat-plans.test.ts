import type { FlowSpec, RerunSelection } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { failure } from "./stage/calls.ts";
import { flowOf } from "./stage/sketch.ts";
import { openStage, type Stage } from "./stage/stage.ts";

function diamond(): FlowSpec {
  return flowOf("flow", (flow) => {
    const top = flow.task("top");
    const left = flow.task("left", { input: { top } });
    const right = flow.task("right", { input: { top } });
    return flow.task("end", { input: { left, right } });
  });
}

function mapped(): FlowSpec {
  return flowOf("flow", (flow) => {
    const map = flow.map("map", { list: flow.task("list") }, (item) =>
      flow.task("map[]/b", { input: { a: flow.task("map[]/a", { input: { item } }) } }),
    );
    return flow.task("end", { input: { map } });
  });
}

function startedSince(stage: Stage): string[] {
  return stage.started.splice(0).sort();
}

describe("the plan of a rerun", () => {
  test.each<[string, RerunSelection]>([
    ["what failed", { kind: "failed" }],
    ["everything", { kind: "all" }],
    ["one task", { kind: "tasks", nodes: ["left"], downstream: false }],
    ["a task and all after it", { kind: "tasks", nodes: ["left"], downstream: true }],
  ])("is what the rerun does: %s", async (_, selection) => {
    const stage = await openStage({ flows: [diamond()], plays: { right: () => failure("broken") } });
    const first = await stage.run("flow");
    startedSince(stage);
    const plan = await stage.engine.planRepeat({ kind: "rerun", run: first.id, selection, version: "same" }, "test");
    expect(await stage.place.store.history.listRuns({ limit: 5 })).toHaveLength(1);
    const second = await stage.settled(await stage.rerun(first.id, selection));
    const of = (does: string): string[] => plan.tasks.filter((task) => task.does === does).map(({ task }) => task);
    // What fails again holds back what follows, which was to be decided anew.
    expect(of("run")).toEqual(expect.arrayContaining(startedSince(stage)));
    expect(second.row.selection ?? ["top", "left", "right", "end"]).toEqual(of("run"));
    for (const { task, does, reusedFrom, before } of plan.tasks) {
      expect(before).toBe(first.states[task] ?? null);
      if (does === "reuse") expect(second.task(task).reusedFrom).toBe(reusedFrom);
      else expect(reusedFrom).toBeNull();
    }
    expect(Object.keys(second.states).sort()).toEqual([...of("run"), ...of("reuse")].sort());
    expect(plan.counts).toEqual({
      run: of("run").length,
      reuse: of("reuse").length,
      mark: 0,
      leave_out: of("leave_out").length,
    });
    expect(plan.version).toMatchObject({ isSame: true, codeChanged: false, added: [], removed: [], changed: [] });
  });

  test("says what another version would run, and how it differs", async () => {
    const stage = await openStage({ flows: [diamond()], plays: { right: () => failure("broken") } });
    const first = await stage.run("flow");
    await stage.activate(2, [
      flowOf("flow", (flow) => {
        const better = flow.task("better");
        const left = flow.task("left", { input: { top: flow.task("top") } });
        return flow.task("end", { input: { left, better } });
      }),
    ]);
    const command = { kind: "rerun", run: first.id, selection: { kind: "failed" }, version: null } as const;
    const plan = await stage.engine.planRepeat(command, "test");
    expect(plan.version).toMatchObject({
      isSame: false,
      codeChanged: true,
      added: ["better"],
      removed: ["right"],
      changed: ["end"],
    });
    expect(await stage.plan(command)).toBe("run better end; reuse top left");
  });

  test("refuses what the rerun would refuse", async () => {
    const stage = await openStage({ flows: [diamond()], plays: { top: ({ hang }) => hang() } });
    const run = await stage.request("flow");
    await stage.quiet();
    const of = (nodes: readonly string[]) =>
      stage.plan({ kind: "rerun", run, selection: { kind: "tasks", nodes, downstream: true }, version: "same" });
    await expect(of(["top"])).rejects.toMatchObject({ code: "RUN_ACTIVE" });
    await stage.cancel(run);
    await stage.settled(run);
    await expect(of(["lift"])).rejects.toMatchObject({ code: "UNKNOWN_TASK" });
  });

  test("of a mark says what it lacks then", async () => {
    const stage = await openStage({ flows: [diamond()], plays: { left: () => failure("broken") } });
    const run = (await stage.run("flow")).id;
    const command = { kind: "mark", run, tasks: ["left"], as: "success", reason: null } as const;
    expect(await stage.plan(command)).toBe("reuse top right; mark left; run end");
    const { tasks } = await stage.engine.planRepeat(command, "test");
    expect(tasks.find(({ task }) => task === "end")).toMatchObject({ does: "run", lacks: ["left"] });
    const failed = await stage.engine.planRepeat({ ...command, tasks: ["right"], as: "failed" }, "test");
    expect(failed.tasks.flatMap(({ lacks }) => lacks)).toEqual([]);
  });
});

describe("a rerun of items", () => {
  const plays = {
    list: () => [0, 1, 2],
    "map[]/a": ({ input }: { input: unknown }) => (input as { item: number }).item * 10,
    "map[]/b": ({ input }: { input: unknown }) => ((input as { a: number }).a === 20 ? failure("no") : "good"),
  };

  test.each<[readonly string[], boolean, readonly string[], { run: number; keep: number }]>([
    [["map[1]"], true, ["map[1]/a", "map[1]/b"], { run: 1, keep: 2 }],
    [["map[1]/b"], true, ["map[1]/b"], { run: 1, keep: 2 }],
    [["map[0]/a"], false, ["map[0]/a"], { run: 1, keep: 2 }],
    [["map[0]/a"], true, ["map[0]/a", "map[0]/b"], { run: 1, keep: 2 }],
    [["map[0]", "map[2]/b"], true, ["map[0]/a", "map[0]/b", "map[2]/b"], { run: 2, keep: 1 }],
  ])("repeats just these: %j, and what follows: %s", async (nodes, downstream, started, items) => {
    const stage = await openStage({ flows: [mapped()], plays });
    const first = await stage.run("flow");
    startedSince(stage);
    const selection = { kind: "tasks", nodes, downstream } as const;
    const plan = await stage.engine.planRepeat({ kind: "rerun", run: first.id, selection, version: "same" }, "test");
    expect(plan.tasks.find(({ task }) => task === "map")?.items).toEqual({ ...items, mark: 0 });
    const second = await stage.settled(await stage.rerun(first.id, selection));
    expect(startedSince(stage)).toEqual(started);
    expect(second.states).toMatchObject({ "map[1]/b": "success", "map[2]/b": "failed", map: "failed" });
  });

  test("finds the items of a map that was taken over from a run before", async () => {
    let isBroken = true;
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          flow.map("map", { list: flow.task("list") }, (item) => flow.task("map[]", { input: { item } }));
          flow.task("apart");
        }),
      ],
      plays: { list: () => ["x", "y"], apart: () => (isBroken ? failure("no") : "apart") },
    });
    const first = await stage.run("flow");
    isBroken = false;
    const second = await stage.settled(await stage.rerun(first.id, { kind: "failed" }));
    startedSince(stage);
    const third = await stage.settled(
      await stage.rerun(second.id, { kind: "tasks", nodes: ["map[1]"], downstream: true }),
    );
    expect(startedSince(stage)).toEqual(["map[1]"]);
    expect(third.task("map[0]")).toMatchObject({ state: "success", reusedFrom: first.id });
    expect(third.state).toBe("success");
  });

  test("repeats all items when the list is made anew", async () => {
    const stage = await openStage({ flows: [mapped()], plays });
    const first = await stage.run("flow");
    startedSince(stage);
    await stage.settled(await stage.rerun(first.id, { kind: "tasks", nodes: ["list", "map[1]"], downstream: false }));
    expect(startedSince(stage)).toHaveLength(7);
  });
});
