import { describe, expect, test } from "vitest";
import { failure } from "./stage/calls.ts";
import { flowOf } from "./stage/sketch.ts";
import { openStage } from "./stage/stage.ts";

describe("a map", () => {
  test("runs its body for each item, and gives the list of results", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          const found = flow.task("found");
          return flow.map("load", { list: found.at("files") }, (item, index) => {
            const rows = flow.task("load[]/read", { input: { name: item.at("name"), index } });
            return { rows, name: item.at("name") };
          });
        }),
      ],
      plays: {
        found: () => ({ files: [{ name: "a" }, { name: "b" }] }),
        "load[]/read": ({ input }) => input,
      },
    });
    const run = await stage.run("flow");
    expect(await run.output()).toEqual([
      { rows: { name: "a", index: 0 }, name: "a" },
      { rows: { name: "b", index: 1 }, name: "b" },
    ]);
    expect(run.task("load").itemCount).toBe(2);
    expect(run.states).toMatchObject({ load: "success", "load[0]/read": "success", "load[1]/read": "success" });
  });

  test("over nothing is a success with nothing in it", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          const map = flow.map("map", { list: [] }, (item) => flow.task("map[]", { input: { item } }));
          return flow.task("after", { input: { map } });
        }),
      ],
      plays: { after: ({ input }) => input },
    });
    const run = await stage.run("flow");
    expect(await run.output()).toEqual({ map: [] });
    expect(run.states).toEqual({ map: "success", after: "success" });
  });

  test.each([
    [{ a: 1 }, "map runs over a list, and got an object"],
    [undefined, "map runs over a list, and got undefined"],
    [new Map(), "map runs over a list, and got a Map"],
    [null, "map runs over a list, and got null"],
    [["a", "b", "c"], "map would run over 3 items, and its limit is 2"],
    ["x".repeat(100_000), "map runs over a list, and got another kind of value"],
  ])("refuses what it cannot run over", async (value, message) => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => flow.map("map", { list: flow.task("value"), maxItems: 2 }, () => flow.task("map[]"))),
      ],
      plays: { value: () => value },
    });
    const run = await stage.run("flow");
    expect(run.state).toBe("failed");
    expect(run.task("map").error?.message).toBe(message);
  });

  test("within a map, over a field of the outer item", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) =>
          flow.map("outer", { list: [{ parts: [1, 2] }, { parts: [] }, { parts: [3] }] }, (item) =>
            flow.map("outer[]/inner", { list: item.at("parts") }, (part, index) =>
              flow.task("outer[]/inner[]", { input: { part, index, whole: item } }),
            ),
          ),
        ),
      ],
      plays: { "outer[]/inner[]": ({ input, label }) => [label, (input as { part: number }).part] },
    });
    const run = await stage.run("flow");
    expect(await run.output()).toEqual([
      [
        ["outer[0]/inner[0]", 1],
        ["outer[0]/inner[1]", 2],
      ],
      [],
      [["outer[2]/inner[0]", 3]],
    ]);
    expect(run.state).toBe("success");
  });

  test("fails with its items, and those that read on after failures see each of them", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          const map = flow.map("map", { list: [1, 2, 3] }, (item) => {
            const read = flow.task("map[]/read", { input: { item } });
            return { item, written: flow.task("map[]/write", { input: { read } }) };
          });
          flow.task("needs", { input: { map } });
          return flow.task("reads", { input: { all: map.outcomes, map }, rule: "all_done" });
        }),
      ],
      plays: {
        "map[]/read": ({ input }) => {
          if ((input as { item: number }).item === 2) throw new TypeError("two is bad");
        },
        reads: ({ input }) => input,
      },
    });
    const run = await stage.run("flow");
    expect(run.states).toMatchObject({
      map: "failed",
      "map[1]/read": "failed",
      "map[1]/write": "upstream_failed",
      "map[2]/write": "success",
      needs: "upstream_failed",
      reads: "success",
    });
    expect(run.task("map").error).toMatchObject({ code: "ITEMS_FAILED", message: "1 of 3 items failed" });
    expect(await run.output("reads")).toEqual({
      all: [
        { state: "success", value: { item: 1, written: "map[0]/write" } },
        { state: "failed", error: { name: "TypeError", message: "two is bad" } },
        { state: "success", value: { item: 3, written: "map[2]/write" } },
      ],
      map: undefined,
    });
  });

  test("over a list too large for a row reads it from where it is kept", async () => {
    const list = Array.from({ length: 30 }, (_, index) => ({ index, text: "x".repeat(5_000) }));
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          const big = flow.task("big");
          const map = flow.map("map", { list: big.at("rows") }, (item) =>
            flow.task("map[]", { input: { index: item.at("index"), text: item.at("text") } }),
          );
          return flow.task("count", { input: { map } });
        }),
      ],
      plays: {
        big: () => ({ rows: list }),
        "map[]": ({ input }) => ({ ...(input as object), more: "y".repeat(5_000) }),
        count: ({ input }) => (input as { map: { index: number }[] }).map.map(({ index }) => index),
      },
    });
    const run = await stage.run("flow");
    expect(await run.output()).toEqual(list.map(({ index }) => index));
    const kept = await stage.place.store.findOutput(run.id, run.task("map").node, run.task("map").item);
    expect(kept?.kind).toBe("artifact");
  });

  test("of 10,000 items ends, and others go on meanwhile", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          const map = flow.map("map", { list: flow.task("list") }, (item) => flow.task("map[]", { input: { item } }));
          return flow.task("sum", { input: { map } });
        }),
        flowOf("other", (flow) => flow.task("two", { after: [flow.task("one")] }), { policies: { priority: 1 } }),
      ],
      plays: {
        list: () => Array.from({ length: 10_000 }, (_, index) => index),
        "map[]": ({ input }) => (input as { item: number }).item * 2,
        sum: ({ input }) => (input as { map: number[] }).map.reduce((sum, one) => sum + one, 0),
      },
      capacity: 64,
    });
    const id = await stage.request("flow");
    const other = await stage.request("other");
    const run = await stage.settled(id);
    expect(await run.output()).toBe(9_999 * 10_000);
    expect(run.attempts).toHaveLength(10_002);
    const { row } = await stage.view(other);
    expect(row.state).toBe("success");
    expect(stage.started.indexOf("two")).toBeLessThan(2_000);
  });

  test("whose every item was skipped is a success", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          const map = flow.map("map", { list: [1, 2] }, () =>
            flow.task("map[]/after", { after: [flow.task("map[]/ok")], rule: "all_failed" }),
          );
          return flow.task("reads", { input: { map, all: map.outcomes }, rule: "all_done" });
        }),
      ],
      plays: { reads: ({ input }) => input },
    });
    const run = await stage.run("flow");
    expect(run.states).toMatchObject({ map: "success", "map[0]/after": "skipped" });
    expect(await run.output()).toEqual({
      map: [undefined, undefined],
      all: [{ state: "skipped" }, { state: "skipped" }],
    });
  });
});

describe("a list of references", () => {
  test("is mapped over without being read", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          const one = flow.task("one");
          const two = flow.task("two");
          return flow.map("map", { list: [one, two, "three"] }, (item) => flow.task("map[]", { input: { item } }));
        }),
      ],
      plays: { "map[]": ({ input }) => input },
    });
    expect(await (await stage.run("flow")).output()).toEqual([{ item: "one" }, { item: "two" }, { item: "three" }]);
  });

  test("fails with the task that gives it", async () => {
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.map("map", { list: flow.task("bad") }, () => flow.task("map[]")))],
      plays: { bad: () => failure("no") },
    });
    expect((await stage.run("flow")).states).toEqual({ bad: "failed", map: "upstream_failed" });
  });
});
