import { makeRunId, type RunRow } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { AT_MS, runRow } from "../rows.ts";
import { commitTo, type Subject } from "./subject.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const COUNTED_FROM_MS = AT_MS + 40 * DAY_MS;

/** A run that was made so many minutes after those begin that are counted. */
function countedRun(minutes: number, flow: string, state: RunRow["state"]): RunRow {
  const createdAtMs = COUNTED_FROM_MS + minutes * 60_000;
  return runRow({ id: makeRunId(createdAtMs, Math.random), createdAtMs, flow, state });
}

export function talliesConform(subject: Subject): void {
  const commit = async (...runs: readonly RunRow[]): Promise<void> => {
    for (const run of runs) await commitTo(subject, { runs: [run] });
  };
  const windowed = (day: number, state: RunRow["state"], rest: Partial<RunRow> = {}): RunRow => {
    const window = { startMs: AT_MS + day * DAY_MS, endMs: AT_MS + (day + 1) * DAY_MS };
    return runRow({ window, scheduledAtMs: window.endMs, state, ...rest });
  };

  describe("the tally of runs", () => {
    test("by window counts the newest run of each, and how many there were", async () => {
      await commit(windowed(0, "failed"), windowed(0, "success"), windowed(1, "failed"));
      const slices = ["eu", "us"].map((key) => ({ kind: "key", key }) as const);
      await commit(...slices.map((slice) => windowed(2, "success", { slice })));
      // What stands for nothing in time, another flow's, and what is outside.
      await commit(windowed(1, "success", { scheduledAtMs: null }), windowed(1, "success", { flow: "other" }));
      await commit(windowed(9, "success"));
      const over = { by: "window", fromMs: AT_MS, toMs: AT_MS + 8 * DAY_MS, bucketMs: HOUR_MS } as const;
      const tallies = await subject.store.history.tallyRuns("daily-orders", over);
      const at = (day: number) => ({ startMs: AT_MS + day * DAY_MS, endMs: AT_MS + (day + 1) * DAY_MS });
      expect(tallies.toSorted((a, b) => a.startMs - b.startMs)).toEqual([
        { ...at(0), state: "success", count: 1, runs: 2 },
        { ...at(1), state: "failed", count: 1, runs: 1 },
        { ...at(2), state: "success", count: 2, runs: 2 },
      ]);
    });

    test("by when they were made counts the newest of each family", async () => {
      const made = (minutes: number, state: RunRow["state"], rest: Partial<RunRow> = {}): RunRow => {
        const createdAtMs = AT_MS + DAY_MS + minutes * 60_000;
        return runRow({ id: makeRunId(createdAtMs, Math.random), createdAtMs, state, ...rest });
      };
      const root = made(1, "failed");
      await commit(root, made(2, "running"), made(3, "success", { rerunOf: root.id, rootRun: root.id }));
      await commit(made(70, "cancelled"), made(80, "failed", { scheduledAtMs: AT_MS }), made(3 * 60, "success"));
      const from = AT_MS + DAY_MS;
      const over = { by: "made", fromMs: from, toMs: from + 2 * HOUR_MS, bucketMs: HOUR_MS } as const;
      const tallies = await subject.store.history.tallyRuns("daily-orders", over);
      // Of those that stand for nothing in time all but one.
      const others = await subject.store.history.tallyRuns("daily-orders", { ...over, by: "others" });
      expect(others).toHaveLength(tallies.length - 1);
      const at = (hour: number) => ({ startMs: from + hour * HOUR_MS, endMs: from + hour * HOUR_MS });
      expect(tallies.toSorted((a, b) => a.startMs - b.startMs || (a.state < b.state ? -1 : 1))).toEqual([
        { ...at(0), state: "running", count: 1, runs: 1 },
        { ...at(0), state: "success", count: 1, runs: 1 },
        { ...at(1), state: "cancelled", count: 1, runs: 1 },
        { ...at(1), state: "failed", count: 1, runs: 1 },
      ]);
    });
    countsConform(subject, commit);
  });
}

function countsConform(subject: Subject, commit: (...runs: readonly RunRow[]) => Promise<void>): void {
  test("of all flows by when they were made counts each run, and names the newest", async () => {
    const [before, first, second, failed, later, other] = [
      countedRun(-1, "counted", "success"),
      countedRun(0, "counted", "success"),
      countedRun(14, "counted", "success"),
      countedRun(14, "counted", "failed"),
      countedRun(15, "counted", "running"),
      countedRun(59, "counted, too", "success"),
    ] as const;
    await commit(before, first, second, failed, later, other);
    const counts = await subject.store.history.countRuns(COUNTED_FROM_MS, HOUR_MS / 4);
    const byPlace = counts.toSorted((a, b) => a.startMs - b.startMs || (a.state < b.state ? -1 : 1));
    const at = (quarter: number) => COUNTED_FROM_MS + (quarter * HOUR_MS) / 4;
    expect(byPlace).toEqual([
      { flow: "counted", state: "failed", startMs: at(0), count: 1, newest: failed.id },
      { flow: "counted", state: "success", startMs: at(0), count: 2, newest: second.id },
      { flow: "counted", state: "running", startMs: at(1), count: 1, newest: later.id },
      { flow: "counted, too", state: "success", startMs: at(3), count: 1, newest: other.id },
    ]);
  });
}
