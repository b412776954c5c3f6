import { MillraceError } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { flowOf } from "../stage/sketch.ts";
import { openStage, type Stage } from "../stage/stage.ts";
import { afterFlow, BATCH, fire, outcomesOf, paramsOfRuns, ticksOf, webhookOf } from "./triggers.ts";

function gathering(gather: Parameters<typeof webhookOf>[0]) {
  return [flowOf("flow", (flow) => flow.task("load"), { triggers: [webhookOf(gather)] })];
}

async function advance(stage: Stage, ms: number): Promise<void> {
  stage.clock.advanceBy(ms);
  await stage.quiet();
}

describe("a batch", () => {
  test("makes one run of as many as it takes, with all that they say", async () => {
    const stage = await openStage({ flows: gathering({ gather: BATCH }), schedules: true });
    const answers = [await fire(stage, "a", 1), await fire(stage, "b", 2)];
    expect(answers[0]).toMatchObject({ ok: true, run: null, event: { outcome: "gathered" } });
    await stage.quiet();
    expect(await paramsOfRuns(stage)).toEqual([]);
    await fire(stage, "c", 3);
    await stage.quiet();
    expect(await paramsOfRuns(stage)).toEqual([{ events: [1, 2, 3] }]);
    const ticks = await ticksOf(stage);
    expect(ticks.map(({ outcome }) => outcome).sort()).toEqual(["gathered", "gathered", "gathered", "run"]);
    expect(ticks.find(({ outcome }) => outcome === "run")).toMatchObject({ key: "gathered:c", reason: "of 3 events" });
  });

  test("does not wait for ever, nor for the same event twice, nor lose any in a crash", async () => {
    const stage = await openStage({ flows: gathering({ gather: BATCH }), schedules: true });
    await fire(stage, "a", 1);
    await advance(stage, 30_000);
    expect(await fire(stage, "a", 1)).toMatchObject({ ok: true, event: { outcome: "known" } });
    await fire(stage, "b", 2);
    await stage.crash();
    await advance(stage, 29_999);
    expect(await paramsOfRuns(stage)).toEqual([]);
    await advance(stage, 1);
    expect(await paramsOfRuns(stage)).toEqual([{ events: [1, 2] }]);
    await advance(stage, 120_000);
    expect(await paramsOfRuns(stage)).toHaveLength(1);
  });

  test("waits while its trigger is paused", async () => {
    const stage = await openStage({ flows: gathering({ gather: BATCH }), schedules: true });
    await stage.quiet();
    await fire(stage, "a", 1);
    await stage.submit({ kind: "pause_trigger", flow: "flow", trigger: null, reason: "too loud" });
    expect(await fire(stage, "b", 2)).toMatchObject({
      ok: true,
      run: null,
      event: { outcome: "skipped", reason: "the trigger is paused by test: too loud" },
    });
    await advance(stage, 120_000);
    expect(await paramsOfRuns(stage)).toEqual([]);
    await stage.submit({ kind: "resume_trigger", flow: "flow", trigger: null });
    await advance(stage, 0);
    expect(await paramsOfRuns(stage)).toEqual([{ events: [1] }]);
  });

  test("that the flow refuses is kept as failed, and the next begins anew", async () => {
    const stage = await openStage({
      flows: gathering({ gather: { ...BATCH, max: 1 } }),
      schedules: true,
      functions: {
        refuseParams: (params) => (JSON.stringify(params).includes("bad") ? "events.0: bad" : undefined),
      },
    });
    await fire(stage, "a", "bad");
    await stage.quiet();
    await fire(stage, "b", "good");
    await stage.quiet();
    expect(await paramsOfRuns(stage)).toEqual([{ events: ["good"] }]);
    expect(await ticksOf(stage)).toContainEqual(
      expect.objectContaining({ outcome: "failed", reason: "events.0: bad" }),
    );
  });

  test("tells each event once, whichever commit is lost and whether it was written or not", async () => {
    for (const written of [true, false]) {
      for (let lost = 1; lost <= 6; lost += 1) {
        let commits = 0;
        const stage = await openStage({
          flows: gathering({ gather: { ...BATCH, max: 2 } }),
          schedules: true,
          commits: {
            commit: async (_, really) => {
              commits += 1;
              if (commits !== lost) return await really();
              if (written) await really();
              throw new MillraceError("STORE_FAILED", "the answer got lost");
            },
          },
        });
        await fire(stage, "a", 1);
        await fire(stage, "b", 2);
        await advance(stage, 65_000);
        // While the store is away time passes, and the first may have waited long enough.
        const events = (await paramsOfRuns(stage)).flatMap((params) => (params as { events: number[] }).events);
        expect([lost, events]).toEqual([lost, [1, 2]]);
        await stage.close();
      }
    }
  });
});

