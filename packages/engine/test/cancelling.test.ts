import type { Executor, FlowSpec } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { failure, type Play, yieldForRun, yieldUntil } from "./stage/calls.ts";
import { flowOf, type Sketch } from "./stage/sketch.ts";
import { Frozen, openStage, type Stage } from "./stage/stage.ts";

const HANG: Play = ({ hang }) => hang();

function flow(build: (flow: Sketch) => unknown): readonly FlowSpec[] {
  return [flowOf("flow", build)];
}

interface Case {
  readonly flows: readonly FlowSpec[];
  readonly plays: Readonly<Record<string, Play>>;
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

const CASES: Readonly<Record<string, Case>> = {
  "that runs": {
    flows: flow((build) => build.task("next", { after: [build.task("runs")] })),
    plays: { runs: HANG },
    before: { runs: "running" },
    after: { runs: "cancelled" },
  },
  "that waits for a pool": {
    flows: flow((build) => {
      build.task("first", { policies: { priority: 1, pools: [{ pool: "db", slots: 1 }] } });
      build.task("second", { policies: { pools: [{ pool: "db", slots: 1 }] } });
    }),
    plays: { first: HANG, second: HANG },
    before: { first: "running" },
    after: { first: "cancelled", second: "cancelled" },
  },
  "that waits to retry": {
    flows: flow((build) => build.task("flaky", { retries: 5 })),
    plays: { flaky: () => failure("no") },
    before: { flaky: "retry_wait" },
    after: { flaky: "cancelled" },
  },
  "that is deferred": {
    flows: flow((build) => build.task("later")),
    plays: { later: () => yieldUntil(Date.UTC(2100, 0)) },
    before: { later: "deferred" },
    after: { later: "cancelled" },
  },
  "with a map whose items run": {
    flows: flow((build) => build.map("map", { list: [1, 2, 3] }, () => build.task("map[]"))),
    plays: { "map[]": ({ label, hang }) => (label === "map[1]" ? "done" : hang()) },
    before: { map: "running", "map[0]": "running", "map[1]": "success", "map[2]": "running" },
    after: { map: "cancelled", "map[0]": "cancelled", "map[1]": "success", "map[2]": "cancelled" },
  },
  "in a branch": {
    flows: flow((build) =>
      build.when("when", build.task("condition"), { yes: () => build.task("yes"), no: () => build.task("no") }),
    ),
    plays: { yes: HANG },
    before: { condition: "success", when: "running", yes: "running", no: "skipped" },
    after: { condition: "success", when: "cancelled", yes: "cancelled", no: "skipped" },
  },
};

describe("cancelling a run", () => {
  test.each(Object.entries(CASES))("%s", async (_name, { flows, plays, before, after }) => {
    const stage = await openStage({ flows, plays });
    const id = await stage.request("flow");
    await stage.quiet();
    expect((await stage.view(id)).states).toEqual(before);
    await stage.cancel(id);
    const run = await stage.settled(id);
    expect(run.states).toEqual(after);
    expect(run.state).toBe("cancelled");
    expect(stage.executor.alive()).toEqual([]);
    expect(stage.engine.load).toEqual({ busy: 0, waiting: 0, runs: 0 });
    expect(stage.clock.waiting).toBe(0);
  });

  test("that waits for its turn", async () => {
    const stage = await openStage({
      flows: [flowOf("flow", (build) => build.task("slow"), { policies: { concurrency: 1 } })],
      plays: { slow: HANG },
    });
    const first = await stage.request("flow");
    const second = await stage.request("flow");
    const third = await stage.request("flow");
    await stage.cancel(second);
    expect((await stage.settled(second)).state).toBe("cancelled");
    await stage.cancel(first);
    await stage.quiet();
    expect((await stage.view(third)).state).toBe("running");
    // Who asked for it is told with it.
    const { events } = await stage.view(first);
    expect(events.find(({ type }) => type === "run.cancelling")?.data).toBe('{"by":"test"}');
  });

  test("cancels the run that it waits for, and what that waits for", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (build) => build.task("parent")),
        flowOf("middle", (build) => build.task("between")),
        flowOf("leaf", (build) => build.task("slow")),
      ],
      plays: { parent: () => yieldForRun("middle"), between: () => yieldForRun("leaf"), slow: HANG },
    });
    const id = await stage.request("flow");
    await stage.quiet();
    await stage.cancel(id);
    expect((await stage.settled(id)).state).toBe("cancelled");
    const runs = await stage.place.store.history.listRuns({ limit: 10 });
    expect(runs.map(({ flow: name, state, settled }) => [name, state, settled])).toEqual([
      ["leaf", "cancelled", true],
      ["middle", "cancelled", true],
      ["flow", "cancelled", true],
    ]);
  });

  test("lets an attempt that finishes first count", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const stage = await openStage({
      flows: flow((build) => build.task("next", { after: [build.task("quick")] })),
      plays: { quick: ({ hang }) => Promise.race([hang(), promise]) },
      wrapExecutor: (executor) =>
        new Proxy<Executor>(executor, {
          get: (target, name) => {
            if (name === "cancelAttempt") return () => resolve("done");
            const value: unknown = Reflect.get(target, name, target);
            return typeof value === "function" ? value.bind(target) : value;
          },
        }),
    });
    const id = await stage.request("flow");
    await stage.quiet();
    await stage.cancel(id);
    const run = await stage.settled(id);
    expect(run.states).toEqual({ quick: "success" });
    expect(run.state).toBe("cancelled");
  });

  test("is refused when the run is over or was never there", async () => {
    const stage = await openStage({ flows: flow((build) => build.task("quick")) });
    const run = await stage.run("flow");
    await expect(stage.cancel(run.id)).rejects.toMatchObject({ code: "RUN_FINISHED" });
    await expect(stage.cancel("01NONE" as typeof run.id)).rejects.toMatchObject({ code: "UNKNOWN_RUN" });
  });

  test("is told to the executor again by a new leader", async () => {
    let hasFrozen = false;
    const stage: Stage = await openStage({
      flows: flow((build) => build.task("slow")),
      plays: { slow: HANG },
      commits: {
        commit: async (changes, really) => {
          await really();
          if (hasFrozen || !changes.attempts.some(({ state }) => state === "stopping")) return;
          hasFrozen = true;
          stage.frozen = true;
          await new Promise<never>(() => {});
        },
      },
    });
    const id = await stage.request("flow");
    await stage.quiet();
    await expect(stage.cancel(id)).rejects.toThrow(Frozen);
    expect(stage.executor.alive()).toHaveLength(1);
    await stage.crash("survives");
    const { states, events } = await stage.settled(id);
    expect(states).toEqual({ slow: "cancelled" });
    expect(stage.executor.alive()).toEqual([]);
    expect(stage.started).toEqual(["slow"]);
    // That somebody asked for it is told once.
    const told = events.filter(({ type }) => type === "run.cancelling");
    expect(told.map(({ data }) => data)).toEqual(['{"by":"test"}']);
  });
});
