import type { Changes, CommandAnswer } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { openStage, type Stage } from "../stage/stage.ts";
import {
  at,
  DAY,
  HOUR,
  MINUTE,
  offFor,
  openScheduled,
  outcomes,
  pass,
  rowOf,
  runsOf,
  type ScheduledFlow,
  START,
  scheduled,
  takes,
  ticksOf,
} from "./stage-schedules.ts";

async function deploy(stage: Stage, version: number, flows: readonly ScheduledFlow[]): Promise<void> {
  await stage.activate(version, flows.map(scheduled));
  expect(await stage.submit({ kind: "sync_triggers" })).toMatchObject({ ok: true });
  await stage.quiet();
}

async function noFlows(): Promise<never> {
  throw new Error("the folder is gone");
}

const AT_HALF = { timing: { kind: "cron", expression: "30 * * * *" } } as const;

describe("another version", () => {
  test("whose schedule is the same goes on where the former was, with its own code", async () => {
    const stage = await openScheduled({});
    await pass(stage, HOUR);
    await deploy(stage, 2, [{}]);
    await pass(stage, HOUR);
    expect((await runsOf(stage)).map(({ version, scheduledAtMs }) => [version.at(-1), at(scheduledAtMs)])).toEqual([
      ["1", "01T01:00"],
      ["2", "01T02:00"],
    ]);
    expect((await rowOf(stage)).sinceMs).toBe(START);
  });

  test("whose schedule is another one takes effect from now", async () => {
    const stage = await openScheduled({});
    await pass(stage, HOUR + MINUTE);
    await deploy(stage, 2, [{ schedules: [AT_HALF] }]);
    await pass(stage, HOUR);
    expect(await ticksOf(stage)).toEqual(["01T01:00", "01T01:30"]);
    expect((await rowOf(stage)).sinceMs).toBe(START + HOUR + MINUTE);
  });

  test("makes up for what the former one missed, as that one's ticks", async () => {
    const stage = await openScheduled({ schedules: [{ catchup: { kind: "last", count: 2 } }] });
    await stage.engine.stop();
    stage.clock.advanceBy(4 * HOUR + MINUTE);
    await stage.activate(2, [scheduled({ schedules: [AT_HALF] })]);
    await stage.takeOver("gone");
    await pass(stage, HOUR);
    expect(await ticksOf(stage)).toEqual(["01T03:00", "01T04:00", "01T04:30"]);
    expect(await outcomes(stage)).toEqual([
      "01T02:00 skipped: 2 ticks were missed; catchup is the last 2",
      "01T03:00 run",
      "01T04:00 run",
      "01T04:30 run",
    ]);
    expect((await rowOf(stage)).owed).toEqual([]);
  });

  test("that says more of its schedule, but not when, keeps its place", async () => {
    const stage = await openScheduled({});
    await pass(stage, MINUTE);
    await deploy(stage, 2, [{ schedules: [{ catchup: { kind: "none" } }] }]);
    expect(await rowOf(stage)).toMatchObject({ sinceMs: START, schedule: { catchup: { kind: "none" } } });
  });

  test("without the schedule makes no more runs; when it comes back it begins anew", async () => {
    const stage: Stage = await openScheduled(
      { policies: { maxActiveRuns: 1 } },
      { plays: takes(() => stage, 150 * MINUTE) },
    );
    await pass(stage, 2 * HOUR);
    await deploy(stage, 2, [{ schedules: [] }]);
    expect(await rowOf(stage)).toMatchObject({ retired: true, owed: [] });
    await pass(stage, 3 * HOUR);
    await deploy(stage, 3, [{}]);
    await pass(stage, HOUR);
    expect(await ticksOf(stage)).toEqual(["01T01:00", "01T06:00"]);
    expect(await rowOf(stage)).toMatchObject({ retired: false, sinceMs: START + 5 * HOUR });
  });

  test("that cannot be read is looked at again", async () => {
    const stage = await openScheduled({});
    const flows = stage.definitions.flows.bind(stage.definitions);
    stage.definitions.flows = noFlows;
    await stage.activate(2, [scheduled({ schedules: [AT_HALF] })]);
    expect(await stage.submit({ kind: "sync_triggers" })).toMatchObject({ ok: false });
    stage.definitions.flows = flows;
    await pass(stage, HOUR);
    expect(await ticksOf(stage)).toEqual(["01T00:30"]);
  });
});

describe("thousands of schedules", () => {
  test("are taken up in several turns, and each ticks", async () => {
    const many = Array.from({ length: 1_200 }, (_, index) => ({ name: `s${index}` }));
    const stage = await openScheduled({ schedules: many, policies: { maxActiveRuns: 5_000 } });
    expect(stage.engine.schedules.schedules).toBe(1_200);
    await pass(stage, HOUR);
    const ticks = await stage.place.store.triggers.listTicks({ flow: "flow", limit: 10_000 });
    expect(new Set(ticks.map(({ trigger }) => trigger)).size).toBe(1_200);
    expect(ticks.length).toBe(1_200);
  });
});

