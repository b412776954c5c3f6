import type { CachePolicy } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { failure, type Play } from "./stage/calls.ts";
import { flowOf, PARAMS } from "./stage/sketch.ts";
import { openStage, type Stage } from "./stage/stage.ts";

const HOUR = 3_600_000;
const FOR_EVER: CachePolicy = { expiresMs: null, customKey: false, salt: "" };

function cachedFlow(cache: CachePolicy = FOR_EVER) {
  return flowOf("flow", (flow) => {
    const made = flow.task("make", { input: PARAMS.at("of"), policies: { cache }, hooks: ["success"] });
    return flow.task("use", { input: { made } });
  });
}

const PLAYS: Readonly<Record<string, Play>> = { make: ({ input }) => ({ from: input }), use: ({ input }) => input };

async function makes(stage: Stage, params: unknown): Promise<boolean> {
  const before = stage.started.filter((label) => label === "make").length;
  const run = await stage.run("flow", { params });
  expect(run.state).toBe("success");
  expect(await run.output()).toEqual({ made: { from: (params as { of: unknown }).of } });
  const isMade = stage.started.filter((label) => label === "make").length > before;
  expect(run.task("make").cached).toBe(!isMade);
  return isMade;
}

describe("a cached task", () => {
  test("is not run again for the same input, and its output is the run's own", async () => {
    const stage = await openStage({ flows: [cachedFlow()], plays: PLAYS });
    expect(await makes(stage, { of: { a: [1n] } })).toBe(true);
    expect(await makes(stage, { of: { a: [1n] }, other: 1 })).toBe(false);
    expect(await makes(stage, { of: { a: [2n] } })).toBe(true);
    const last = await stage.run("flow", { params: { of: { a: [2n] } } });
    expect(last.attempts.map(({ node, hook }) => `${node} ${hook}`).sort()).toEqual(["0 success", "1 "]);
    const finished = last.events.find(({ type, node }) => type === "task.finished" && node === 0);
    expect(JSON.parse(finished?.data ?? "")).toEqual({ state: "success", cached: true });
  });

  test("is run again when its entry is too old", async () => {
    const stage = await openStage({ flows: [cachedFlow({ ...FOR_EVER, expiresMs: HOUR })], plays: PLAYS });
    expect(await makes(stage, { of: 1 })).toBe(true);
    stage.clock.advanceBy(HOUR);
    expect(await makes(stage, { of: 1 })).toBe(false);
    stage.clock.advanceBy(1);
    expect(await makes(stage, { of: 1 })).toBe(true);
    expect(await makes(stage, { of: 1 })).toBe(false);
  });

  test("is run again when its salt or its code has changed, and not for a new version alone", async () => {
    const stage = await openStage({ flows: [cachedFlow()], plays: PLAYS });
    expect(await makes(stage, { of: 1 })).toBe(true);
    await stage.activate(2, [cachedFlow()], "code 1");
    expect(await makes(stage, { of: 1 })).toBe(false);
    await stage.activate(3, [cachedFlow({ ...FOR_EVER, salt: "v2" })], "code 1");
    expect(await makes(stage, { of: 1 })).toBe(true);
    await stage.activate(4, [cachedFlow({ ...FOR_EVER, salt: "v2" })], "code 4");
    expect(await makes(stage, { of: 1 })).toBe(true);
  });

  test("goes by the author's key where there is one", async () => {
    const stage = await openStage({
      flows: [cachedFlow({ ...FOR_EVER, customKey: true })],
      plays: { make: ({ input }) => (input as { day: string }).day },
      functions: { cacheKey: (input) => (input as { day: string }).day },
    });
    const first = await stage.run("flow", { params: { of: { day: "monday", noise: 1 } } });
    const second = await stage.run("flow", { params: { of: { day: "monday", noise: 2 } } });
    expect([first, second].map((run) => run.task("make").cached)).toEqual([false, true]);
  });

  test("fails with the author's key", async () => {
    const stage = await openStage({
      flows: [cachedFlow({ ...FOR_EVER, customKey: true })],
      functions: {
        cacheKey: () => {
          throw new TypeError("no key");
        },
      },
    });
    const run = await stage.run("flow", { params: { of: 1 } });
    expect(run.task("make")).toMatchObject({ state: "failed", error: { name: "TypeError", message: "no key" } });
  });

  test("leaves no entry when it fails", async () => {
    let tries = 0;
    const stage = await openStage({
      flows: [cachedFlow()],
      plays: {
        ...PLAYS,
        make: ({ input }) => {
          tries += 1;
          return tries === 1 ? failure("no") : { from: input };
        },
      },
    });
    expect((await stage.run("flow", { params: { of: 1 } })).state).toBe("failed");
    expect(await makes(stage, { of: 1 })).toBe(true);
    expect(await makes(stage, { of: 1 })).toBe(false);
  });

  test.each(["gone", "survives"] as const)(
    "leaves its entry when a new leader takes over (workers: %s)",
    async (workers) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const stage = await openStage({
        flows: [cachedFlow()],
        plays: {
          make: async ({ input, hang }) => {
            await Promise.race([hang(), promise]);
            return { from: input };
          },
          use: ({ input }) => input,
        },
      });
      const id = await stage.request("flow", { params: { of: 1 } });
      await stage.quiet();
      await stage.crash(workers);
      await stage.quiet();
      resolve();
      expect((await stage.settled(id)).state).toBe("success");
      expect(await makes(stage, { of: 1 })).toBe(false);
    },
  );
});
