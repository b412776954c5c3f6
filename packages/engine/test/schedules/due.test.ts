import type { ScheduleSpec } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { openStage, type Stage } from "../stage/stage.ts";
import {
  at,
  DAY,
  decided,
  HOUR,
  MINUTE,
  offFor,
  openScheduled,
  outcomes,
  pass,
  rowOf,
  runsOf,
  START,
  scheduled,
  takes,
  ticksOf,
} from "./stage-schedules.ts";

describe("a schedule", () => {
  test("makes a run for each tick, with its window", async () => {
    const stage = await openScheduled({});
    await pass(stage, 3 * HOUR);
    const runs = await runsOf(stage);
    expect(runs.map(({ window, scheduledAtMs }) => [at(window.startMs), at(window.endMs), at(scheduledAtMs)])).toEqual([
      ["01T00:00", "01T01:00", "01T01:00"],
      ["01T01:00", "01T02:00", "01T02:00"],
      ["01T02:00", "01T03:00", "01T03:00"],
    ]);
    expect(runs.map(({ state, class: runClass, trigger }) => [state, runClass, trigger])).toEqual(
      [1, 2, 3].map((hour) => [
        "success",
        "live",
        { kind: "schedule", schedule: "default", atMs: START + hour * HOUR },
      ]),
    );
    expect(await outcomes(stage)).toEqual(["01T01:00 run", "01T02:00 run", "01T03:00 run"]);
    expect((await decided(stage)).map(({ run }) => run)).toEqual(runs.map(({ id }) => id));
    expect((await rowOf(stage)).cursorMs).toBe(START + 3 * HOUR);
  });

  test("of which there are several on a flow ticks by each", async () => {
    const stage = await openScheduled({
      schedules: [{ name: "hourly" }, { name: "half", timing: { kind: "cron", expression: "30 */2 * * *" } }],
    });
    await pass(stage, 3 * HOUR);
    expect(await ticksOf(stage)).toEqual(["01T00:30", "01T01:00", "01T02:00", "01T02:30", "01T03:00"]);
    expect(stage.engine.schedules).toEqual({
      schedules: 2,
      next: { flow: "flow", name: "hourly", atMs: START + 4 * HOUR },
    });
  });
});

