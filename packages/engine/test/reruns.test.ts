import type { FlowSpec } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { failure, type Play } from "./stage/calls.ts";
import { versionId } from "./stage/plain-definitions.ts";
import { flowOf, PARAMS } from "./stage/sketch.ts";
import { openStage, type Stage } from "./stage/stage.ts";

/** Labels of attempts since the last call. */
function startedSince(stage: Stage): string[] {
  return stage.started.splice(0).sort();
}

function diamond(): FlowSpec {
  return flowOf("flow", (flow) => {
    const top = flow.task("top");
    const left = flow.task("left", { input: { top } });
    const right = flow.task("right", { input: { top } });
    const end = flow.task("end", { input: { left, right } });
    return { end };
  });
}

/** Fails until told to do better. */
function fixable(id: string): { plays: Record<string, Play>; fix: () => void } {
  let isFixed = false;
  return {
    plays: { [id]: () => (isFixed ? "fixed" : failure("broken")) },
    fix: () => {
      isFixed = true;
    },
  };
}

describe("a rerun", () => {
  test("of what failed takes over the rest, with its outputs", async () => {
    const { plays, fix } = fixable("right");
    const stage = await openStage({ flows: [diamond()], plays: { ...plays, end: ({ input }) => input } });
    const first = await stage.run("flow");
    expect(first.state).toBe("failed");
    startedSince(stage);
    fix();
    const second = await stage.settled(await stage.rerun(first.id, { kind: "failed" }));
    expect(startedSince(stage)).toEqual(["end", "right"]);
    expect(await second.output()).toEqual({ end: { left: "left", right: "fixed" } });
    expect(second.task("top")).toMatchObject({ state: "success", reusedFrom: first.id });
    expect(second.task("right").reusedFrom).toBeNull();
    expect(second.row).toMatchObject({ state: "success", rerunOf: first.id, rootRun: first.id });
    expect(await stage.place.store.newestOfFamily(first.id)).toMatchObject({ id: second.id });
    const third = await stage.settled(await stage.rerun(second.id, { kind: "failed" }));
    expect(startedSince(stage)).toEqual([]);
    expect(third.row).toMatchObject({ state: "success", rerunOf: second.id, rootRun: first.id });
    expect(third.task("top").reusedFrom).toBe(first.id);
    expect(third.task("right").reusedFrom).toBe(second.id);
    expect(await third.output()).toEqual(await second.output());
  });

  test("of all repeats all", async () => {
    const stage = await openStage({ flows: [diamond()] });
    const first = await stage.run("flow", { params: { some: 1 }, window: { startMs: 1, endMs: 2 } });
    startedSince(stage);
    const second = await stage.settled(await stage.rerun(first.id, { kind: "all" }));
    expect(startedSince(stage)).toEqual(["end", "left", "right", "top"]);
    expect([second.row.params, second.row.window]).toEqual([first.row.params, first.row.window]);
  });

  test.each([
    [true, ["end", "left"]],
    [false, ["left"]],
  ])("of a task with downstream: %s", async (downstream, started) => {
    const stage = await openStage({ flows: [diamond()] });
    const first = await stage.run("flow");
    startedSince(stage);
    const second = await stage.settled(await stage.rerun(first.id, { kind: "tasks", nodes: ["left"], downstream }));
    expect(startedSince(stage)).toEqual(started);
    expect(second.state).toBe("success");
    expect(Object.keys(second.states).sort()).toEqual(["end", "left", "right", "top"]);
  });

  test("of a run that was cancelled begins where that stopped", async () => {
    let hangs = true;
    const stage = await openStage({ flows: [diamond()], plays: { left: ({ hang }) => (hangs ? hang() : "left") } });
    const id = await stage.request("flow");
    await stage.quiet();
    await stage.cancel(id);
    await stage.settled(id);
    hangs = false;
    startedSince(stage);
    const second = await stage.settled(await stage.rerun(id, { kind: "failed" }));
    expect(startedSince(stage)).toEqual(["end", "left"]);
    expect(second.state).toBe("success");
  });

  test("repeats only the items of a map that failed, and what follows in them", async () => {
    const { plays, fix } = fixable("map[]/b");
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          const map = flow.map("map", { list: flow.task("list") }, (item) => {
            const a = flow.task("map[]/a", { input: { item } });
            const b = flow.task("map[]/b", { input: { a } });
            flow.task("map[]/after-b", { after: [b], rule: "all_done" });
            return flow.task("map[]/c", { input: { a, b } });
          });
          return flow.task("end", { input: { map } });
        }),
      ],
      plays: {
        list: () => [0, 1, 2],
        "map[]/a": ({ input }) => (input as { item: number }).item * 10,
        "map[]/b": (call) => ((call.input as { a: number }).a === 10 ? plays["map[]/b"]?.(call) : "good"),
        "map[]/c": ({ input }) => input,
        end: ({ input }) => input,
      },
    });
    const first = await stage.run("flow");
    expect(first.state).toBe("failed");
    startedSince(stage);
    fix();
    const second = await stage.settled(await stage.rerun(first.id, { kind: "failed" }));
    expect(startedSince(stage)).toEqual(["end", "map[1]/after-b", "map[1]/b", "map[1]/c"]);
    expect(await second.output()).toEqual({
      map: [
        { a: 0, b: "good" },
        { a: 10, b: "fixed" },
        { a: 20, b: "good" },
      ],
    });
    expect(second.task("map[0]/c").reusedFrom).toBe(first.id);
    expect(Object.keys(second.states)).toHaveLength(3 + 12);
  });

  test("looks back at a map that it takes over, and at its items", async () => {
    const { plays, fix } = fixable("reads");
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          const map = flow.map("map", { list: flow.task("list") }, (item) => flow.task("map[]", { input: { item } }));
          return flow.task("reads", { input: { map, all: map.outcomes }, rule: "all_done" });
        }),
      ],
      plays: {
        list: () => ["a", "b"],
        "map[]": ({ input }) => (input as { item: string }).item.toUpperCase(),
        reads: async (call) => ((await plays["reads"]?.(call)) === "fixed" ? call.input : failure("broken")),
      },
    });
    const first = await stage.run("flow");
    fix();
    startedSince(stage);
    const second = await stage.settled(await stage.rerun(first.id, { kind: "failed" }));
    expect(startedSince(stage)).toEqual(["reads"]);
    expect(await second.output()).toEqual({
      map: ["A", "B"],
      all: [
        { state: "success", value: "A" },
        { state: "success", value: "B" },
      ],
    });
  });

  test("decides a branch again when its condition is repeated, and keeps it when not", async () => {
    let size = "big";
    let isBroken = true;
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          const got = flow.choose("choose", flow.task("size"), {
            big: () => flow.task("big", { input: { prepared: flow.task("prepared") } }),
            small: () => flow.task("small"),
          });
          return flow.task("after", { input: { got } });
        }),
      ],
      plays: { size: () => size, big: () => (isBroken ? failure("no") : "big") },
    });
    const first = await stage.run("flow");
    expect(first.states).toMatchObject({ choose: "failed", big: "failed", small: "skipped" });
    isBroken = false;
    startedSince(stage);
    const second = await stage.settled(await stage.rerun(first.id, { kind: "failed" }));
    expect(startedSince(stage)).toEqual(["after", "big"]);
    expect(second.states).toMatchObject({ choose: "success", big: "success", small: "skipped", after: "success" });
    size = "small";
    const third = await stage.settled(
      await stage.rerun(second.id, { kind: "tasks", nodes: ["size"], downstream: true }),
    );
    expect(startedSince(stage)).toEqual(["after", "size", "small"]);
    expect(third.states).toMatchObject({ choose: "success", big: "skipped", prepared: "skipped", small: "success" });
  });

  test("on another version runs what that has, and takes over by name", async () => {
    const stage = await openStage({
      flows: [diamond()],
      plays: { right: () => failure("no"), better: () => "better" },
    });
    const first = await stage.run("flow");
    startedSince(stage);
    await stage.activate(2, [
      flowOf("flow", (flow) => {
        const better = flow.task("better");
        const left = flow.task("left", { input: { top: flow.task("top") } });
        return flow.task("end", { input: { left, better } });
      }),
    ]);
    const second = await stage.settled(await stage.rerun(first.id, { kind: "failed" }, null));
    expect(second.row.version).toBe(versionId(2));
    expect(startedSince(stage)).toEqual(["better", "end"]);
    expect(second.state).toBe("success");
    const same = await stage.settled(await stage.rerun(first.id, { kind: "failed" }, "same"));
    expect(same.row.version).toBe(versionId(1));
  });

  test("is refused while the run goes on, and for what is not there", async () => {
    const stage = await openStage({ flows: [diamond()], plays: { top: ({ hang }) => hang() } });
    const id = await stage.request("flow");
    await expect(stage.rerun(id, { kind: "all" })).rejects.toMatchObject({ code: "RUN_ACTIVE" });
    await expect(stage.rerun("01NONE" as typeof id, { kind: "all" })).rejects.toMatchObject({ code: "UNKNOWN_RUN" });
    await stage.cancel(id);
    await stage.settled(id);
    await expect(stage.rerun(id, { kind: "tasks", nodes: ["lift"], downstream: true })).rejects.toMatchObject({
      code: "UNKNOWN_TASK",
      hint: expect.stringContaining("left") as string,
    });
  });

  test("survives a crash right after it was made", async () => {
    const { plays, fix } = fixable("map[]");
    let freezes = false;
    const stage: Stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          const map = flow.map("map", { list: flow.task("list") }, (item) => flow.task("map[]", { input: { item } }));
          return flow.task("end", { input: { map } });
        }),
      ],
      plays: {
        list: () => [1, 2, 3],
        "map[]": (call) => (call.label === "map[1]" ? plays["map[]"]?.(call) : call.label),
        end: ({ input }) => input,
      },
      commits: {
        commit: async (_changes, really) => {
          await really();
          if (!freezes) return;
          freezes = false;
          stage.frozen = true;
          await new Promise<never>(() => {});
        },
      },
    });
    const first = await stage.run("flow");
    fix();
    startedSince(stage);
    freezes = true;
    await expect(stage.rerun(first.id, { kind: "failed" })).rejects.toThrow();
    await stage.crash();
    const [newest] = await stage.place.store.history.listRuns({ limit: 1 });
    const second = await stage.settled(newest?.id ?? first.id);
    expect(second.id).not.toBe(first.id);
    expect(startedSince(stage)).toEqual(["end", "map[1]"]);
    expect(await second.output()).toEqual({ map: ["map[0]", "fixed", "map[2]"] });
  });
});

