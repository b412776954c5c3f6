import { describe, expect, test } from "vitest";
import type { Stage, StageSetup } from "../stage/stage.ts";
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
  takes,
  ticksOf,
} from "./stage-schedules.ts";

async function slow(flow: ScheduledFlow, ms: number, setup: Partial<StageSetup> = {}): Promise<Stage> {
  const stage: Stage = await openScheduled(flow, { plays: takes(() => stage, ms), ...setup });
  return stage;
}

describe("a tick that comes while the flow has as many runs as it may", () => {
  test("waits for its turn, in order", async () => {
    const stage = await slow({ policies: { maxActiveRuns: 2 } }, 150 * MINUTE);
    await pass(stage, 5 * HOUR);
    expect((await runsOf(stage)).map(({ createdAtMs, scheduledAtMs }) => [at(scheduledAtMs), at(createdAtMs)])).toEqual(
      [
        ["01T01:00", "01T01:00"],
        ["01T02:00", "01T02:00"],
        ["01T03:00", "01T03:30"],
        ["01T04:00", "01T04:30"],
      ],
    );
    const { owed } = await rowOf(stage);
    expect(owed.map(({ untilMs, live }) => [at(untilMs), live])).toEqual([["01T05:00", true]]);
  });

  test("is one range with those that wait already, and still there after a restart", async () => {
    const stage = await slow({ policies: { maxActiveRuns: 1 } }, 4.5 * HOUR);
    await pass(stage, 4 * HOUR);
    expect((await rowOf(stage)).owed.map(({ afterMs, untilMs }) => [afterMs + 1, untilMs].map(at))).toEqual([
      ["01T02:00", "01T04:00"],
    ]);
    await offFor(stage, MINUTE);
    await pass(stage, 2 * HOUR);
    expect(await ticksOf(stage)).toEqual(["01T01:00", "01T02:00"]);
  });

  test("is skipped where the flow says so, with the reason", async () => {
    const stage = await slow({ policies: { maxActiveRuns: 1, overlap: "skip" } }, 90 * MINUTE);
    await pass(stage, 4 * HOUR);
    expect(await outcomes(stage)).toEqual([
      "01T01:00 run",
      '01T02:00 skipped: 1 run is under way, and overlap is "skip"',
      "01T03:00 run",
      '01T04:00 skipped: 1 run is under way, and overlap is "skip"',
    ]);
  });

  test("takes the place of the oldest run where the flow says so", async () => {
    const stage = await slow({ policies: { maxActiveRuns: 1, overlap: "cancel_running" } }, 3 * HOUR);
    await pass(stage, 3 * HOUR);
    expect((await runsOf(stage)).map(({ state, scheduledAtMs }) => [at(scheduledAtMs), state])).toEqual([
      ["01T01:00", "cancelled"],
      ["01T02:00", "cancelled"],
      ["01T03:00", "running"],
    ]);
  });

  test("takes the place of those that wait for the same run to end", async () => {
    const policies = { maxActiveRuns: 1, overlap: "cancel_running" } as const;
    const stage = await openScheduled(
      { policies },
      {
        plays: { load: ({ hang }) => hang() },
        wrapExecutor: (executor) => Object.assign(executor, { cancelAttempt: () => {} }),
      },
    );
    await pass(stage, 4 * HOUR);
    expect((await outcomes(stage)).map((line) => line.slice(0, 16))).toEqual([
      "01T01:00 run",
      "01T02:00 skipped",
      "01T03:00 skipped",
    ]);
    expect((await rowOf(stage)).owed.length).toBe(1);
  });

  test("does not count runs that people ask for", async () => {
    const stage = await slow({ policies: { maxActiveRuns: 1, overlap: "skip" } }, 90 * MINUTE);
    await stage.request("flow");
    await pass(stage, HOUR);
    expect(await outcomes(stage)).toEqual(["01T01:00 run"]);
  });
});

describe("ticks that were missed", () => {
  test("go on beside those that are due, newest first where told", async () => {
    const stage = await slow(
      { schedules: [{ catchup: { kind: "all" }, catchupOrder: "newest" }], policies: { maxActiveRuns: 1 } },
      20 * MINUTE,
    );
    await offFor(stage, 4 * HOUR + 50 * MINUTE);
    await pass(stage, 90 * MINUTE);
    expect(await ticksOf(stage)).toEqual(["01T04:00", "01T05:00", "01T03:00", "01T02:00", "01T06:00"]);
    expect((await runsOf(stage)).map((run) => run.class)).toEqual(["live", "live", "backfill", "backfill", "live"]);
  });

  test("are admitted at a rate: a year of minutes does not come at once", async () => {
    const stage = await openScheduled({
      schedules: [{ timing: { kind: "cron", expression: "* * * * *" }, catchup: { kind: "all" } }],
      policies: { maxActiveRuns: 1_000 },
    });
    await offFor(stage, DAY);
    await pass(stage, 1_000);
    // Twenty at once, twenty each tenth of a second, and the one that is due now.
    expect((await runsOf(stage)).length).toBe(221);
    await pass(stage, 10_000);
    expect((await runsOf(stage)).length).toBe(24 * 60);
    expect((await rowOf(stage)).owed).toEqual([]);
  });
});

describe("a schedule that depends on its past", () => {
  const chained = { schedules: [{ catchup: { kind: "all" } as const }], policies: { dependsOnPast: true } };

  test("makes one run after the other", async () => {
    const stage = await slow(chained, 90 * MINUTE);
    await pass(stage, 6 * HOUR);
    expect((await runsOf(stage)).map(({ createdAtMs }) => at(createdAtMs))).toEqual([
      "01T01:00",
      "01T02:30",
      "01T04:00",
      "01T05:30",
    ]);
    expect(await ticksOf(stage)).toEqual(["01T01:00", "01T02:00", "01T03:00", "01T04:00"]);
  });

  test("stops at a run that failed, until a rerun of it has succeeded, also across restarts", async () => {
    let fails = true;
    const stage = await openScheduled(chained, {
      plays: {
        load: () => {
          if (fails) throw new Error("no");
          return "done";
        },
      },
    });
    await pass(stage, 3 * HOUR);
    await offFor(stage, HOUR);
    await pass(stage, MINUTE);
    const [failed] = await runsOf(stage);
    expect(await ticksOf(stage)).toEqual(["01T01:00"]);
    fails = false;
    if (failed === undefined) throw new Error("no run");
    await stage.settled(await stage.rerun(failed.id, { kind: "all" }));
    await pass(stage, MINUTE);
    expect(await ticksOf(stage)).toEqual(["01T01:00", "01T01:00", "01T02:00", "01T03:00", "01T04:00"]);
  });
});
