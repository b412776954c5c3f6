import {
  type AlertState,
  type BackfillRow,
  countRun,
  isFailingSensor,
  judgeBackfill,
  judgeEnded,
  judgeLate,
  judgeOwed,
  judgePaused,
  judgeStuck,
  sensorFinding,
  type TriggerRow,
  type WatchedRun,
} from "@millrace/core";
import { describe, expect, test } from "vitest";
import { HOUR, MINUTE, watched } from "./alerts-kit.ts";

const FLOW = { flow: "orders", owner: null, tags: [] };

describe("runs that end", () => {
  function told(...ends: readonly (readonly [state: WatchedRun["state"], atMs: number])[]): readonly (string | null)[] {
    let failing: AlertState["failing"] = {};
    return ends.map(([state, endedAtMs]) => {
      const judged = judgeEnded(failing, watched({ state, endedAtMs }), state === "failed" ? "no disk" : null);
      failing = judged.failing;
      return judged.alert === null ? null : `${judged.alert.kind} ${judged.alert.text}`;
    });
  }

  test("are told of when they fail, and when it is well again", () => {
    expect(told(["success", 0], ["failed", MINUTE], ["success", HOUR], ["success", HOUR])).toEqual([
      null,
      "run.failed failed: no disk",
      "run.recovered recovered after 1 failed run, 59m 00s after the first",
      null,
    ]);
  });

  test("are counted while they fail, and those that were cancelled count for nothing", () => {
    const failed = Array.from({ length: 4 }, (_, index) => ["failed", index * MINUTE] as const);
    expect(told(...failed, ["cancelled", HOUR], ["success", HOUR])).toEqual([
      "run.failed failed: no disk",
      "run.failed failed, the 2nd run in a row: no disk",
      "run.failed failed, the 3rd run in a row: no disk",
      "run.failed failed, the 4th run in a row: no disk",
      null,
      "run.recovered recovered after 4 failed runs, 1h 00m after the first",
    ]);
  });

  test.each([
    [10, "11th"],
    [20, "21st"],
    [111, "112th"],
  ])("number their failures as people do: after %i", (runs, text) => {
    const judged = judgeEnded({ orders: { sinceMs: 0, runs } }, watched({ state: "failed" }), null);
    expect(judged.alert?.text).toBe(`failed, the ${text} run in a row`);
  });

  test("of backfills are left to them", () => {
    const judged = judgeEnded({}, watched({ state: "failed", endedAtMs: 5, ofBackfill: true }), "no disk");
    expect(judged).toEqual({ failing: {}, alert: null });
  });
});

describe("runs with a deadline", () => {
  const BOTH = { startMs: 5 * MINUTE, endMs: HOUR };
  const late = (run: Partial<WatchedRun>, nowMs: number) =>
    judgeLate(watched(run), BOTH, nowMs).map(({ key, alert }) => `${key}: ${alert.text}`);

  test("are in time up to it", () => {
    expect(late({ startedAtMs: null }, 5 * MINUTE)).toEqual([]);
    expect(late({ startedAtMs: 5 * MINUTE }, HOUR)).toEqual([]);
    expect(judgeLate(watched({ startedAtMs: null }), { startMs: null, endMs: null }, 9 * HOUR)).toEqual([]);
  });

  test("are late when they have not begun, or ended, by it", () => {
    expect(late({ startedAtMs: null }, 6 * MINUTE)).toEqual([
      "late start R1: has not started 6m 00s after its time; 5m 00s are allowed",
    ]);
    expect(late({}, 2 * HOUR)).toEqual(["late end R1: has not ended 2h 00m after its time; 1h 00m are allowed"]);
  });

  test("are late as well when they did both in the end", () => {
    expect(late({ startedAtMs: HOUR, endedAtMs: 2 * HOUR }, 9 * HOUR)).toEqual([
      "late start R1: started 1h 00m after its time; 5m 00s are allowed",
      "late end R1: ended 2h 00m after its time; 1h 00m are allowed",
    ]);
    expect(late({ startedAtMs: null, endedAtMs: MINUTE }, 9 * HOUR)).toEqual([]);
  });

  test("of backfills are never late", () => {
    expect(late({ ofBackfill: true }, 9 * HOUR)).toEqual([]);
  });
});

describe("runs that go on and on", () => {
  const HISTORY = [MINUTE, 5 * MINUTE, MINUTE, MINUTE, MINUTE];

  test("are stuck when they take far longer than any before", () => {
    expect(judgeStuck(watched(), HISTORY, 15 * MINUTE)).toBeUndefined();
    expect(judgeStuck(watched(), HISTORY, 16 * MINUTE)?.alert.text).toBe(
      "has been running for 16m 00s; of its last 5 good runs none took more than 5m 00s",
    );
    expect(judgeStuck(watched({ startedAtMs: null, createdAtMs: 0 }), HISTORY, 16 * MINUTE)?.alert.text).toContain(
      "has waited to start for 16m 00s",
    );
  });

  test("are not stuck where nothing is known, or in little time", () => {
    expect(judgeStuck(watched(), HISTORY.slice(1), 9 * HOUR)).toBeUndefined();
    expect(judgeStuck(watched(), [1, 1, 1, 1, 1], 10 * MINUTE)).toBeUndefined();
    expect(judgeStuck(watched({ ofBackfill: true }), HISTORY, 9 * HOUR)).toBeUndefined();
  });
});

