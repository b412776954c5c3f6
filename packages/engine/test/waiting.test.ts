import { describe, expect, test } from "vitest";
import { failure, lost, type Play, yieldForRun, yieldUntil } from "./stage/calls.ts";
import { flowOf, PARAMS } from "./stage/sketch.ts";
import { openStage } from "./stage/stage.ts";

const HOUR = 3_600_000;

describe("a task that gives its worker back until an instant", () => {
  const flows = [
    flowOf("flow", (flow) => flow.task("poll", { retries: 1, policies: { pools: [{ pool: "db", slots: 1 }] } })),
  ];

  test("goes on then with what it carried, and spends no retry", async () => {
    const seen: unknown[] = [];
    const stage = await openStage({
      flows,
      plays: {
        poll: ({ resumed, number }) => {
          seen.push([number, resumed]);
          const carry = (resumed?.carry as number | undefined) ?? 0;
          return carry === 2 ? "ready" : yieldUntil(stage.clock.now() + HOUR, carry + 1);
        },
      },
    });
    const before = stage.clock.now();
    const run = await stage.run("flow");
    expect(seen).toEqual([
      [1, null],
      [1, { carry: 1, resumes: 1, child: null }],
      [1, { carry: 2, resumes: 2, child: null }],
    ]);
    expect(stage.clock.now() - before).toBe(2 * HOUR);
    expect(run.task("poll")).toMatchObject({ state: "success", tries: 0, resumes: 2 });
    expect(run.attempts.map(({ state }) => state)).toEqual(["yielded", "yielded", "success"]);
    expect(run.events.map(({ type }) => type)).toEqual([
      "run.queued",
      "run.started",
      "task.started",
      "task.deferred",
      "task.resumed",
      "task.started",
      "task.deferred",
      "task.resumed",
      "task.started",
      "task.finished",
      "run.finished",
    ]);
  });

  test("holds no slot meanwhile", async () => {
    const stage = await openStage({
      flows: [
        ...flows,
        flowOf("other", (flow) => flow.task("quick", { policies: { pools: [{ pool: "db", slots: 1 }] } })),
      ],
      plays: { poll: ({ resumed }) => (resumed === null ? yieldUntil(stage.clock.now() + HOUR) : "done") },
    });
    const id = await stage.request("flow");
    await stage.quiet();
    expect((await stage.run("other")).state).toBe("success");
    expect((await stage.view(id)).states).toEqual({ poll: "deferred" });
    expect((await stage.settled(id)).state).toBe("success");
  });

  test("is told again what it carried when it fails after waiting", async () => {
    const seen: unknown[] = [];
    const stage = await openStage({
      flows,
      plays: {
        poll: ({ resumed, number }) => {
          seen.push(resumed?.carry);
          if (resumed === null) return yieldUntil(stage.clock.now() + HOUR, "carried");
          return number === 1 ? failure("once") : "done";
        },
      },
    });
    expect((await stage.run("flow")).state).toBe("success");
    expect(seen).toEqual([undefined, "carried", "carried"]);
  });

  test("goes on at once for an instant that has passed", async () => {
    const stage = await openStage({
      flows,
      plays: { poll: ({ resumed }) => (resumed === null ? yieldUntil(0) : "done") },
    });
    const before = stage.clock.now();
    expect((await stage.run("flow")).state).toBe("success");
    expect(stage.clock.now()).toBe(before);
  });
});

describe("a task that waits for a run", () => {
  const flows = [
    flowOf("parent", (flow) => flow.task("ask", { input: PARAMS, retries: 1 })),
    flowOf("child", (flow) => flow.task("answer", { input: PARAMS }), { hooks: ["success"] }),
  ];
  const ask: Play = ({ resumed }) => (resumed === null ? yieldForRun("child", { of: 1 }) : resumed.child);

  test("gets what the run came to", async () => {
    const stage = await openStage({ flows, plays: { ask, answer: ({ input }) => ({ given: input }) } });
    const run = await stage.run("parent", { window: { startMs: 1_000, endMs: 2_000 } });
    expect(await run.output()).toEqual({ state: "success", output: { given: { of: 1 } } });
    const { childRun } = run.task("ask");
    const child = await stage.view(childRun as NonNullable<typeof childRun>);
    expect(child.row).toMatchObject({
      trigger: { kind: "flow_run", run: run.id, node: 0, item: "" },
      window: { startMs: 1_000, endMs: 2_000 },
      settled: true,
    });
  });

  test("goes on as well when the run has failed, or was cancelled", async () => {
    const stage = await openStage({
      flows,
      plays: { ask, answer: ({ hang, order }) => (order.window.startMs === 1 ? hang() : failure("no")) },
    });
    const failed = await stage.run("parent");
    expect(await failed.output()).toEqual({ state: "failed", output: null });
    const id = await stage.request("parent", { window: { startMs: 1, endMs: 2 } });
    await stage.quiet();
    const { childRun } = (await stage.view(id)).task("ask");
    await stage.cancel(childRun as NonNullable<typeof childRun>);
    expect(await (await stage.settled(id)).output()).toEqual({ state: "cancelled", output: null });
  });

  test("is told of it again when its own process dies afterwards, also by a new leader", async () => {
    let asked = 0;
    const seen: unknown[] = [];
    const stage = await openStage({
      flows,
      plays: {
        ask: (call) => {
          asked += 1;
          if (call.resumed !== null) seen.push(call.resumed.child);
          if (asked === 2) return lost();
          return asked === 3 ? call.hang() : ask(call);
        },
      },
    });
    const id = await stage.request("parent");
    await stage.quiet();
    await stage.crash();
    expect((await stage.settled(id)).state).toBe("success");
    expect(seen).toEqual([1, 2, 3].map(() => ({ state: "success", output: "answer" })));
    expect(await stage.place.store.history.listRuns({ limit: 9 })).toHaveLength(2);
  });

  test("goes on while hooks of the run still run, also after a restart", async () => {
    const stage = await openStage({ flows, plays: { ask, "child on success": ({ hang }) => hang() } });
    const id = await stage.request("parent");
    await stage.quiet();
    const run = await stage.view(id);
    expect(run.state).toBe("success");
    const child = await stage.view(run.task("ask").childRun as typeof id);
    expect([child.state, child.row.settled]).toEqual(["success", false]);
    await stage.crash();
    await stage.quiet();
    expect((await stage.view(child.id)).tasks["child on success"]?.state).toBe("running");
  });

  test("fails with a flow that is not there", async () => {
    const stage = await openStage({ flows, plays: { ask: () => yieldForRun("nobody") } });
    expect((await stage.run("parent")).task("ask").error).toMatchObject({ code: "UNKNOWN_FLOW" });
  });

  test("takes the run with it when its own time is over", async () => {
    const stage = await openStage({
      flows: [
        flowOf("parent", (flow) => flow.task("ask", { policies: { totalTimeoutMs: HOUR } })),
        flowOf("child", (flow) => flow.task("slow")),
      ],
      plays: { ask, slow: ({ hang }) => hang() },
    });
    const run = await stage.run("parent");
    expect(run.task("ask")).toMatchObject({ state: "failed", error: { code: "TIMEOUT" } });
    const child = await stage.settled(run.task("ask").childRun as typeof run.id);
    expect(child.state).toBe("cancelled");
  });
});
