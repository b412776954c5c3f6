import { encode, MillraceError, type SensorCall, type SensorPoll } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { flowOf } from "../stage/sketch.ts";
import { openStage, type Stage, type StageSetup } from "../stage/stage.ts";
import { BATCH, outcomesOf, paramsOfRuns, sensorOf, ticksOf } from "./triggers.ts";

const EVERY = 30_000;

function found(keys: readonly string[], cursor: unknown = null, skipReason: string | null = null): SensorPoll {
  const events = keys.map((runKey) => ({ runKey, payload: encode({ key: runKey }) }));
  return { kind: "polled", events, skipReason, cursor: encode(cursor), log: null };
}

/** A stage whose sensor is played by the test; gives what it was called with. */
async function openWithSensor(
  play: (call: SensorCall, count: number) => SensorPoll | Promise<SensorPoll>,
  setup: Partial<StageSetup> & { readonly spec?: Parameters<typeof sensorOf>[0] } = {},
): Promise<{ readonly stage: Stage; readonly calls: SensorCall[] }> {
  const calls: SensorCall[] = [];
  const { spec, ...rest } = setup;
  const stage = await openStage({
    flows: [flowOf("flow", (flow) => flow.task("load"), { triggers: [sensorOf(spec)] })],
    schedules: true,
    sensors: {
      poll: async (call) => {
        calls.push(call);
        return await play(call, calls.length);
      },
    },
    ...rest,
  });
  await settle(stage);
  return { stage, calls };
}

/** A poll is nothing that the loop waits for. */
async function settle(stage: Stage): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await stage.quiet();
}

async function advance(stage: Stage, ms: number): Promise<void> {
  stage.clock.advanceBy(ms);
  await settle(stage);
}

describe("a sensor", () => {
  test("is polled at once and then at intervals, each time with the last cursor", async () => {
    const { stage, calls } = await openWithSensor((_, count) => found([`n-${count}`], count));
    await advance(stage, 0);
    for (let count = 0; count < 2; count += 1) await advance(stage, EVERY);
    expect(calls.map(({ cursor }) => cursor)).toEqual([null, encode(1), encode(2)]);
    expect(calls[1]).toMatchObject({ flow: "flow", trigger: "sensor", timeoutMs: 60_000 });
    expect((calls[2]?.lastPollMs ?? 0) - (calls[1]?.lastPollMs ?? 0)).toBe(EVERY);
    expect(await paramsOfRuns(stage)).toEqual([{ key: "n-1" }, { key: "n-2" }, { key: "n-3" }]);
  });

  test("goes on after a crash where it was", async () => {
    const { stage, calls } = await openWithSensor((_, count) => found([], count, "nothing yet"));
    await advance(stage, 0);
    await stage.crash();
    await advance(stage, EVERY);
    expect(calls[0]?.cursor).toBeNull();
    expect(calls.at(-1)?.cursor).toBe(encode(1));
    expect((await ticksOf(stage)).map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["polled", "nothing yet"],
      ["polled", "nothing yet"],
    ]);
  });

  test("that gives the same run key again makes one run", async () => {
    const { stage } = await openWithSensor((_, count) => found(count === 1 ? ["a", "a"] : ["a", "b"]));
    await advance(stage, 0);
    await advance(stage, EVERY);
    await advance(stage, EVERY);
    expect(await paramsOfRuns(stage)).toEqual([{ key: "a" }, { key: "b" }]);
    const polls = (await ticksOf(stage)).filter(({ key }) => key === "");
    expect(polls.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["polled", null],
      ["polled", "known before: a"],
      ["known", "known before: a, b"],
    ]);
  });

  test("that fails is asked again later and later, with the cursor it had, and its reason is kept", async () => {
    const { stage, calls } = await openWithSensor((_, count) =>
      count === 2 || count === 3 ? { kind: "failed", message: "it threw", log: "a line" } : found([], count),
    );
    await advance(stage, 0);
    await advance(stage, EVERY);
    await advance(stage, EVERY);
    expect(calls).toHaveLength(2);
    await advance(stage, EVERY);
    expect(calls).toHaveLength(3);
    await advance(stage, 3 * EVERY);
    expect(calls).toHaveLength(3);
    await advance(stage, EVERY);
    expect(calls.map(({ cursor }) => cursor)).toEqual([null, encode(1), encode(1), encode(1)]);
    expect(await ticksOf(stage)).toContainEqual(
      expect.objectContaining({ outcome: "failed", reason: "it threw", log: "a line" }),
    );
    await advance(stage, EVERY);
    expect(calls).toHaveLength(5);
  });

  test("one of whose events does not fit loses that one only", async () => {
    const { stage } = await openWithSensor((_, count) => found(count === 1 ? ["good", "bad"] : []), {
      functions: {
        refuseParams: (params) => ((params as { key?: string }).key === "bad" ? "key: bad" : undefined),
      },
    });
    await advance(stage, 0);
    expect((await outcomesOf(stage)).toSorted()).toEqual([" polled", "bad failed", "good run"]);
  });

  test("may gather what it finds", async () => {
    const { stage } = await openWithSensor((_, count) => found([`a-${count}`, `b-${count}`]), {
      spec: { gather: BATCH },
    });
    await advance(stage, 0);
    expect(await paramsOfRuns(stage)).toEqual([]);
    await advance(stage, EVERY);
    expect(await paramsOfRuns(stage)).toEqual([{ events: [{ key: "a-1" }, { key: "b-1" }, { key: "a-2" }] }]);
  });

  test("is not polled while it is paused", async () => {
    const { stage, calls } = await openWithSensor(() => found([]));
    await advance(stage, 0);
    await stage.submit({ kind: "pause_trigger", flow: "flow", trigger: null, reason: null });
    await advance(stage, 10 * EVERY);
    expect(calls).toHaveLength(1);
    await stage.submit({ kind: "resume_trigger", flow: "flow", trigger: null });
    await advance(stage, 0);
    expect(calls).toHaveLength(2);
  });

  test("loses no event and makes none twice, whichever commit is lost", async () => {
    for (const written of [true, false]) {
      for (let lost = 1; lost <= 6; lost += 1) {
        let commits = 0;
        const { stage } = await openWithSensor(({ cursor }) => found(cursor === null ? ["a", "b"] : [], "seen"), {
          commits: {
            commit: async (_, really) => {
              commits += 1;
              if (commits !== lost) return await really();
              if (written) await really();
              throw new MillraceError("STORE_FAILED", "the answer got lost");
            },
          },
        });
        await advance(stage, 1_000);
        await advance(stage, EVERY);
        const params = (await paramsOfRuns(stage)).map((each) => (each as { key: string }).key);
        expect([lost, params.toSorted()]).toEqual([lost, ["a", "b"]]);
        await stage.close();
      }
    }
  });
});
