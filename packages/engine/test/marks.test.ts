import type { FlowSpec, RunId } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { failure } from "./stage/calls.ts";
import { flowOf } from "./stage/sketch.ts";
import { openStage, type Stage } from "./stage/stage.ts";

/** extract -> clean -> load -> report, audit when clean failed, and apart, which waits for nobody. */
function line(): FlowSpec {
  return flowOf("flow", (flow) => {
    const clean = flow.task("clean", { input: { extract: flow.task("extract") } });
    const load = flow.task("load", { input: { clean } });
    flow.task("report", { input: { load } });
    flow.task("audit", { after: [clean], rule: "one_failed" });
    flow.task("tidy", { after: [load], rule: "all_done" });
    flow.task("apart");
    return { load };
  });
}

/** A map whose items have two tasks each; the second fails for items 1 and 2. */
function mapped(): FlowSpec {
  return flowOf("flow", (flow) => {
    const map = flow.map("map", { list: flow.task("list") }, (item) =>
      flow.task("map[]/b", { input: { a: flow.task("map[]/a", { input: { item } }) } }),
    );
    return flow.task("end", { input: { map } });
  });
}

const LIST = {
  list: () => [0, 1, 2],
  "map[]/a": ({ input }: { input: unknown }) => (input as { item: number }).item * 10,
  end: ({ input }: { input: unknown }) => input,
};

function startedSince(stage: Stage): string[] {
  return stage.started.splice(0).sort();
}

async function failedRun(stage: Stage): Promise<RunId> {
  const run = await stage.run("flow");
  expect(run.state).toBe("failed");
  startedSince(stage);
  return run.id;
}

describe("a task that is marked", () => {
  test("as success lets all after it go on, without an output, and says who did it", async () => {
    const stage = await openStage({
      flows: [line()],
      plays: { clean: () => failure("broken"), load: ({ input }) => input },
    });
    const first = await failedRun(stage);
    const second = await stage.settled(await stage.mark(first, ["clean"], ["success", "cleaned by hand"]));
    expect(startedSince(stage)).toEqual(["load", "report", "tidy"]);
    expect(second.states).toEqual({
      extract: "success",
      clean: "success",
      load: "success",
      report: "success",
      audit: "skipped",
      tidy: "success",
      apart: "success",
    });
    expect(await second.output()).toEqual({ load: { clean: undefined } });
    expect(second.task("clean")).toMatchObject({ reusedFrom: null, startedAtMs: null, error: null });
    expect(second.row).toMatchObject({
      state: "success",
      rerunOf: first,
      rootRun: first,
      trigger: { kind: "rerun", actor: "test", mark: { as: "success", tasks: ["clean"], reason: "cleaned by hand" } },
    });
  });

  test("as failed stops what waits for it, and runs what waits for a failure", async () => {
    const stage = await openStage({ flows: [line()] });
    const first = await stage.run("flow");
    startedSince(stage);
    const second = await stage.settled(await stage.mark(first.id, ["clean"], ["failed", "wrong prices"]));
    expect(startedSince(stage)).toEqual(["audit", "tidy"]);
    expect(second.states).toMatchObject({
      clean: "failed",
      load: "upstream_failed",
      report: "upstream_failed",
      audit: "success",
      tidy: "success",
      apart: "success",
    });
    expect(second.state).toBe("failed");
    expect(second.task("clean").error).toMatchObject({
      code: "MARKED",
      message: "marked as failed by test: wrong prices",
    });
    // And back again: it has no output any more.
    const third = await stage.settled(await stage.mark(second.id, ["clean"], "success"));
    expect(third.states).toMatchObject({ clean: "success", load: "success", audit: "skipped" });
  });

  test("as skipped skips what waits for its success", async () => {
    const stage = await openStage({ flows: [line()], plays: { clean: () => failure("broken") } });
    const second = await stage.settled(await stage.mark(await failedRun(stage), ["clean"], "skipped"));
    expect(second.states).toMatchObject({ clean: "skipped", load: "skipped", report: "skipped", audit: "skipped" });
    expect(startedSince(stage)).toEqual(["tidy"]);
    expect(second.state).toBe("success");
  });

  test("changes nothing else: what failed elsewhere still counts, and a rerun begins there", async () => {
    let isBroken = true;
    const stage = await openStage({
      flows: [line()],
      plays: { clean: () => failure("broken"), apart: () => (isBroken ? failure("also broken") : "apart") },
    });
    const second = await stage.settled(await stage.mark(await failedRun(stage), ["clean"], "success"));
    expect(second.state).toBe("failed");
    expect(second.task("apart")).toMatchObject({ state: "failed", error: { message: "also broken" } });
    startedSince(stage);
    isBroken = false;
    const third = await stage.settled(await stage.rerun(second.id, { kind: "failed" }));
    expect(startedSince(stage)).toEqual(["apart"]);
    expect(third.task("clean")).toMatchObject({ state: "success", reusedFrom: second.id });
    expect(third.state).toBe("success");
  });

  test("in a run that was cancelled leaves cancelled what had not begun", async () => {
    const stage = await openStage({
      flows: [line()],
      plays: { clean: ({ hang }) => hang(), apart: ({ hang }) => hang() },
    });
    const first = await stage.request("flow");
    await stage.quiet();
    await stage.cancel(first);
    await stage.settled(first);
    startedSince(stage);
    const second = await stage.settled(await stage.mark(first, ["load"], "success"));
    expect(startedSince(stage)).toEqual(["report", "tidy"]);
    expect(second.states).toMatchObject({
      clean: "cancelled",
      load: "success",
      audit: "cancelled",
      apart: "cancelled",
    });
    expect(second.state).toBe("failed");
  });

  test("calls no hook of its own", async () => {
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("work", { hooks: ["success", "failure"] }))],
      plays: { work: () => failure("broken"), "work on failure": () => undefined },
    });
    const second = await stage.settled(await stage.mark(await failedRun(stage), ["work"], "success"));
    expect(startedSince(stage)).toEqual([]);
    expect(second.state).toBe("success");
  });
});

