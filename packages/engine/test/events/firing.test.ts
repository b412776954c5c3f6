import { encode, MillraceError } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { flowOf } from "../stage/sketch.ts";
import { openStage } from "../stage/stage.ts";
import { fire, outcomesOf, paramsOfRuns, ticksOf, webhookOf } from "./triggers.ts";

const flows = [flowOf("flow", (flow) => flow.task("load"), { triggers: [webhookOf()] })];

describe("an event from outside", () => {
  test("makes a run of what it says, kept with its tick", async () => {
    const stage = await openStage({ flows });
    const answer = await fire(stage, "msg-1", { order: 7 });
    expect(answer).toMatchObject({ ok: true, run: expect.any(String), event: { outcome: "run", reason: null } });
    if (!answer.ok || answer.run === null) return expect.unreachable();
    const run = await stage.settled(answer.run);
    expect(run.row).toMatchObject({
      state: "success",
      params: '{"order":7}',
      trigger: { kind: "event", source: "webhook", trigger: "webhook", key: "msg-1" },
    });
    expect(await ticksOf(stage)).toMatchObject([{ key: "msg-1", outcome: "run", run: answer.run, trigger: "webhook" }]);
  });

  test("that comes twice is one event, at once, later, and after a crash", async () => {
    const stage = await openStage({ flows });
    const answers = await Promise.all([fire(stage, "msg-1"), fire(stage, "msg-1"), fire(stage, "msg-2")]);
    const [first, again, other] = answers.map((answer) => (answer.ok ? answer.run : null));
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(answers[1]).toMatchObject({ event: { outcome: "known" } });
    await stage.crash();
    expect(await fire(stage, "msg-1")).toMatchObject({ ok: true, run: first, event: { outcome: "known" } });
    expect(await paramsOfRuns(stage)).toHaveLength(2);
  });

  test("that does not fit is refused and kept, and may come again", async () => {
    let isFixed = false;
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("load"), { triggers: [webhookOf({ maps: true })] })],
      functions: {
        eventParams: (_, [event]) => {
          if (isFixed) return { fits: true };
          throw new MillraceError("INVALID_PARAMS", `body.id: not in ${JSON.stringify(event)}`);
        },
      },
    });
    expect(await fire(stage, "msg-1", { a: 1 })).toMatchObject({ ok: false, error: { code: "INVALID_PARAMS" } });
    expect(await ticksOf(stage)).toMatchObject([
      { key: "msg-1", outcome: "failed", run: null, reason: 'body.id: not in {"body":{"a":1},"headers":{}}' },
    ]);
    isFixed = true;
    stage.clock.advanceBy(1_000);
    expect(await fire(stage, "msg-1", { a: 1 })).toMatchObject({ ok: true, event: { outcome: "run" } });
    expect(await paramsOfRuns(stage)).toEqual([{ fits: true }]);
  });

  test("with parameters that the flow refuses is kept as failed", async () => {
    const stage = await openStage({ flows, functions: { refuseParams: () => "region: missing" } });
    expect(await fire(stage, "msg-1")).toMatchObject({ ok: false, error: { message: "region: missing" } });
    expect(await outcomesOf(stage)).toEqual(["msg-1 failed"]);
  });

  test("of a trigger or flow that is not there is refused", async () => {
    const stage = await openStage({ flows: [flowOf("flow", (flow) => flow.task("load"))] });
    expect(await fire(stage, "msg-1")).toMatchObject({ ok: false, error: { code: "UNKNOWN_TRIGGER" } });
    const gone = { kind: "fire_trigger", flow: "gone", trigger: "webhook", key: "msg-1", payload: encode({}) } as const;
    expect(await stage.submit(gone)).toMatchObject({ ok: false, error: { code: "UNKNOWN_FLOW" } });
  });

  test("is one run, whichever commit is lost and whether it was written or not", async () => {
    for (const written of [true, false]) {
      for (let lost = 1; lost <= 3; lost += 1) {
        let commits = 0;
        const stage = await openStage({
          flows,
          commits: {
            commit: async (_, really) => {
              commits += 1;
              if (commits !== lost) return await really();
              if (written) await really();
              throw new MillraceError("STORE_FAILED", "the answer got lost");
            },
          },
        });
        await fire(stage, "msg-1", { n: 1 });
        await stage.quiet();
        expect(await paramsOfRuns(stage)).toEqual([{ n: 1 }]);
        expect(await outcomesOf(stage)).toEqual(["msg-1 run"]);
        await stage.close();
      }
    }
  });
});

describe("a throttle", () => {
  test("lets so many through, and keeps the others as skipped", async () => {
    const throttle = { kind: "throttle", limit: 2, perMs: 60_000 } as const;
    const stage = await openStage({
      flows: [flowOf("flow", (flow) => flow.task("load"), { triggers: [webhookOf({ gather: throttle })] })],
    });
    for (const key of ["a", "b", "c"]) await fire(stage, key);
    expect(await outcomesOf(stage)).toEqual(["a run", "b run", "c skipped"]);
    await stage.crash();
    expect(await fire(stage, "d")).toMatchObject({
      ok: true,
      run: null,
      event: { outcome: "skipped", reason: "the throttle allows 2 in 60000 ms" },
    });
    stage.clock.advanceBy(60_001);
    expect(await fire(stage, "e")).toMatchObject({ event: { outcome: "run" } });
  });
});
