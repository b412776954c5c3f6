import { parseDuration } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  defer,
  deferForRun,
  defineTask,
  isDeferred,
  isNonRetryable,
  NonRetryableError,
  RetryAfterError,
  retryAfterMsOf,
  type TaskContext,
  type,
} from "../src/index.ts";
import { refused } from "./refused.ts";

const context = {} as TaskContext;

describe("schemas of a kind", () => {
  const double = defineTask({
    name: "double",
    taskKind: "mine",
    input: z.object({ n: z.coerce.number<string>() }),
    output: z.number().max(10),
    run: ({ n }) => n * 2,
  });

  test("make of the input what the work gets, and of what it returns the output", async () => {
    expect(await double.run({ n: "4" }, context)).toBe(8);
  });

  test("refuse wrong inputs and outputs in the worker, naming the fields", async () => {
    await expect(double.run({ n: "four" }, context)).rejects.toMatchObject({
      code: "INPUT_INVALID",
      message: expect.stringMatching(/^the input of task "double" is not what its schema takes:\nn: /),
    });
    await expect(double.run({ n: "6" }, context)).rejects.toMatchObject({ code: "OUTPUT_INVALID" });
  });

  test("leave a deferral alone", async () => {
    const waits = defineTask<undefined, number>({
      name: "waits",
      taskKind: "mine",
      output: z.number(),
      run: () => defer({ until: 5 }),
    });
    expect(isDeferred(await waits.run(undefined, context))).toBe(true);
  });

  test("that accept anything are not asked", async () => {
    const value = { any: Symbol("thing") };
    const same = defineTask({ name: "same", taskKind: "mine", input: type<object>(), run: (given) => given });
    expect(await same.run(value, context)).toBe(value);
  });
});

describe("deferring", () => {
  test("until an instant, or for a while", () => {
    const until = new Date("2026-05-01T00:00:00Z");
    expect(defer({ until, carry: { seen: 3 } })).toMatchObject({
      carry: { seen: 3 },
      until: { kind: "time", resumeAtMs: until.getTime() },
    });
    const before = Date.now();
    const { until: later } = defer({ until: parseDuration("1h") });
    expect(later.kind === "time" && later.resumeAtMs - before).toBeGreaterThanOrEqual(3_600_000);
    expect(() => defer({ until: new Date("never") })).toThrow(TypeError);
  });

  test("for a run of another flow", () => {
    const window = { start: new Date(1_000), end: new Date(2_000) };
    expect(deferForRun({ flow: "child", params: { n: 1 }, window }).until).toEqual({
      kind: "run",
      flow: "child",
      params: { n: 1 },
      window: { startMs: 1_000, endMs: 2_000 },
    });
    expect(deferForRun({ flow: "child" }).until).toMatchObject({ params: {}, window: null });
  });

  test("is recognised from any copy of the package", () => {
    expect(isDeferred(defer({ until: 1 }))).toBe(true);
    expect(isDeferred({ [Symbol.for("millrace.defer")]: true })).toBe(true);
    for (const other of [null, undefined, 1, {}, { until: 1 }]) expect(isDeferred(other)).toBe(false);
  });
});

describe("errors with a wish", () => {
  test("not to be retried", () => {
    const error = new NonRetryableError("no use", { cause: new Error("why") });
    expect(isNonRetryable(error)).toBe(true);
    expect(error).toMatchObject({ name: "NonRetryableError", message: "no use", cause: new Error("why") });
    expect(isNonRetryable(new Error("try"))).toBe(false);
    expect(isNonRetryable(undefined)).toBe(false);
  });

  test("to be retried later", () => {
    expect(retryAfterMsOf(new RetryAfterError("busy", "30s"))).toBe(30_000);
    expect(retryAfterMsOf(new RetryAfterError("busy", new Date(0)))).toBe(0);
    expect(retryAfterMsOf(new RetryAfterError("busy", new Date(Date.now() + 60_000)))).toBeGreaterThan(50_000);
    expect(retryAfterMsOf(new Error("busy"))).toBeNull();
    expect(refused(() => new RetryAfterError("busy", "-1s")).code).toBe("INVALID_OPTION");
  });
});
