import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { wait } from "../../src/kinds/wait/wait.ts";
import { type } from "../../src/schema/type.ts";
import type { TaskContext } from "../../src/task/context.ts";
import { type Deferred, isDeferred } from "../../src/task/defer.ts";
import { isNonRetryable } from "../../src/task/failures.ts";
import { recordedContext } from "./attempt-context.ts";
import { temporaryFolders, writeTree } from "./temporary-folder.ts";

const folder = temporaryFolders();

/** A task that waits, as the engine sees it: each call is an attempt. */
interface Waiting<In> {
  run(input: In, context: TaskContext): Promise<unknown>;
}

function deferredFor(value: unknown): { readonly atMs: number; readonly carry: unknown } {
  if (!isDeferred(value) || value.until.kind !== "time") throw new Error(`not deferred: ${String(value)}`);
  return { atMs: value.until.resumeAtMs, carry: value.carry };
}

/** Resumes a task each time at the instant it asked for, on a clock that runs ahead of this machine's. */
async function untilDone<In>(
  task: Waiting<In>,
  input: In,
  projectDir = process.cwd(),
): Promise<{ value: unknown; looks: number }> {
  let resumed: TaskContext["resumed"] = null;
  for (let looks = 1; ; looks += 1) {
    const { context } = recordedContext({ projectDir, resumed });
    const value = await task.run(input, context);
    if (!isDeferred(value)) return { value, looks };
    const { carry } = value as Deferred;
    resumed = { carry, resumes: looks, waitingSince: new Date(), run: null, decision: null };
  }
}

describe("waiting for a time", () => {
  it("gives the worker back until the instant, and is done when it comes back", async () => {
    const instant = new Date(Date.now() + 3_600_000);
    const task = wait.until("six", instant);
    expect(deferredFor(await task.run(undefined, recordedContext().context)).atMs).toBe(instant.getTime());
    expect(await untilDone(task, undefined)).toEqual({ value: undefined, looks: 2 });
    expect(await untilDone(wait.until("past", "2020-01-01T00:00:00Z"), undefined)).toEqual({
      value: undefined,
      looks: 1,
    });
  });

  it("may take the instant from the input or the window", async () => {
    const { context } = recordedContext();
    const byInput = wait.until("due", ({ at }) => at, { input: type<{ at: string }>() });
    const text = new Date(Date.now() + 5_000).toISOString();
    expect(deferredFor(await byInput.run({ at: text }, context)).atMs).toBe(Date.parse(text));
    const byWindow = wait.until("due", (_, { window }) => window.end);
    expect(await byWindow.run(undefined, context)).toBeUndefined();
    await expect(byInput.run({ at: "tomorrow" }, context)).rejects.toMatchObject({ code: "INPUT_INVALID" });
  });

  it("lasts as long as was said, from its first attempt", async () => {
    const before = Date.now();
    const task = wait.for("settle", "10m");
    const { atMs } = deferredFor(await task.run(undefined, recordedContext().context));
    expect(atMs - before).toBeGreaterThanOrEqual(600_000);
    expect(atMs - Date.now()).toBeLessThanOrEqual(600_000);
    expect(await untilDone(task, undefined)).toEqual({ value: undefined, looks: 2 });
    expect((await untilDone(wait.for("none", 0), undefined)).looks).toBe(1);
    const byInput = wait.for("settle", ({ pause }) => pause, { input: type<{ pause: string }>() });
    expect((await untilDone(byInput, { pause: "1s" })).looks).toBe(2);
  });

  it("is refused for what is no time", () => {
    const refused = expect.objectContaining({ code: "INVALID_OPTION" });
    expect(() => wait.until("x", "2026-03-01 06:00")).toThrow(refused);
    expect(() => wait.until("x", new Date(Number.NaN))).toThrow(refused);
    expect(() => wait.for("x", "ten minutes")).toThrow(refused);
  });
});

