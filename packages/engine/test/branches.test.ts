import { describe, expect, test } from "vitest";
import { failure, type Play } from "./stage/calls.ts";
import { flowOf, PARAMS } from "./stage/sketch.ts";
import { openStage } from "./stage/stage.ts";

const INPUT: Play = ({ input }) => input;

describe("when", () => {
  const flows = [
    flowOf("flow", (flow) => {
      const got = flow.when("when", PARAMS.at("is"), {
        yes: () => flow.task("yes/b", { input: { a: flow.task("yes/a") } }),
        no: () => ({ from: flow.task("no") }),
      });
      return flow.task("after", { input: { got } });
    }),
    flowOf("half", (flow) => {
      const got = flow.when("when", PARAMS.at("is"), { yes: () => flow.task("yes") });
      return flow.task("after", { input: { got } });
    }),
  ];

  test.each([
    [true, { got: { a: "yes/a" } }, { "yes/a": "success", "yes/b": "success", no: "skipped" }],
    ["text", { got: { a: "yes/a" } }, { "yes/a": "success", "yes/b": "success", no: "skipped" }],
    [new Date(0), { got: { a: "yes/a" } }, { "yes/a": "success", "yes/b": "success", no: "skipped" }],
    [0, { got: { from: "no" } }, { "yes/a": "skipped", "yes/b": "skipped", no: "success" }],
    [Number.NaN, { got: { from: "no" } }, { "yes/a": "skipped", "yes/b": "skipped", no: "success" }],
    [undefined, { got: { from: "no" } }, { "yes/a": "skipped", "yes/b": "skipped", no: "success" }],
    [0n, { got: { from: "no" } }, { "yes/a": "skipped", "yes/b": "skipped", no: "success" }],
  ])("takes an arm by what is true: %s", async (is, output, states) => {
    const stage = await openStage({ flows, plays: { "yes/b": INPUT, after: INPUT } });
    const run = await stage.run("flow", { params: { is } });
    expect(await run.output()).toEqual(output);
    expect(run.states).toMatchObject({ when: "success", ...states });
    expect(run.state).toBe("success");
  });

  test("without another arm gives undefined", async () => {
    const stage = await openStage({ flows, plays: { after: INPUT } });
    const run = await stage.run("half", { params: { is: false } });
    expect(await run.output()).toEqual({ got: undefined });
    expect(run.states).toEqual({ when: "success", yes: "skipped", after: "success" });
  });

  test("fails with the arm taken, and not with the other", async () => {
    const stage = await openStage({ flows, plays: { no: () => failure("no") } });
    const failed = await stage.run("flow", { params: { is: false } });
    expect(failed.states).toMatchObject({ when: "failed", no: "failed", after: "upstream_failed" });
    expect(failed.state).toBe("failed");
    const well = await stage.run("flow", { params: { is: true } });
    expect(well.state).toBe("success");
  });

  test("skips tasks of the other arm whatever their rule", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          const bad = flow.task("bad");
          flow.when("when", PARAMS.at("is"), {
            yes: () => flow.task("yes", { after: [bad], rule: "always" }),
            no: () => flow.task("no", { after: [bad], rule: "all_done" }),
          });
        }),
      ],
    });
    expect((await stage.run("flow", { params: { is: true } })).states).toMatchObject({ yes: "success", no: "skipped" });
  });

  test("is skipped when all in its arm is skipped, and so is what needs it", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          const good = flow.task("good");
          const when = flow.when("when", good, { yes: () => flow.task("yes", { after: [good], rule: "all_failed" }) });
          flow.task("after", { input: { when } });
        }),
      ],
    });
    const run = await stage.run("flow");
    expect(run.states).toEqual({ good: "success", when: "skipped", yes: "skipped", after: "skipped" });
    expect(run.state).toBe("success");
  });

  test("whose condition cannot be had is upstream_failed with all in it", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          flow.when("when", flow.task("bad"), { yes: () => flow.task("yes"), no: () => flow.task("no") });
        }),
      ],
      plays: { bad: () => failure("no") },
    });
    const run = await stage.run("flow");
    expect(run.states).toEqual({
      bad: "failed",
      when: "upstream_failed",
      yes: "upstream_failed",
      no: "upstream_failed",
    });
  });
});

describe("choose", () => {
  const flows = [
    flowOf("closed", (flow) =>
      flow.choose("choose", PARAMS.at("size"), { big: () => flow.task("bulk"), small: () => flow.task("insert") }),
    ),
    flowOf("open", (flow) =>
      flow.choose("choose", PARAMS.at("size"), { big: () => flow.task("bulk"), otherwise: () => flow.task("rest") }),
    ),
  ];

  test("takes the arm that the text names", async () => {
    const stage = await openStage({ flows });
    const run = await stage.run("closed", { params: { size: "small" } });
    expect(await run.output()).toBe("insert");
    expect(run.task("choose").arm).toBe("small");
  });

  test("takes `otherwise` for any other text", async () => {
    const stage = await openStage({ flows });
    expect(await (await stage.run("open", { params: { size: "?" } })).output()).toBe("rest");
  });

  test("fails for a text that names none", async () => {
    const stage = await openStage({ flows });
    const run = await stage.run("closed", { params: { size: "huge" } });
    expect(run.task("choose").error).toMatchObject({
      code: "UNKNOWN_ARM",
      message: 'choose has no arm for "huge"; there are big, small',
    });
    expect(run.states).toEqual({ choose: "failed", bulk: "skipped", insert: "skipped" });
    expect(run.state).toBe("failed");
  });
});

describe("regions within regions", () => {
  const flows = [
    flowOf("flow", (flow) => {
      const outer = flow.choose("outer", PARAMS.at("outer"), {
        a: () => flow.when("inner", PARAMS.at("inner"), { yes: () => flow.task("a/yes"), no: () => flow.task("a/no") }),
        b: () =>
          flow.map("each", { list: PARAMS.at("list") }, (item) =>
            flow.when("each[]/when", item, { yes: () => flow.task("each[]/task", { input: { item } }) }),
          ),
      });
      return flow.task("after", { input: { outer } });
    }),
  ];

  test("a branch in a branch", async () => {
    const stage = await openStage({ flows, plays: { after: INPUT } });
    const run = await stage.run("flow", { params: { outer: "a", inner: false } });
    expect(await run.output()).toEqual({ outer: "a/no" });
    expect(run.states).toMatchObject({ inner: "success", "a/yes": "skipped", "a/no": "success", each: "skipped" });
  });

  test("a map in a branch, and a branch in the map", async () => {
    const stage = await openStage({ flows, plays: { after: INPUT, "each[]/task": INPUT } });
    const run = await stage.run("flow", { params: { outer: "b", list: [1, 0, 2] } });
    expect(await run.output()).toEqual({ outer: [{ item: 1 }, undefined, { item: 2 }] });
    expect(run.states).toMatchObject({
      inner: "skipped",
      "a/yes": "skipped",
      each: "success",
      "each[1]/when": "success",
      "each[1]/task": "skipped",
    });
  });

  test("a failure in the innermost goes all the way out", async () => {
    const stage = await openStage({ flows, plays: { "each[]/task": () => failure("no") } });
    const run = await stage.run("flow", { params: { outer: "b", list: [1, 0] } });
    expect(run.states).toMatchObject({
      "each[0]/task": "failed",
      "each[0]/when": "failed",
      "each[1]/when": "success",
      each: "failed",
      outer: "failed",
      after: "upstream_failed",
    });
  });
});