describe("a schedule that knows no calendar", () => {
  test("ticks once", async () => {
    const stage = await openScheduled({ schedules: [{ timing: { kind: "once", atMs: START + HOUR } }] });
    await pass(stage, DAY);
    expect(await ticksOf(stage)).toEqual(["01T01:00"]);
    expect(stage.engine.schedules.next).toBe(null);
  });

  test("is made up for when its one tick was missed", async () => {
    const stage = await openScheduled({ schedules: [{ timing: { kind: "once", atMs: START + HOUR } }] });
    await offFor(stage, DAY);
    await pass(stage, DAY);
    expect(await ticksOf(stage)).toEqual(["01T01:00"]);
  });

  test("goes on as soon as the run before has ended, after its pause", async () => {
    const stage: Stage = await openScheduled(
      { schedules: [{ timing: { kind: "continuous", pauseMs: 10 * MINUTE } }] },
      { plays: takes(() => stage, 20 * MINUTE) },
    );
    await pass(stage, 95 * MINUTE);
    const runs = await runsOf(stage);
    expect(runs.map(({ createdAtMs, endedAtMs }) => [at(createdAtMs), at(endedAtMs)])).toEqual([
      ["01T00:00", "01T00:20"],
      ["01T00:30", "01T00:50"],
      ["01T01:00", "01T01:20"],
      ["01T01:30", "none"],
    ]);
    expect(runs.map(({ window }) => [at(window.startMs), at(window.endMs)])).toEqual([
      ["01T00:00", "01T00:00"],
      ["01T00:00", "01T00:30"],
      ["01T00:30", "01T01:00"],
      ["01T01:00", "01T01:30"],
    ]);
  });

  test("keeps to its calendar, its start and its end, run by run", async () => {
    const stage: Stage = await openScheduled(
      {
        schedules: [
          {
            timing: { kind: "continuous", pauseMs: 0 },
            // The stage begins on a Thursday.
            calendar: weekdays([1, 4]),
            startMs: START + 6 * HOUR,
            endMs: START + 4 * DAY + 20 * HOUR,
          },
        ],
      },
      { plays: takes(() => stage, 10 * HOUR) },
    );
    await pass(stage, 12 * DAY);
    expect(await ticksOf(stage)).toEqual(["01T06:00", "01T16:00", "05T00:00", "05T10:00"]);
    expect((await runsOf(stage)).map(({ window }) => at(window.startMs))).toEqual([
      "01T00:00",
      "01T06:00",
      "01T16:00",
      "05T00:00",
    ]);
  });

  test("goes on with a run that was under way when the server stopped", async () => {
    const stage: Stage = await openScheduled(
      { schedules: [{ timing: { kind: "continuous", pauseMs: 0 } }] },
      { plays: takes(() => stage, HOUR) },
    );
    await offFor(stage, 10 * MINUTE);
    await pass(stage, MINUTE);
    expect((await runsOf(stage)).length).toBe(1);
    await pass(stage, HOUR);
    expect((await runsOf(stage)).length).toBe(2);
  });

  test("waits a little after a run that failed, and longer when there was no run", async () => {
    let refused: string | undefined;
    const stage = await openScheduled(
      { schedules: [{ timing: { kind: "continuous", pauseMs: 0 } }] },
      {
        plays: {
          load: () => {
            throw new Error("no");
          },
        },
        functions: { refuseParams: () => refused },
      },
    );
    await pass(stage, 25_000);
    expect((await runsOf(stage)).length).toBe(3);
    refused = "the parameters do not fit";
    await pass(stage, 3 * MINUTE);
    expect((await runsOf(stage)).length).toBe(3);
    expect((await decided(stage)).slice(3).map(({ outcome, reason }) => [outcome, reason])).toEqual(
      Array(3).fill(["failed", "the parameters do not fit"]),
    );
  });
});

describe("a schedule of the author's own", () => {
  const custom = { schedules: [{ timing: { kind: "custom" } as const, catchup: { kind: "all" } as const }] };
  const everySevenHours = (_: string, afterMs: number): number => {
    return START + (Math.floor((afterMs - START) / (7 * HOUR)) + 1) * 7 * HOUR;
  };

  test("ticks when its function says, also after the server was off", async () => {
    const stage = await openScheduled(custom, { functions: { nextTick: everySevenHours } });
    await pass(stage, 8 * HOUR);
    expect(await ticksOf(stage)).toEqual(["01T07:00"]);
    await offFor(stage, DAY);
    await pass(stage, MINUTE);
    expect(await ticksOf(stage)).toEqual(["01T07:00", "01T14:00", "01T21:00", "02T04:00"]);
    expect((await runsOf(stage)).map(({ window }) => at(window.startMs))).toEqual([
      "01T00:00",
      "01T07:00",
      "01T14:00",
      "01T21:00",
    ]);
    await pass(stage, 3 * HOUR);
    expect((await ticksOf(stage)).at(-1)).toBe("02T11:00");
  });

  test("ends when it says so, and at its end", async () => {
    const ending = (_: string, afterMs: number): number | null => (afterMs < START + HOUR ? START + HOUR : null);
    const stage = await openScheduled(custom, { functions: { nextTick: ending } });
    await pass(stage, DAY);
    expect(await ticksOf(stage)).toEqual(["01T01:00"]);
    const bounded = {
      ...custom,
      schedules: [{ ...custom.schedules[0], startMs: START + 5 * HOUR, endMs: START + 20 * HOUR }],
    };
    const other = await openScheduled(bounded, { functions: { nextTick: everySevenHours } });
    await pass(other, 2 * DAY);
    expect(await ticksOf(other)).toEqual(["01T07:00", "01T14:00"]);
  });

  test("does not tick on days that do not count, and its windows reach over them", async () => {
    const asked: number[] = [];
    const nextTick = (name: string, afterMs: number): number => {
      asked.push(afterMs);
      return everySevenHours(name, afterMs);
    };
    const calendar = weekdays([1, 4]);
    const stage = await openScheduled(
      { schedules: [{ ...custom.schedules[0], calendar }] },
      { functions: { nextTick } },
    );
    await pass(stage, 20 * HOUR);
    await offFor(stage, 4 * DAY);
    await pass(stage, 6 * HOUR);
    expect(await ticksOf(stage)).toEqual([
      "01T07:00",
      "01T14:00",
      "01T21:00",
      "05T02:00",
      "05T09:00",
      "05T16:00",
      "05T23:00",
    ]);
    expect(at((await runsOf(stage))[3]?.window.startMs ?? null)).toBe("01T21:00");
    // A day that does not count is passed over as a whole.
    expect(asked.filter((ms) => ms > START + DAY && ms < START + 4 * DAY - 1).map(at)).toEqual([]);
  });

  test("is asked again after a while when its function fails, or gives what cannot be", async () => {
    let gives: (after: number) => number = () => {
      throw new Error("no calendar today");
    };
    const stage = await openScheduled(custom, { functions: { nextTick: (_, after) => gives(after) } });
    gives = (after) => after;
    await pass(stage, MINUTE);
    gives = (after) => after + 1;
    await pass(stage, MINUTE);
    expect((await decided(stage)).map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ["failed", "no calendar today"],
      ["failed", `The schedule default gave ${START} ms as the tick after ${START} ms.`],
      ["failed", "The schedule default names more than 10000 ticks up to now."],
    ]);
    gives = () => START + HOUR;
    await pass(stage, HOUR);
    expect(await ticksOf(stage)).toEqual(["01T01:00"]);
  });
});

