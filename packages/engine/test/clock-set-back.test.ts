import { expect, test } from "vitest";
import { flowOf } from "./stage/sketch.ts";
import { openStage, tick } from "./stage/stage.ts";

const HOUR_MS = 3_600_000;

test("nothing takes less than no time, though the clock was set back while it ran", async () => {
  const goOn = Promise.withResolvers<void>();
  const stage = await openStage({
    flows: [flowOf("flow", (flow) => flow.task("next", { after: [flow.task("first")] }))],
    plays: { first: () => goOn.promise },
  });
  const run = await stage.request("flow");
  while (stage.started.length === 0) await tick();
  const startedAtMs = stage.clock.now();
  stage.clock.advanceBy(-HOUR_MS);
  goOn.resolve();
  await stage.settled(run);
  const { history } = stage.place.store;
  const row = await history.findRun(run);
  expect(row).toMatchObject({ state: "success", startedAtMs, endedAtMs: startedAtMs });
  const rows = [...(await history.listTaskRuns(run)), ...(await history.listAttempts(run))];
  expect(rows.map((one) => [one.node, (one.endedAtMs ?? 0) - (one.startedAtMs ?? 0)])).toEqual([
    [0, 0],
    [1, 0],
    [0, 0],
    [1, 0],
  ]);
});
