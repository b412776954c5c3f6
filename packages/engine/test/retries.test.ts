import { describe, expect, test } from "vitest";
import { failure, lost } from "./stage/calls.ts";
import { flowOf } from "./stage/sketch.ts";
import { openStage } from "./stage/stage.ts";

const SECOND = 1_000;

describe("retries", () => {
  test("come after their delays, and the success counts", async () => {
    const at: number[] = [];
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) =>
          flow.task("flaky", { retries: { limit: 3, delay: { kind: "exponential", ms: SECOND, factor: 10 } } }),
        ),
      ],
      plays: {
        flaky: ({ number, order }) => {
          at.push(stage.clock.now());
          expect(order.maxAttempts).toBe(4);
          return number === 4 ? "done" : failure(`try ${number}`);
        },
      },
    });
    const run = await stage.run("flow");
    const [first = 0] = at;
    expect(at.map((one) => one - first)).toEqual([0, SECOND, 11 * SECOND, 111 * SECOND]);
    expect(run.task("flaky")).toMatchObject({ state: "success", tries: 3, error: null });
    expect(run.attempts.map(({ state, number }) => [number, state])).toEqual([
      [1, "failed"],
      [2, "failed"],
      [3, "failed"],
      [4, "success"],
    ]);
  });

  test("end when the limit is spent, with the last error", async () => {
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("bad", { retries: 2 }))],
      plays: { bad: ({ number }) => failure(`try ${number}`) },
    });
    const run = await stage.run("flow");
    expect(run.task("bad")).toMatchObject({ state: "failed", tries: 3, error: { message: "try 3" } });
    expect(run.state).toBe("failed");
  });

  test("wait as long as the error asks for", async () => {
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("limited", { retries: 1 }))],
      plays: { limited: ({ number }) => (number === 1 ? failure("busy", { retryAfterMs: 60 * SECOND }) : "done") },
    });
    const before = stage.clock.now();
    await stage.run("flow");
    expect(stage.clock.now() - before).toBe(60 * SECOND);
  });

  test("are not made when the error, or the author's condition, says no", async () => {
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("refused", { retries: 5 }))],
      plays: { refused: () => failure("never again", { retryable: false }) },
    });
    const run = await stage.run("flow");
    expect(run.attempts).toHaveLength(1);
    expect(run.task("refused")).toMatchObject({ state: "failed", tries: 1 });
  });
});

describe("timeouts", () => {
  test("of an attempt are retried like failures", async () => {
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("slow", { retries: 1, policies: { timeoutMs: 5 * SECOND } }))],
      plays: { slow: ({ number, hang }) => (number === 1 ? hang() : "done") },
    });
    const before = stage.clock.now();
    const run = await stage.run("flow");
    expect(run.attempts.map(({ state }) => state)).toEqual(["timed_out", "success"]);
    expect(stage.clock.now() - before).toBe(6 * SECOND);
  });

  test("of an attempt fail the task when no retry is left", async () => {
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("slow", { policies: { timeoutMs: 5 * SECOND } }))],
      plays: { slow: ({ hang }) => hang() },
    });
    expect((await stage.run("flow")).task("slow")).toMatchObject({ state: "failed", error: { code: "TIMEOUT" } });
  });

  test("in all count retries and the time between them", async () => {
    const stage = await openStage({
      flows: [
        flowOf("flow", (flow) => flow.task("slow", { retries: 9, policies: { totalTimeoutMs: 2_500 } })),
        flowOf("hangs", (flow) => flow.task("slow", { retries: 9, policies: { totalTimeoutMs: 2_500 } })),
      ],
      plays: { slow: ({ order, hang }) => (order.flow === "hangs" ? hang() : failure("again")) },
    });
    const waiting = await stage.run("flow");
    expect(waiting.task("slow")).toMatchObject({ state: "failed", tries: 3, error: { code: "TIMEOUT" } });
    expect(waiting.row.endedAtMs).toBe((waiting.row.startedAtMs ?? 0) + 2_500);
    const hanging = await stage.run("hangs");
    expect(hanging.task("slow").error).toMatchObject({
      code: "TIMEOUT",
      message: "slow took longer in all than its totalTimeout of 2500 ms",
    });
    expect(hanging.attempts.map(({ state }) => state)).toEqual(["timed_out"]);
  });

  test("in all hold for an attempt that is lost while it is being stopped", async () => {
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("slow", { policies: { totalTimeoutMs: SECOND } }))],
      plays: {
        slow: async ({ hang, signal }) => {
          await Promise.race([hang(), new Promise((resolve) => signal.addEventListener("abort", resolve))]);
          return lost();
        },
      },
    });
    expect((await stage.run("flow")).task("slow")).toMatchObject({ state: "failed", error: { code: "TIMEOUT" } });
  });

  test("of a run stop what runs, and the run has failed", async () => {
    const stage = await openStage({
      flows: [
        flowOf(
          "flow",
          (flow) => {
            const slow = flow.task("slow");
            flow.task("next", { after: [slow] });
          },
          { policies: { timeoutMs: 60 * SECOND }, hooks: ["failure"] },
        ),
      ],
      plays: { slow: ({ hang }) => hang() },
    });
    const run = await stage.run("flow");
    expect(run.state).toBe("failed");
    expect(run.row.error).toMatchObject({ code: "RUN_TIMEOUT" });
    expect(run.states).toEqual({ slow: "cancelled" });
    expect(run.task("flow on failure").state).toBe("success");
  });
});

describe("a process that dies", () => {
  test("spends the crash budget and no retries, and then is poison", async () => {
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("crash", { retries: 9 }))],
      plays: { crash: () => lost() },
      crashBudget: 2,
    });
    const run = await stage.run("flow");
    expect(run.attempts.map(({ state }) => state)).toEqual(["lost", "lost"]);
    expect(run.task("crash")).toMatchObject({
      state: "failed",
      tries: 0,
      crashes: 2,
      error: { code: "POISON", cause: { message: "killed by SIGKILL" } },
    });
  });

  test("through no fault of its own costs nothing, however often", async () => {
    let starts = 0;
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("moved"))],
      plays: {
        moved: () => {
          starts += 1;
          return starts < 10 ? lost(false) : "done";
        },
      },
    });
    const run = await stage.run("flow");
    expect(run.task("moved")).toMatchObject({ state: "success", tries: 0, crashes: 0 });
    expect(run.attempts).toHaveLength(10);
  });

  test("fails a task that must not run twice", async () => {
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("once", { retries: 3, policies: { onLost: "fail" } }))],
      plays: { once: () => lost() },
    });
    const run = await stage.run("flow");
    expect(run.attempts).toHaveLength(1);
    expect(run.task("once")).toMatchObject({ state: "failed", error: { code: "PROCESS_DIED" } });
  });
});
