import { refusalOf } from "@millrace/core";
import { describe, expect, test } from "vitest";
import type { Play } from "./stage/calls.ts";
import { flowOf } from "./stage/sketch.ts";
import { openStage, type Stage } from "./stage/stage.ts";

const hang: Play = ({ hang: forever }) => forever();
const DB = [{ pool: "db", slots: 1 }];

/** A flow of tasks that never end and want a slot of the pool. */
function crowd(size: number) {
  return flowOf("crowd", (flow) => {
    for (let one = 0; one < size; one += 1) flow.task(`task${one}`, { policies: { pools: DB } });
  });
}

const HANG_ALL = Object.fromEntries(Array.from({ length: 9 }, (_, one) => [`task${one}`, hang]));

async function setPool(stage: Stage, slots: number, id?: string): Promise<void> {
  const answer = await stage.submit({ kind: "set_pool", pool: "db", slots, description: null }, id);
  if (!answer.ok) throw refusalOf(answer.error);
  await stage.quiet();
}

describe("the size of a pool", () => {
  test("counts at once, keeps after a restart, and is taken back for what the configuration says", async () => {
    const stage = await openStage({ flows: [crowd(9)], plays: HANG_ALL, pools: { db: 1 } });
    await stage.request("crowd");
    await stage.quiet();
    expect(stage.executor.alive()).toHaveLength(1);
    await setPool(stage, 3);
    expect(stage.executor.alive()).toHaveLength(3);
    await setPool(stage, 0);
    expect(stage.executor.alive()).toHaveLength(3);
    await setPool(stage, 4);
    expect(stage.executor.alive()).toHaveLength(4);
    await stage.crash();
    await stage.quiet();
    expect(stage.executor.alive()).toHaveLength(4);
    await stage.submit({ kind: "delete_pool", pool: "db" });
    expect(stage.engine.pools(2)).toMatchObject([
      { name: "db", slots: 1, used: 4, source: "config", waiting: 5, waiters: [{ task: "task4" }, { task: "task5" }] },
    ]);
  });

  test("is set once, however often its command comes", async () => {
    const stage = await openStage({ flows: [crowd(9)], plays: HANG_ALL, pools: { db: 1 } });
    await setPool(stage, 3, "the command");
    await setPool(stage, 2);
    await setPool(stage, 3, "the command");
    expect(stage.engine.pools(0)).toMatchObject([{ slots: 2, source: "set" }]);
  });

  test.each([false, true])("is what the store says after a commit that failed (written: %s)", async (written) => {
    let failures = 1;
    const stage = await openStage({
      flows: [crowd(9)],
      plays: HANG_ALL,
      pools: { db: 1 },
      commits: {
        commit: async (changes, really) => {
          const fails = changes.pools.length > 0 && failures > 0;
          if (!fails) return really();
          failures -= 1;
          if (written) await really();
          throw new Error("the answer was lost");
        },
      },
    });
    await stage.request("crowd");
    await setPool(stage, 5);
    expect(failures).toBe(0);
    expect(stage.executor.alive()).toHaveLength(5);
    expect(await stage.place.store.limits.listPools()).toMatchObject([{ name: "db", slots: 5, setBy: "test" }]);
  });

  test("is refused when it is none, and when there is none to take back", async () => {
    const stage = await openStage({ flows: [crowd(1)], pools: { db: 1 } });
    for (const slots of [-1, 1.5]) {
      expect(await stage.submit({ kind: "set_pool", pool: "db", slots, description: null })).toMatchObject({
        ok: false,
        error: { code: "USAGE" },
      });
    }
    expect(await stage.submit({ kind: "delete_pool", pool: "db" })).toMatchObject({
      ok: false,
      error: { code: "UNKNOWN_POOL" },
    });
  });

  test("keeps its slots with attempts that are adopted, and gets back those of the lost", async () => {
    const stage = await openStage({ flows: [crowd(9)], plays: HANG_ALL, pools: { db: 2 } });
    await stage.request("crowd");
    await stage.quiet();
    const before = stage.executor.alive();
    await stage.crash("survives");
    await stage.quiet();
    expect(stage.executor.alive()).toEqual(before);
    await stage.crash();
    await stage.quiet();
    expect(stage.executor.alive()).toHaveLength(2);
    expect(stage.engine.pools(9)[0]).toMatchObject({ used: 2, waiting: 7 });
  });
});