describe("waiting for a condition", () => {
  it("asks at intervals until there is something, and gives it", async () => {
    let looks = 0;
    const task = wait.forCondition("ready", {
      check: async ({ wanted }, { params }) => {
        looks += 1;
        return looks < wanted ? null : { looks, params };
      },
      input: type<{ wanted: number }>(),
      every: "1m",
    });
    expect(await untilDone(task, { wanted: 3 })).toEqual({ value: { looks: 3, params: {} }, looks: 3 });
  });

  it("never looks again after its time is over", async () => {
    const never = wait.forCondition("ready", { check: () => false, every: "20m", timeout: "1h" });
    const error = await untilDone(never, undefined).then(
      () => expect.unreachable("it should have failed"),
      (failure) => failure,
    );
    expect(error).toMatchObject({ code: "WAIT_TIMEOUT", message: '"ready" has waited 1h 00m for what did not come.' });
    expect(isNonRetryable(error)).toBe(true);
    const goOn = wait.forCondition("ready", { check: () => false, every: "25m", timeout: "1h", onTimeout: "continue" });
    // After 0, 25, 50 and, for the last time, 60 minutes.
    expect(await untilDone(goOn, undefined)).toEqual({ value: null, looks: 4 });
  });

  it("keeps its deadline from one look to the next", async () => {
    const { context } = recordedContext();
    const task = wait.forCondition("ready", { check: () => false, every: "40m", timeout: "1h" });
    const first = deferredFor(await task.run(undefined, context));
    const resumed = { carry: first.carry, resumes: 1, waitingSince: new Date(), run: null, decision: null };
    const second = deferredFor(await task.run(undefined, recordedContext({ resumed }).context));
    expect(second.atMs).toBe((first.carry as { deadlineMs: number }).deadlineMs);
    expect(second.atMs - first.atMs).toBeLessThanOrEqual(20 * 60_000);
  });

  it("fails as its function does", async () => {
    const { context } = recordedContext();
    const task = wait.forCondition("ready", {
      check: () => {
        throw new Error("the service is down");
      },
    });
    await expect(task.run(undefined, context)).rejects.toThrow("the service is down");
  });

  it("is refused without a function, or without a pause", () => {
    const refused = expect.objectContaining({ code: "INVALID_OPTION" });
    expect(() => wait.forCondition("x", {} as never)).toThrow(refused);
    expect(() => wait.forCondition("x", { check: () => true, every: 0 })).toThrow(refused);
    expect(() => wait.forCondition("x", { check: () => true, timeout: "-1h" })).toThrow(refused);
  });
});

describe("waiting for a file", () => {
  it("tells what it has found", async () => {
    const dir = folder();
    const task = wait.forFile("delivery", {
      path: ({ day }) => `in/${day}.csv`,
      input: type<{ day: string }>(),
      every: "1m",
    });
    const { context } = recordedContext({ projectDir: dir });
    const { atMs } = deferredFor(await task.run({ day: "1" }, context));
    expect(atMs).toBeGreaterThan(Date.now() + 50_000);
    writeTree(dir, { "in/1.csv": "a,b\n" });
    expect(await task.run({ day: "1" }, context)).toEqual({ path: "in/1.csv", bytes: 4, modifiedAt: expect.any(Date) });
  });

  it("leaves a file alone that may still be written", async () => {
    const dir = folder();
    writeTree(dir, { "a.csv": "half" });
    const { context } = recordedContext({ projectDir: dir });
    expect(isDeferred(await wait.forFile("x", { path: "a.csv", settled: "1h" }).run(undefined, context))).toBe(true);
    expect(await wait.forFile("x", { path: join(dir, "a.csv") }).run(undefined, context)).toMatchObject({ bytes: 4 });
  });

  it("gives up when its author said when", async () => {
    const dir = folder();
    const task = wait.forFile("x", { path: "no/such/file", every: "1m", timeout: "3m", onTimeout: "continue" });
    expect(await untilDone(task, undefined, dir)).toEqual({ value: null, looks: 4 });
    expect(() => wait.forFile("x", { path: "" })).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });
});
