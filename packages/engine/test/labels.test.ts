import { expect, test } from "vitest";
import { flowOf } from "./stage/sketch.ts";
import { openStage } from "./stage/stage.ts";

test("a task that asks for labels tells its executor so, and its hooks do not", async () => {
  const seen: Record<string, unknown> = {};
  const stage = await openStage({
    flows: [
      flowOf("flow", (flow) => {
        flow.task("plain");
        flow.task("special", { policies: { workers: { gpu: "a100" } } });
      }),
    ],
    plays: {
      plain: ({ order }) => {
        seen["plain"] = order.workers;
      },
      special: ({ order }) => {
        seen["special"] = order.workers;
      },
    },
  });
  const run = await stage.request("flow");
  expect((await stage.settled(run)).state).toBe("success");
  expect(seen).toEqual({ plain: undefined, special: { gpu: "a100" } });
});