describe("an item of a map that is marked", () => {
  const plays = {
    ...LIST,
    "map[]/b": ({ input }: { input: unknown }) =>
      (input as { a: number }).a === 0 ? "fine" : failure(`no weather for ${(input as { a: number }).a}`),
  };

  test("lets the map end with it, and keeps the others as they ended", async () => {
    const stage = await openStage({ flows: [mapped()], plays });
    const first = await failedRun(stage);
    const second = await stage.settled(await stage.mark(first, ["map[1]"], "success"));
    expect(startedSince(stage)).toEqual([]);
    expect(second.states).toMatchObject({
      "map[1]/a": "success",
      "map[1]/b": "success",
      "map[2]/b": "failed",
      map: "failed",
      end: "upstream_failed",
    });
    expect(second.task("map[1]/a").reusedFrom).toBe(first);
    expect(second.task("map[1]/b").reusedFrom).toBeNull();
    expect(second.row.trigger).toMatchObject({ mark: { tasks: ["map[1]/b"] } });
    const third = await stage.settled(await stage.mark(second.id, ["map[2]/b"], "skipped"));
    expect(startedSince(stage)).toEqual(["end"]);
    expect(await third.output()).toEqual({ map: ["fine", undefined, undefined] });
  });

  test("stays marked where a failure elsewhere is repeated later", async () => {
    let isBroken = true;
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          const map = flow.map("map", { list: flow.task("list") }, (item) => flow.task("map[]", { input: { item } }));
          flow.task("end", { input: { map } });
          flow.task("apart");
        }),
      ],
      plays: {
        list: () => [1, 2],
        "map[]": ({ input }) => ((input as { item: number }).item === 1 || !isBroken ? "fine" : failure("no")),
        apart: () => (isBroken ? failure("no") : "apart"),
      },
    });
    // The map is taken over with the failure in it, and its items with it.
    const second = await stage.settled(await stage.mark(await failedRun(stage), ["apart"], "success"));
    expect(second.states).toMatchObject({ map: "failed", "map[0]": "success", "map[1]": "failed", apart: "success" });
    isBroken = false;
    const third = await stage.settled(await stage.rerun(second.id, { kind: "failed" }));
    expect(startedSince(stage)).toEqual(["end", "map[1]"]);
    expect(third.state).toBe("success");
  });

  test.each([
    ["map[7]", "UNKNOWN_TASK", "map has no item 7"],
    ["mop[1]", "UNKNOWN_TASK", "no task called mop[1]"],
    ["map[1][2]", "USAGE", "a map inside a map"],
  ])("is refused where it is not there: %s", async (name, code, message) => {
    const stage = await openStage({ flows: [mapped()], plays });
    const refused = stage.mark(await failedRun(stage), [name], "success");
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test("is refused together with what gives the list", async () => {
    const stage = await openStage({ flows: [mapped()], plays });
    const refused = stage.mark(await failedRun(stage), ["list", "map[1]"], "skipped");
    await expect(refused).rejects.toMatchObject({ code: "USAGE", message: expect.stringContaining("its list") });
  });
});

describe("a mark", () => {
  test("is refused while the run goes on, for what is so already, and for what had no part", async () => {
    const stage = await openStage({ flows: [line()], plays: { clean: ({ hang }) => hang() } });
    const id = await stage.request("flow");
    await stage.quiet();
    await expect(stage.mark(id, ["clean"], "success")).rejects.toMatchObject({
      code: "RUN_ACTIVE",
      hint: expect.stringContaining("mark then"),
    });
    await stage.cancel(id);
    await stage.settled(id);
    await expect(stage.mark(id, ["extract"], "success")).rejects.toMatchObject({
      code: "USAGE",
      message: "extract is success already, or had no part in the run",
    });
    await expect(stage.mark(id, ["lift"], "success")).rejects.toMatchObject({ code: "UNKNOWN_TASK" });
    await expect(stage.mark("01NONE" as RunId, ["clean"], "success")).rejects.toMatchObject({ code: "UNKNOWN_RUN" });
  });

  test("survives crashes at every commit of the run that it makes", async () => {
    for (let at = 1; at <= 6; at += 1) {
      let commits = Number.POSITIVE_INFINITY;
      const stage = await openStage({
        flows: [mapped()],
        plays: {
          ...LIST,
          "map[]/b": ({ input }) => ((input as { a: number }).a === 0 ? "fine" : failure("no")),
        },
        commits: {
          async commit(_, really) {
            await really();
            commits -= 1;
            if (commits === 0) throw new Error("gone after it was written");
          },
        },
      });
      const first = await failedRun(stage);
      const second = await stage.mark(first, ["map[1]", "map[2]"], "skipped");
      commits = at;
      await stage.crash();
      const view = await stage.settled(second);
      expect([at, view.state, view.states["map[1]/b"], view.states["end"]]).toEqual([
        at,
        "success",
        "skipped",
        "success",
      ]);
      expect(startedSince(stage).filter((label) => label !== "end")).toEqual([]);
      await stage.close();
    }
  });
});
