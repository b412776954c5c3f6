import { describe, expect, it } from "vitest";
import { z } from "zod";
import { flow } from "../../src/flow/flow.ts";
import { flowRun } from "../../src/kinds/flow-run.ts";
import type { Resumed } from "../../src/task/context.ts";
import { isDeferred } from "../../src/task/defer.ts";
import { task } from "../../src/task/function-task.ts";
import { recordedContext } from "./attempt-context.ts";

const count = task("count", ({ region }: { region: string }) => region.length);
const loadRegion = flow("shop/load-region", { params: z.object({ region: z.string() }) }, ({ params }) => ({
  rows: count({ region: params.region }),
}));

function ended(state: "success" | "failed" | "cancelled", output?: unknown): Resumed {
  return {
    carry: undefined,
    resumes: 1,
    waitingSince: new Date(0),
    run: { id: "01CHILD", state, output },
    decision: null,
  };
}

describe("running another flow", () => {
  it("starts it with the input as parameters, and gives the worker back", async () => {
    const { context } = recordedContext();
    const asked: unknown = await flowRun(loadRegion).run({ region: "eu" }, context);
    if (!isDeferred(asked)) throw new Error("it should have deferred");
    expect(asked.until).toEqual({ kind: "run", flow: "shop/load-region", params: { region: "eu" }, window: null });
  });

  it("gives what the run gave, typed", async () => {
    const { context } = recordedContext({ resumed: ended("success", { rows: 2 }) });
    const result: { run: string; state: "success"; output: { rows: number } } = await flowRun(loadRegion).run(
      { region: "eu" },
      context,
    );
    expect(result).toEqual({ run: "01CHILD", state: "success", output: { rows: 2 } });
  });

  it.each([
    ["failed", 'The run 01CHILD of flow "shop/load-region" failed.'],
    ["cancelled", 'The run 01CHILD of flow "shop/load-region" was cancelled.'],
  ] as const)("fails when the run %s, unless that is allowed", async (state, message) => {
    const { context } = recordedContext({ resumed: ended(state) });
    await expect(flowRun(loadRegion).run({ region: "eu" }, context)).rejects.toMatchObject({
      code: "CHILD_RUN_FAILED",
      message,
    });
    const allowed = flowRun("any", loadRegion, { allowFailure: true });
    expect(await allowed.run({ region: "eu" }, context)).toEqual({ run: "01CHILD", state, output: undefined });
  });

  it("may cover a window of its own", async () => {
    const { context } = recordedContext();
    const day = { start: new Date(1_000), end: new Date(2_000) };
    const asked: unknown = await flowRun("other", { window: () => day }).run({}, context);
    if (!isDeferred(asked)) throw new Error("it should have deferred");
    expect(asked.until).toMatchObject({ flow: "other", params: {}, window: { startMs: 1_000, endMs: 2_000 } });
  });

  it("is placed under the flow's name, or its own", () => {
    const parent = flow("parent", () => {
      flowRun(loadRegion)({ region: "eu" });
      flowRun("us", loadRegion)({ region: "us" });
      flowRun("by-name", "other")({ any: 1 });
      flowRun("plain")();
    });
    expect(parent.spec.nodes.map((node) => [node.id, node.kind === "task" && node.details["flow"]])).toEqual([
      ["shop-load-region", "shop/load-region"],
      ["us", "shop/load-region"],
      ["by-name", "other"],
      ["plain", "plain"],
    ]);
  });

  it("is refused when it does not say which", () => {
    expect(() => flowRun({} as never)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });
});
