import { describe, expect, test } from "vitest";
import { failure } from "./stage/calls.ts";
import { flowOf } from "./stage/sketch.ts";
import { openStage } from "./stage/stage.ts";

describe("a run", () => {
  test("hands outputs on, and gives what the flow returns", async () => {
    const stage = await openStage({
      flows: [
        flowOf("sum", (flow) => {
          const numbers = flow.task("numbers");
          const total = flow.task("total", {
            input: { numbers, first: numbers.at("list", 0), missing: numbers.at("x") },
          });
          return { total, again: [total, 1] };
        }),
      ],
      plays: {
        numbers: () => ({ list: [1n, 2n] }),
        total: ({ input }) => {
          const { numbers, first } = input as { numbers: { list: bigint[] }; first: bigint };
          return numbers.list.reduce((sum, one) => sum + one, first);
        },
      },
    });
    const run = await stage.run("sum");
    expect(run.states).toEqual({ numbers: "success", total: "success" });
    expect(await run.output("total")).toBe(4n);
    expect(await run.output()).toEqual({ total: 4n, again: [4n, 1] });
    expect(run.state).toBe("success");
  });

  test("fails with a leaf, and what waits for a failure is upstream_failed", async () => {
    const stage = await openStage({
      flows: [
        flowOf("chain", (flow) => {
          const bad = flow.task("bad");
          flow.task("next", { input: bad });
          flow.task("good");
        }),
      ],
      plays: { bad: () => failure("no") },
    });
    const run = await stage.run("chain");
    expect(run.states).toEqual({ bad: "failed", next: "upstream_failed", good: "success" });
    expect(run.state).toBe("failed");
    expect(run.task("bad").error?.message).toBe("no");
  });
});