describe("a debounce", () => {
  test("makes one run of the last, once it is quiet", async () => {
    const gather = { kind: "debounce", quietMs: 10_000, maxMs: 25_000 } as const;
    const stage = await openStage({ flows: gathering({ gather }), schedules: true });
    await fire(stage, "a", { n: 1 });
    await advance(stage, 9_000);
    await fire(stage, "b", { n: 2 });
    await advance(stage, 9_999);
    expect(await paramsOfRuns(stage)).toEqual([]);
    await advance(stage, 1);
    expect(await paramsOfRuns(stage)).toEqual([{ n: 2 }]);
    // A burst that does not end is cut by its longest time.
    for (let n = 3; n <= 6; n += 1) {
      await fire(stage, `e-${n}`, { n });
      await advance(stage, 9_000);
    }
    expect(await paramsOfRuns(stage)).toEqual([{ n: 2 }, { n: 5 }]);
  });
});

describe("the end of another flow", () => {
  const flows = [
    flowOf("first", (flow) => flow.task("work")),
    flowOf("second", (flow) => flow.task("load"), {
      triggers: [afterFlow("first", { states: ["success", "failed"] })],
    }),
  ];

  test("makes a run, once for each end that counts", async () => {
    let fails = false;
    const work = (): number => {
      if (fails) throw new Error("no");
      return 1;
    };
    const stage = await openStage({ flows, schedules: true, plays: { work } });
    await stage.quiet();
    const first = await stage.run("first", { class: "backfill" });
    await stage.quiet();
    fails = true;
    const failed = await stage.run("first");
    expect([first.row.state, failed.row.state]).toEqual(["success", "failed"]);
    await stage.quiet();
    const runs = await stage.place.store.history.listRuns({ flow: "second", limit: 9 });
    expect(runs.map(({ trigger, class: runClass }) => [trigger, runClass])).toEqual([
      [{ kind: "event", source: "flow_finished", trigger: "after", key: failed.row.id }, "live"],
      [{ kind: "event", source: "flow_finished", trigger: "after", key: first.row.id }, "backfill"],
    ]);
    expect(await outcomesOf(stage, "second")).toEqual([`${first.row.id} run`, `${failed.row.id} run`]);
  });

  test("is not lost between the end and the run, whichever commit fails or is the last of a leader", async () => {
    for (let lost = 2; lost <= 8; lost += 1) {
      let commits = 0;
      const stage = await openStage({
        flows,
        schedules: true,
        commits: {
          commit: async (_, really) => {
            commits += 1;
            if (commits === lost) throw new MillraceError("STORE_FAILED", "not written");
            await really();
          },
        },
      });
      await stage.quiet();
      const run = await stage.request("first");
      await stage.settled(run);
      await stage.crash();
      await advance(stage, 5_000);
      expect([lost, await outcomesOf(stage, "second")]).toEqual([lost, [`${run} run`]]);
      await stage.close();
    }
  });

  test("is skipped while the trigger is paused", async () => {
    const stage = await openStage({ flows, schedules: true });
    await stage.quiet();
    await stage.submit({ kind: "pause_trigger", flow: "second", trigger: "after", reason: null });
    const { row } = await stage.run("first");
    await stage.quiet();
    expect(await outcomesOf(stage, "second")).toEqual([`${row.id} skipped`]);
  });
});
