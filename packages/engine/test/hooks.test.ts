import { describe, expect, test } from "vitest";
import { failure } from "./stage/calls.ts";
import { flowOf } from "./stage/sketch.ts";
import { openStage } from "./stage/stage.ts";

describe("hooks of a task", () => {
  test("are told how it ended", async () => {
    const told: Record<string, unknown> = {};
    const note =
      (name: string) =>
      ({ input }: { input: unknown }) => {
        told[name] = input;
      };
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          flow.task("good", { hooks: ["success", "failure", "retry"] });
          flow.map("map", { list: [1] }, () =>
            flow.task("map[]/bad", { hooks: ["success", "failure", "retry"], retries: 1 }),
          );
        }),
      ],
      plays: {
        good: () => ({ rows: 3n }),
        "map[]/bad": ({ number }) => failure(`try ${number}`),
        "good on success": note("success"),
        "map[]/bad on failure": note("failure"),
        "map[]/bad on retry": note("retry"),
      },
    });
    const run = await stage.run("flow");
    const about = { id: run.id, flow: "flow" };
    const bad = { id: "map[]/bad", label: "map[0]/bad" };
    expect(told).toMatchObject({
      success: {
        on: "success",
        run: about,
        task: { id: "good", label: "good" },
        output: { rows: 3n },
        error: null,
        tries: 1,
      },
      retry: { on: "retry", run: about, task: bad, output: undefined, error: { message: "try 1" }, tries: 1 },
      failure: { on: "failure", run: about, task: bad, output: undefined, error: { message: "try 2" }, tries: 2 },
    });
    expect(
      Object.keys(run.tasks)
        .filter((label) => label.includes(" on "))
        .sort(),
    ).toEqual(["good on success", "map[0]/bad on failure", "map[0]/bad on retry:1"]);
  });

  test("that fail change nothing of what they watched", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => flow.task("next", { after: [flow.task("good", { hooks: ["success"] })] }), {
          hooks: ["success"],
        }),
      ],
      plays: { "good on success": () => failure("no mail today"), "flow on success": () => failure("nor here") },
    });
    const run = await stage.run("flow");
    expect(run.state).toBe("success");
    expect(run.states).toEqual({ good: "success", next: "success" });
    expect(run.task("good on success")).toMatchObject({ state: "failed", error: { message: "no mail today" } });
    expect(run.task("flow on success")).toMatchObject({ state: "failed", error: { message: "nor here" } });
    expect(run.row.error).toBeNull();
  });

  test("are not held up by what they watched, nor is that by them", async () => {
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("next", { after: [flow.task("good", { hooks: ["success"] })] }))],
      plays: { "good on success": ({ hang }) => hang() },
    });
    const id = await stage.request("flow");
    await stage.quiet();
    const run = await stage.view(id);
    expect(run.states).toEqual({ good: "success", next: "success" });
    expect([run.state, run.row.settled]).toEqual(["success", false]);
    expect(stage.engine.load.runs).toBe(1);
  });

  test("whose process dies are begun again, and are poison in the end", async () => {
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("good", { hooks: ["success"], policies: { onLost: "fail" } }))],
      plays: { "good on success": ({ hang }) => hang() },
    });
    const id = await stage.request("flow");
    await stage.quiet();
    await stage.crash();
    await stage.quiet();
    const run = await stage.view(id);
    const hooks = run.attempts.filter(({ hook }) => hook === "success");
    expect(hooks.map(({ state }) => state)).toEqual(["lost", "starting"]);
  });
});

describe("hooks of a flow", () => {
  test.each([
    ["success", true],
    ["failure", false],
  ] as const)("on %s run once all is over, and the run is settled after them", async (on, isGood) => {
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("task"), { hooks: ["success", "failure"] })],
      plays: {
        task: () => (isGood ? "done" : failure("no")),
        [`flow on ${on}`]: async ({ input }) => {
          const told = isGood
            ? { output: "done", error: null }
            : { output: undefined, error: { message: 'task "task" failed: no', cause: { message: "no" } } };
          expect(input).toMatchObject({ on, run: { flow: "flow" }, task: null, ...told });
          const [run] = await stage.place.store.history.listRuns({ limit: 1 });
          expect([run?.state, run?.settled]).toEqual([isGood ? "success" : "failed", false]);
        },
      },
    });
    const run = await stage.run("flow");
    expect(run.task(`flow on ${on}`).error).toBeNull();
    expect(run.events.at(-1)).toMatchObject({ type: "hook.finished", node: -1 });
    expect(run.row.settled).toBe(true);
  });

  test("are told of the task that failed first, also by a new leader", async () => {
    const told: unknown[] = [];
    let begun = 0;
    const stage = await openStage({
      flows: [
        flowOf(
          "flow",
          (flow) => {
            const first = flow.task("first");
            flow.task("second", { after: [first], rule: "all_failed" });
          },
          { hooks: ["failure"] },
        ),
      ],
      plays: {
        first: () => failure("no"),
        second: ({ hang }) => {
          begun += 1;
          return begun === 1 ? hang() : failure("nor this");
        },
        "flow on failure": ({ input }) => void told.push(input),
      },
    });
    const id = await stage.request("flow");
    await stage.quiet();
    await stage.crash();
    await stage.settled(id);
    expect(told).toMatchObject([{ error: { message: 'task "first" failed: no' } }]);
  });

  test("do not run when the run was cancelled", async () => {
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("slow", { hooks: ["failure"] }), { hooks: ["success", "failure"] })],
      plays: { slow: ({ hang }) => hang() },
    });
    const id = await stage.request("flow");
    await stage.quiet();
    await stage.cancel(id);
    expect(Object.keys((await stage.settled(id)).tasks)).toEqual(["slow"]);
  });
});