function row(changed: Partial<TriggerRow> = {}): TriggerRow {
  return {
    flow: "orders",
    name: "default",
    kind: "schedule",
    fingerprint: "",
    schedule: null,
    sinceMs: 0,
    cursorMs: null,
    owed: [],
    sensorCursor: null,
    gathered: [],
    madeAtMs: [],
    paused: null,
    failures: 0,
    retired: false,
    ...changed,
  };
}

describe("schedules that fail", () => {
  const count = (before: Partial<TriggerRow>, state: "success" | "failed" | "cancelled", pauseAfter = 3) =>
    countRun(row(before), state, { pauseAfter, atMs: 7 });

  test("are paused after so many failures in a row", () => {
    expect(count({}, "failed")).toMatchObject({ failures: 1, paused: null });
    expect(count({ failures: 2 }, "failed")).toMatchObject({
      failures: 3,
      paused: { atMs: 7, by: "millrace", reason: "3 runs in a row failed" },
    });
    expect(count({}, "failed", 1)?.paused?.reason).toBe("a run failed");
    const paused = { atMs: 1, by: "ada", reason: null };
    expect(count({ failures: 5, paused }, "failed")).toMatchObject({ failures: 6, paused });
  });

  test("begin anew with a good run, and what was cancelled is neither", () => {
    expect(count({ failures: 2 }, "success")).toMatchObject({ failures: 0 });
    expect(count({}, "success")).toBeUndefined();
    expect(count({ failures: 2 }, "cancelled")).toBeUndefined();
  });

  test("are told of when they were paused by that, and not by somebody", () => {
    const paused = count({ failures: 2 }, "failed") as TriggerRow;
    expect(judgePaused(paused, FLOW)).toMatchObject({
      key: "paused orders default 7",
      alert: { kind: "schedule.paused", atMs: 7, text: 'was paused, its schedule "default": 3 runs in a row failed' },
    });
    const silent = { atMs: 1, by: "millrace", reason: null };
    expect(judgePaused(row({ paused: silent }), FLOW)?.alert.text).toContain("its runs failed");
    expect(judgePaused(row({ paused: { ...silent, by: "ada" } }), FLOW)).toBeUndefined();
    expect(judgePaused(row(), FLOW)).toBeUndefined();
  });
});

describe("sensors", () => {
  test("fail when they did so three times in a row", () => {
    const paused = { atMs: 1, by: "ada", reason: null };
    const failing = [
      row({ kind: "sensor", failures: 3 }),
      row({ kind: "file", failures: 9 }),
      row({ kind: "sensor", failures: 2 }),
      row({ kind: "schedule", failures: 3 }),
      row({ kind: "sensor", failures: 3, paused }),
    ].map(isFailingSensor);
    expect(failing).toEqual([true, true, false, false, false]);
  });

  test("are told of with the reason, where there is one", () => {
    const sensor = row({ kind: "sensor", name: "inbox", failures: 3 });
    expect(sensorFinding(sensor, FLOW, { reason: "no route", nowMs: 5 })).toMatchObject({
      key: "sensor orders inbox",
      alert: { kind: "sensor.failing", atMs: 5, text: 'has a sensor "inbox" that failed 3 times in a row: no route' },
    });
    expect(sensorFinding(sensor, FLOW, { reason: null, nowMs: 5 }).alert.text).toMatch(/in a row$/);
  });
});

describe("ticks that wait for room", () => {
  const owed = { afterMs: 999, untilMs: 1_000, order: "oldest", live: true } as const;
  const judge = (changed: Partial<TriggerRow>, nowMs: number) =>
    judgeOwed(row(changed), FLOW, { startMs: MINUTE, nowMs });

  test("are late like runs", () => {
    expect(judge({ owed: [owed] }, 1_000 + MINUTE)).toBeUndefined();
    expect(judge({ owed: [{ ...owed, live: false }, owed] }, 1_000 + 2 * MINUTE)).toMatchObject({
      key: "late tick orders default 1000",
      alert: { kind: "run.late", text: expect.stringContaining("2m 00s after its time; 1m 00s are allowed") },
    });
  });

  test("that were missed, or of a paused schedule, are not", () => {
    expect(judge({ owed: [{ ...owed, live: false }] }, HOUR)).toBeUndefined();
    expect(judge({ owed: [owed], paused: { atMs: 1, by: "ada", reason: null } }, HOUR)).toBeUndefined();
  });
});

describe("backfills", () => {
  const backfill = (changed: Partial<BackfillRow>) =>
    ({ id: "B1", state: "success", endedAtMs: 5, made: 3, failed: 0, cancelled: 0, ...changed }) as BackfillRow;
  const text = (changed: Partial<BackfillRow>) => judgeBackfill(backfill(changed), FLOW, HOUR)?.alert.text;

  test("are told of when they have ended", () => {
    expect(judgeBackfill(backfill({}), FLOW, HOUR)).toMatchObject({
      key: "backfill B1 5",
      alert: { atMs: 5, text: "has a backfill that succeeded: 3 runs" },
    });
    expect(text({ state: "failed", made: 3, failed: 1 })).toBe("has a backfill that failed: 3 runs, 1 failed");
    expect(text({ state: "cancelled", made: 1, cancelled: 1 })).toBe(
      "has a backfill that was cancelled: 1 run, 1 cancelled",
    );
  });

  test("are not while they go on, or long after", () => {
    expect(text({ endedAtMs: null })).toBeUndefined();
    expect(judgeBackfill(backfill({}), FLOW, 25 * HOUR)).toBeUndefined();
  });
});