describe("a schedule that is paused", () => {
  const pause = { kind: "pause_trigger", flow: "flow", trigger: "default", reason: "the source is down" } as const;
  const resume = { kind: "resume_trigger", flow: "flow", trigger: null } as const;

  test("makes no runs, says who paused it, and goes on with what its policy says", async () => {
    const stage = await openScheduled({ schedules: [{ catchup: { kind: "last", count: 2 } }] });
    await pass(stage, HOUR);
    expect(await stage.submit(pause)).toMatchObject({ ok: true });
    await pass(stage, 4 * HOUR);
    expect(await ticksOf(stage)).toEqual(["01T01:00"]);
    const paused = { atMs: START + HOUR, by: "test", reason: "the source is down" };
    expect((await rowOf(stage)).paused).toEqual(paused);
    await stage.submit(pause);
    expect((await rowOf(stage)).paused).toEqual(paused);
    await pass(stage, MINUTE);
    await stage.submit(resume);
    await stage.submit(resume);
    await pass(stage, HOUR);
    expect(await ticksOf(stage)).toEqual(["01T01:00", "01T04:00", "01T05:00", "01T06:00"]);
  });

  test("stays paused when the server or the version is another", async () => {
    const stage = await openScheduled({});
    await stage.submit(pause);
    await offFor(stage, HOUR);
    await deploy(stage, 2, [{ schedules: [AT_HALF] }]);
    await pass(stage, DAY);
    expect(await ticksOf(stage)).toEqual([]);
    await stage.submit(resume);
    await pass(stage, MINUTE);
    expect(await ticksOf(stage)).toEqual(["02T00:30"]);
  });

  test("can be paused before any server makes runs of it", async () => {
    const stage = await openStage({ flows: [scheduled({})] });
    expect(await stage.submit({ kind: "sync_triggers" })).toMatchObject({ ok: true });
    expect(await stage.submit(pause)).toMatchObject({ ok: true });
    expect((await rowOf(stage)).paused?.by).toBe("test");
    await pass(stage, DAY);
    expect(await ticksOf(stage)).toEqual([]);
    expect(stage.engine.schedules).toEqual({ schedules: 0, next: null });
  });

  test("is named by its flow and its name", async () => {
    const stage = await openScheduled({});
    const refused = async (flow: string, trigger: string | null): Promise<CommandAnswer> => {
      return await stage.submit({ ...pause, flow, trigger });
    };
    expect(await refused("flaw", null)).toMatchObject({ ok: false, error: { code: "UNKNOWN_TRIGGER" } });
    expect(await refused("flow", "defualt")).toMatchObject({ ok: false, error: { code: "UNKNOWN_TRIGGER" } });
    const other = await openStage({ flows: [scheduled({})] });
    other.definitions.flows = noFlows;
    expect(await other.submit(pause)).toMatchObject({ ok: false, error: { message: "the folder is gone" } });
  });
});

/** The clock is set; time goes on as before. */
function setClock(stage: Stage, byMs: number): void {
  const { clock } = stage;
  const now = clock.now.bind(clock);
  const callAt = clock.at.bind(clock);
  clock.now = () => now() + byMs;
  clock.at = (atMs, callback) => callAt(atMs - byMs, callback);
  clock.after = (ms, callback) => callAt(now() + ms, callback);
}

describe("a clock that jumps", () => {
  test("forward is a gap: what was missed in it is made up for as told", async () => {
    const stage = await openScheduled({
      schedules: [{ timing: { kind: "every", amount: MINUTE, unit: "ms", anchorMs: 0 } }],
    });
    setClock(stage, HOUR);
    await pass(stage, MINUTE);
    expect((await ticksOf(stage)).slice(0, 2)).toEqual(["01T01:00", "01T01:01"]);
    expect((await outcomes(stage))[0]).toBe("01T00:59 skipped: 59 ticks were missed; catchup is newest");
  });

  test("back makes no tick twice", async () => {
    const stage = await openScheduled({});
    await pass(stage, 3 * HOUR);
    setClock(stage, -HOUR);
    await pass(stage, HOUR + MINUTE);
    expect(await ticksOf(stage)).toEqual(["01T01:00", "01T02:00", "01T03:00"]);
    await offFor(stage, MINUTE);
    await pass(stage, HOUR);
    expect(await ticksOf(stage)).toEqual(["01T01:00", "01T02:00", "01T03:00", "01T04:00"]);
    expect((await rowOf(stage)).cursorMs).toBe(START + 4 * HOUR);
  });
});

describe("a commit that fails", () => {
  for (const isWritten of [false, true]) {
    test(`makes no tick twice and loses none, when it was ${isWritten ? "written" : "not written"}`, async () => {
      let commits = 0;
      const commit = async (changes: Changes, really: () => Promise<void>): Promise<void> => {
        commits += 1;
        const fails = commits % 2 === 0 && (changes.ticks.length > 0 || changes.triggers.length > 0);
        if (!fails || isWritten) await really();
        if (fails) throw new Error("the answer was lost");
      };
      const stage = await openScheduled(
        { schedules: [{ catchup: { kind: "all" } }, { name: "half", ...AT_HALF, catchup: { kind: "all" } }] },
        { commits: { commit }, patience: Number.POSITIVE_INFINITY },
      );
      await pass(stage, 12 * HOUR + MINUTE);
      const expected = Array.from({ length: 24 }, (_, index) => at(START + (index + 1) * 30 * MINUTE));
      // While the engine waits for the store, the stage's time flies.
      expect([...(await ticksOf(stage))].sort().slice(0, 24)).toEqual(expected);
      expect(stage.troubles.length).toBeGreaterThan(0);
    });
  }
});