describe("a limit per key", () => {
  test("holds for each key by itself, over runs and restarts", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => flow.task("task0", { policies: { concurrency: 1, concurrencyKey: 0 } }), {
          policies: { taskKeys: 1 },
        }),
      ],
      plays: HANG_ALL,
      functions: { taskKeys: (_flow, params) => [(params as { shop: string }).shop] },
    });
    const ids = [];
    for (const shop of ["a", "a", "b"]) ids.push(await stage.request("flow", { params: { shop } }));
    await stage.quiet();
    expect(stage.executor.alive()).toHaveLength(2);
    await stage.crash();
    await stage.quiet();
    expect(stage.executor.alive()).toHaveLength(2);
    const [first, second] = ids;
    expect(stage.why(second as typeof first & string)["task0"]).toBe(
      `waits for a slot: 1 of 1 of the concurrency of flow/task0 for a are taken, by task0 of flow ${first}`,
    );
    await stage.cancel(first as typeof first & string);
    await stage.quiet();
    expect(stage.executor.alive()).toHaveLength(2);
  });
});

describe("a rate", () => {
  const rateLimit = { limit: 6, perMs: 60_000, burst: 2 };

  function rated(size: number) {
    return flowOf("rated", (flow) => {
      flow.map("map", { list: Array.from({ length: size }, (_, at) => at) }, () =>
        flow.task("map[]", { policies: { rateLimit } }),
      );
    });
  }

  test("spaces starts evenly after the burst, and says when the next comes", async () => {
    const stage = await openStage({ flows: [rated(5)], capacity: 20 });
    const began = stage.clock.now();
    const id = await stage.request("rated");
    await stage.quiet();
    expect(stage.started).toHaveLength(2);
    expect(stage.why(id)["map[2]"]).toBe(
      "waits for the rate of rated/map[], 6 in 1m 00s: the next may start in 10.0 s",
    );
    expect((await stage.settled(id)).state).toBe("success");
    expect(stage.clock.now() - began).toBe(30_000);
  });

  test("has no second burst under another leader", async () => {
    const stage = await openStage({ flows: [rated(5)], capacity: 20 });
    const began = stage.clock.now();
    const id = await stage.request("rated");
    await stage.quiet();
    await stage.crash();
    await stage.quiet();
    expect(stage.started).toHaveLength(2);
    expect((await stage.settled(id)).state).toBe("success");
    expect(stage.clock.now() - began).toBe(30_000);
  });

  test("of a pool is shared by all who take slots of it", async () => {
    const both = flowOf("both", (flow) => {
      for (let one = 0; one < 4; one += 1) flow.task(`task${one}`, { policies: { pools: DB } });
    });
    const stage = await openStage({ flows: [both], pools: { db: { slots: 4, rate: rateLimit, description: null } } });
    const began = stage.clock.now();
    expect((await stage.run("both")).state).toBe("success");
    expect(stage.clock.now() - began).toBe(20_000);
  });
});

describe("processors and memory", () => {
  const GiB = 1024 ** 3;
  const needs = (cpuMillis: number, memoryBytes = 0) => ({ policies: { resources: { cpuMillis, memoryBytes } } });

  test("are claimed by those who run, and what a run could never have is refused", async () => {
    const stage = await openStage({
      flows: [
        flowOf("fits", (flow) => {
          flow.task("task0", needs(1_500, GiB));
          flow.task("task1", needs(500, GiB));
          flow.task("task2", needs(500));
        }),
        flowOf("large", (flow) => flow.task("huge", needs(2_001))),
      ],
      plays: HANG_ALL,
      resources: { cpuMillis: 2_000, memoryBytes: 4 * GiB },
    });
    const id = await stage.request("fits");
    await stage.quiet();
    expect(stage.why(id)).toMatchObject({
      task2: "waits for 0.5 processors: 2 of 2 are claimed, by task0, task1",
    });
    await expect(stage.request("large")).rejects.toMatchObject({
      code: "TASK_TOO_LARGE",
      message: "The task huge of large needs 2.001 processors, and there are 2 processors.",
    });
  });
});

test("a run's class is its own, that of the runs it asks for, and that of its reruns", async () => {
  const stage = await openStage({ flows: [flowOf("flow", (flow) => flow.task("task"))] });
  const run = await stage.run("flow", { class: "backfill" });
  expect(run.row.class).toBe("backfill");
  const again = await stage.settled(await stage.rerun(run.id, { kind: "all" }));
  expect(again.row.class).toBe("backfill");
  expect((await stage.run("flow")).row.class).toBe("live");
});