describe("a first run of a part", () => {
  const flows = [
    flowOf("flow", (flow) => {
      const a = flow.task("a", { input: PARAMS });
      const b = flow.task("g/b", { input: { a } });
      const c = flow.task("g/c", { input: { b } });
      flow.task("d", { input: { c } });
      flow.task("other");
    }),
  ];
  const plays: Record<string, Play> = { "g/b": ({ input }) => input };

  test("runs only what was asked for, with what an earlier run gave", async () => {
    const stage = await openStage({ flows, plays });
    await stage.run("flow");
    startedSince(stage);
    const run = await stage.run("flow", { selection: { kind: "only", nodes: ["g/b"] } });
    expect(startedSince(stage)).toEqual(["g/b"]);
    expect(run.states).toEqual({ a: "success", "g/b": "success" });
    expect(await run.output("g/b")).toEqual({ a: "a" });
    expect(run.state).toBe("success");
    const group = await stage.run("flow", { selection: { kind: "only", nodes: ["g"] } });
    expect(startedSince(stage)).toEqual(["g/b", "g/c"]);
    expect(group.state).toBe("success");
  });

  test("from a task runs all that follows it", async () => {
    const stage = await openStage({ flows, plays });
    await stage.run("flow");
    startedSince(stage);
    const run = await stage.run("flow", { selection: { kind: "from", nodes: ["g/c"] } });
    expect(startedSince(stage)).toEqual(["d", "g/c"]);
    expect(run.states).toEqual({ "g/b": "success", "g/c": "success", d: "success" });
  });

  test("fails with a failed task that has nothing after it in that part, also after a crash", async () => {
    const stage = await openStage({
      flows,
      plays: { "g/b": () => failure("no"), other: ({ hang, number }) => (number > 0 ? hang() : "") },
    });
    const id = await stage.request("flow", { selection: { kind: "only", nodes: ["a", "g/b", "other"] } });
    await stage.quiet();
    await stage.crash("survives");
    await stage.quiet();
    await stage.cancel(id);
    expect((await stage.settled(id)).states).toEqual({ a: "success", "g/b": "failed", other: "cancelled" });
  });

  test("is refused when no earlier run has what it needs", async () => {
    const stage = await openStage({ flows, plays });
    await expect(stage.request("flow", { selection: { kind: "only", nodes: ["g/c"] } })).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("needs what g/b gave") as string,
    });
    await expect(stage.request("flow", { selection: { kind: "from", nodes: ["x"] } })).rejects.toMatchObject({
      code: "UNKNOWN_TASK",
    });
  });

  test("is repeated as the same part", async () => {
    const { plays: broken, fix } = fixable("g/b");
    const stage = await openStage({ flows, plays: broken });
    const first = await stage.run("flow", { selection: { kind: "only", nodes: ["a", "g/b"] } });
    expect(first.state).toBe("failed");
    fix();
    startedSince(stage);
    const second = await stage.settled(await stage.rerun(first.id, { kind: "failed" }));
    expect(startedSince(stage)).toEqual(["g/b"]);
    expect(second.states).toEqual({ a: "success", "g/b": "success" });
  });
});
