import { MillraceError, type RunId } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { flowOf } from "./stage/sketch.ts";
import { Frozen, openStage, type Stage } from "./stage/stage.ts";

const SECOND = 1_000;

describe("an attempt whose start was written, though its commit failed", () => {
  /** Fails the commit that starts the task, after it was written. */
  function failingStart(): (changes: { readonly attempts: readonly { readonly state: string }[] }) => boolean {
    let left = 1;
    return ({ attempts }) => {
      if (!attempts.some(({ state }) => state === "starting") || left === 0) return false;
      left -= 1;
      return true;
    };
  }

  test("is tried anew, also where a task must not run twice: nobody had heard of it", async () => {
    const fails = failingStart();
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("careful", { policies: { onLost: "fail" } }))],
      commits: {
        commit: async (changes, really) => {
          await really();
          if (fails(changes)) throw new MillraceError("STORE_FAILED", "the answer was lost");
        },
      },
    });
    const run = await stage.run("flow");
    expect(run.states).toEqual({ careful: "success" });
    expect(run.attempts.map(({ number, state }) => [number, state])).toEqual([
      [1, "lost"],
      [2, "success"],
    ]);
    expect(stage.started).toEqual(["careful"]);
  });

  test("may have run when it is another leader that finds it", async () => {
    const fails = failingStart();
    const stage: Stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("careful", { policies: { onLost: "fail" } }))],
      commits: {
        commit: async (changes, really) => {
          await really();
          if (!fails(changes)) return;
          stage.frozen = true;
          await new Promise<never>(() => {});
        },
      },
    });
    await expect(stage.request("flow")).rejects.toThrow(Frozen);
    await stage.crash();
    const [run] = await stage.place.store.history.listRuns({ limit: 1 });
    expect((await stage.settled(run?.id as RunId)).task("careful")).toMatchObject({
      state: "failed",
      error: { code: "PROCESS_DIED" },
    });
  });
});

describe("the total timeout of a task that waits for its first attempt", () => {
  const late = { policies: { totalTimeoutMs: 10 * SECOND } };

  test.each<[string, string, number, Build]>([
    ["of a task without upstreams", "late", 10, (flow) => flow.task("late", late)],
    [
      "of a task that waited for another",
      "late",
      13,
      (flow) => flow.task("late", { ...late, after: [flow.task("first")] }),
    ],
    [
      "of an item",
      "each[1]/late",
      13,
      (flow) => flow.map("each", { list: flow.task("first") }, () => flow.task("each[]/late", late)),
    ],
    [
      "of a task of an arm",
      "late",
      13,
      (flow) => flow.when("is", flow.task("first"), { yes: () => flow.task("late", late) }),
    ],
  ])("goes on where it was after a restart: %s", async (_of, label, seconds, build) => {
    const first = Promise.withResolvers<readonly number[]>();
    const stage = await openStage({
      flows: [flowOf("hogs", (flow) => flow.task("hog"), { policies: { priority: 9 } }), flowOf("waits", build)],
      plays: { hog: ({ hang }) => hang(), first: () => first.promise },
      capacity: 1,
    });
    const begins = stage.clock.now();
    if (seconds === 10) await stage.request("hogs");
    const run = await stage.request("waits");
    // The one worker is taken before `late` can have it, by what is more important.
    if (seconds !== 10) await stage.request("hogs");
    stage.clock.advanceBy(3 * SECOND);
    first.resolve([1, 2]);
    await stage.quiet();
    stage.clock.advanceBy(4 * SECOND);
    await stage.crash("survives");
    const view = await stage.settled(run);
    expect(view.row.createdAtMs).toBe(begins);
    expect(view.task(label)).toMatchObject({ state: "failed", error: { code: "TIMEOUT" }, startedAtMs: null });
    expect((view.task(label).endedAtMs ?? 0) - begins).toBe(seconds * SECOND);
    expect(stage.started).not.toContain("late");
  });
});

describe("after a restart", () => {
  const policies = { totalTimeoutMs: 10 * SECOND };

  test("a task run whose total timeout is over is not begun again", async () => {
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("slow", { policies }))],
      plays: { slow: ({ hang }) => hang() },
    });
    const run = await stage.request("flow");
    stage.clock.advanceBy(60 * SECOND);
    await stage.crash();
    expect((await stage.settled(run)).task("slow")).toMatchObject({ state: "failed", error: { code: "TIMEOUT" } });
    expect(stage.started).toEqual(["slow"]);
  });

  test.each(["onLost", "totalTimeoutMs"])(
    "a run that was being cancelled is cancelled, whatever its %s",
    async (name) => {
      const stage = await openStage({
        flows: [flowOf("flow", (flow) => flow.task("slow", { policies: { ...policies, onLost: "fail" } }))],
        plays: { slow: ({ hang }) => hang() },
        // Nobody is told to stop: the attempts live until the crash.
        wrapExecutor: (executor) => Object.assign(executor, { cancelAttempt: () => {} }),
      });
      const run = await stage.request("flow");
      await stage.cancel(run);
      await stage.quiet();
      if (name === "totalTimeoutMs") stage.clock.advanceBy(60 * SECOND);
      await stage.crash();
      const { state, states } = await stage.settled(run);
      expect({ state, ...states }).toEqual({ state: "cancelled", slow: "cancelled" });
    },
  );
});

type Build = Parameters<typeof flowOf>[1];