function weekdays(counting: readonly number[]): ScheduleSpec["calendar"] {
  return { weekdays: counting, exclude: [], include: [], roll: "skip", files: [] };
}

describe("a flow whose parameters are made by the author's code", () => {
  test("has that code asked shortly before a tick is due, so that it is there by then", async () => {
    const asked: string[] = [];
    const base = scheduled({});
    const stage: Stage = await openStage({
      flows: [{ ...base, params: { jsonSchema: null } }],
      schedules: true,
      functions: {
        refuseParams: () => {
          asked.push(new Date(stage.clock.now()).toISOString().slice(11, 19));
          return undefined;
        },
      },
    });
    await pass(stage, HOUR + MINUTE);
    expect(asked).toEqual(["00:59:56", "01:00:00"]);
    await stage.engine.stop();
  });
});

describe("a tick whose run cannot be made", () => {
  test("is kept as failed, with the reason, and the schedule goes on", async () => {
    let refused: string | undefined = "region: expected a text";
    const stage = await openScheduled({}, { functions: { refuseParams: () => refused } });
    await pass(stage, HOUR);
    refused = undefined;
    await pass(stage, HOUR);
    expect(await outcomes(stage)).toEqual(["01T01:00 failed: region: expected a text", "01T02:00 run"]);
  });
});

describe("ticks that were missed while the server was off", () => {
  const cases = [
    { catchup: { kind: "newest" }, ticks: ["04T00:00"], dropped: "71 ticks" },
    { catchup: { kind: "none" }, ticks: [], dropped: "72 ticks were missed; catchup is none" },
    { catchup: { kind: "last", count: 3 }, ticks: ["03T22:00", "03T23:00", "04T00:00"], dropped: "69 ticks" },
    { catchup: { kind: "within", ms: 2 * HOUR }, ticks: ["03T23:00", "04T00:00"], dropped: "70 ticks" },
  ] as const;
  for (const { catchup, ticks, dropped } of cases) {
    test(`are made up for as told: ${JSON.stringify(catchup)}`, async () => {
      const stage = await openScheduled({ schedules: [{ catchup }] });
      await offFor(stage, 3 * DAY + 30 * MINUTE);
      await pass(stage, MINUTE);
      expect(await ticksOf(stage)).toEqual(ticks);
      expect((await outcomes(stage)).filter((line) => line.includes("skipped"))[0]).toContain(dropped);
      await pass(stage, HOUR);
      expect((await ticksOf(stage)).at(-1)).toBe("04T01:00");
    });
  }
});
