import { type EnginePorts, explainStored } from "@millrace/engine";
import { describe, expect, test } from "vitest";
import { failure, yieldForRun, yieldUntil } from "./stage/calls.ts";
import { flowOf } from "./stage/sketch.ts";
import { openStage, type Stage } from "./stage/stage.ts";

const HOUR = 3_600_000;

/** A stage on which everything waits for something else. */
async function everythingWaits(): Promise<Stage> {
  const db = [{ pool: "db", slots: 1 }];
  return openStage({
    flows: [
      flowOf("flow", (flow) => {
        const runs = flow.task("runs", { policies: { pools: db, priority: 9 } });
        const blocked = flow.task("blocked", { policies: { pools: db } });
        flow.task("later", { input: { blocked } });
        flow.task("retries", { retries: 1 });
        flow.task("sleeps");
        flow.task("asks");
        flow.task("next", { input: { runs } });
        flow.map("map", { list: [1, 2, 3] }, (item) =>
          flow.task("map[]/item", { input: { item }, policies: { concurrency: 1, priority: 8 } }),
        );
        flow.when("when", runs, { yes: () => flow.task("inside") });
      }),
      flowOf("child", (flow) => flow.task("slow")),
      flowOf("single", (flow) => flow.task("only"), { policies: { concurrency: 1 } }),
    ],
    plays: {
      runs: ({ hang }) => hang(),
      slow: ({ hang }) => hang(),
      only: ({ hang }) => hang(),
      "map[]/item": ({ hang, label }) => (label === "map[0]/item" ? "done" : hang()),
      retries: () => failure("the shop is closed"),
      sleeps: () => yieldUntil(stageNow + 2 * HOUR),
      asks: () => yieldForRun("child"),
    },
  });
}
const stageNow = Date.UTC(2026, 0, 1);

/** What a process that does not lead hands in. */
function portsOf({ clock, definitions, executor, place }: Stage): EnginePorts {
  const { store, artifacts } = place;
  const leadership = {
    epoch: 0 as never,
    isTrusted: () => false,
    lost: new Promise<never>(() => undefined),
    release: async () => {},
  };
  return { clock, definitions, executor, store, artifacts, leadership, chance: () => 0, soon: setImmediate };
}

describe("why", () => {
  test("names what each task run waits for", async () => {
    const stage = await everythingWaits();
    const id = await stage.request("flow");
    await stage.quiet();
    const child = (await stage.view(id)).task("asks").childRun;
    const expected = {
      runs: "runs for 0 ms, attempt 1",
      blocked: "waits for a slot: 1 of 1 of the pool db are taken, by runs",
      retries: "tries again in 1.0 s, after: the shop is closed",
      sleeps: "waits until an instant in 2h 00m",
      asks: `waits for run ${child} to end`,
      later: "waits for blocked (queued)",
      next: "waits for runs (running)",
      map: "1 of 3 items have ended",
      "map[1]/item": "runs for 0 ms, attempt 1",
      "map[2]/item": "waits for a slot: 1 of 1 of the concurrency of flow/map[]/item are taken, by map[1]/item",
      when: "waits for runs (running)",
      inside: "waits for when to choose an arm",
    };
    expect(stage.why(id)).toEqual(expected);
    const stored = await explainStored(portsOf(stage), { db: 1 }, id);
    expect(Object.fromEntries(stored.map(({ label, reason }) => [label, reason]))).toEqual(expected);
    expect(stage.clock.waiting).toBe(2);
  });

  test("names the runs that a queued run waits for", async () => {
    const stage = await everythingWaits();
    const first = await stage.request("single");
    const second = await stage.request("single");
    expect(stage.why(second)).toEqual({ single: `waits for its turn: 1 at once, and ${first} is running` });
  });

  test("says when all workers are busy, and when an attempt is being stopped", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          flow.task("slow");
          flow.task("waits");
        }),
      ],
      plays: { slow: ({ hang }) => hang() },
      capacity: 1,
      wrapExecutor: (executor) =>
        Object.assign(Object.create(executor) as typeof executor, {
          capacity: 1,
          start: executor.start.bind(executor),
          startAttempt: executor.startAttempt.bind(executor),
          alive: executor.alive.bind(executor),
          acknowledge: executor.acknowledge.bind(executor),
          cancelAttempt: () => {},
        }),
    });
    const id = await stage.request("flow");
    await stage.quiet();
    stage.clock.advanceBy(90_000);
    expect(stage.why(id)).toEqual({
      slow: "runs for 1m 30s, attempt 1",
      waits: "waits for a worker: all 1 are busy",
    });
    await stage.cancel(id);
    expect(stage.why(id)).toEqual({ slow: "runs for 1m 30s, attempt 1, and is being stopped" });
  });

  test("is empty for a run that is over or unknown", async () => {
    const stage = await openStage({ flows: [flowOf("flow", (flow) => flow.task("task"))] });
    const run = await stage.run("flow");
    expect(stage.why(run.id)).toEqual({});
  });

  test("counts what it does not list", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => {
          const slow = flow.task("slow");
          for (let one = 0; one < 500; one += 1) flow.task(`next${one}`, { after: [slow] });
        }),
      ],
      plays: { slow: ({ hang }) => hang() },
    });
    const id = await stage.request("flow");
    await stage.quiet();
    const reasons = stage.engine.why(id);
    expect(reasons).toHaveLength(201);
    expect(reasons.at(-1)).toEqual({ label: "301 more", state: "pending", reason: "have not begun" });
  });

  test("explains from the store a task that waits for a run that nobody has made yet", async () => {
    const stage: Stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("asks")), flowOf("child", (flow) => flow.task("slow"))],
      plays: { asks: () => yieldForRun("child") },
      commits: {
        commit: async (changes, really) => {
          await really();
          if (!changes.taskRuns.some(({ state }) => state === "deferred")) return;
          stage.frozen = true;
          await new Promise<never>(() => {});
        },
      },
    });
    const id = await stage.request("flow");
    await expect(stage.quiet()).rejects.toThrow();
    expect(await explainStored(portsOf(stage), {}, id)).toEqual([
      { label: "asks", state: "deferred", reason: "waits for run of child to end" },
    ]);
  });
});
