import {
  type BackfillChange,
  type BackfillState,
  backfillAtOnce,
  backfillEnd,
  changedState,
  checkAtOnce,
  countBackfillRuns,
  estimateMs,
  isBlocked,
  isFinalBackfillState,
  type RunId,
  runsAtOnce,
} from "@millrace/core";
import { describe, expect, it } from "vitest";
import { backfillRow, runOf } from "./requests.ts";

describe("the end of a backfill", () => {
  it.each([
    [{ made: 2 }, undefined],
    [{ made: 3 }, "success"],
    [{ made: 3, failed: 1 }, "failed"],
    [{ made: 3, cancelled: 1 }, "failed"],
    [{ made: 1, state: "cancelling" }, "cancelled"],
  ] as const)("%o is %s", (changed, end) => {
    expect(backfillEnd(backfillRow(changed))).toBe(end);
  });

  it("is final", () => {
    const states: BackfillState[] = ["running", "paused", "cancelling", "success", "failed", "cancelled"];
    expect(states.filter(isFinalBackfillState)).toEqual(["success", "failed", "cancelled"]);
  });
});

describe("a wish", () => {
  it.each<[BackfillState, BackfillChange, BackfillState]>([
    ["running", "pause", "paused"],
    ["paused", "resume", "running"],
    ["running", "cancel", "cancelling"],
    ["paused", "retry_failed", "paused"],
    ["failed", "retry_failed", "running"],
    ["cancelled", "retry_failed", "running"],
  ])("%s, %s: %s", (state, change, next) => {
    expect(changedState(backfillRow({ state, failed: 1 }), change)).toBe(next);
  });

  it.each<[BackfillState, BackfillChange, RegExp]>([
    ["success", "pause", /is success/],
    ["cancelling", "resume", /is cancelling/],
    ["cancelling", "retry_failed", /being cancelled/],
  ])("%s, %s is refused", (state, change, message) => {
    expect(() => changedState(backfillRow({ state }), change)).toThrow(message);
  });

  it("to retry is refused where nothing failed and nothing is left, and else goes on", () => {
    expect(() => changedState(backfillRow({ state: "success", made: 3 }), "retry_failed")).toThrow(
      /Nothing has failed/,
    );
    expect(changedState(backfillRow({ state: "cancelled", made: 1 }), "retry_failed")).toBe("running");
  });
});

describe("a backfill whose runs depend on each other", () => {
  const plan = { ...backfillRow().plan, chained: true };

  it.each([
    [{ made: 2, failed: 1 }, true],
    [{ made: 2, cancelled: 1 }, true],
    [{ made: 2 }, false],
    [{ made: 3, failed: 1 }, false],
  ])("with %o is blocked: %s", (changed, expected) => {
    expect(isBlocked(backfillRow({ plan, ...changed }))).toBe(expected);
    expect(isBlocked(backfillRow(changed))).toBe(false);
  });

  it("has one of them under way at once", () => {
    expect(runsAtOnce(plan, { maxActiveRuns: 4 })).toBe(1);
    expect(runsAtOnce({ chained: false }, { maxActiveRuns: 4 })).toBe(4);
  });

  it("goes on only when what failed is repeated", () => {
    const row = backfillRow({ plan, state: "paused", made: 2, failed: 1 });
    expect(() => changedState(row, "resume")).toThrow(/depends on a run that failed/);
    expect(changedState(row, "retry_failed")).toBe("running");
    expect(changedState({ ...row, failed: 0 }, "resume")).toBe("running");
  });
});

describe("how many run at once", () => {
  const { plan, request } = backfillRow();
  const chained = { ...plan, chained: true };

  it("is what was asked, until somebody says otherwise", () => {
    expect(backfillAtOnce(backfillRow())).toBe(request.maxActiveRuns);
    expect(backfillAtOnce(backfillRow({ atOnce: 9 }))).toBe(9);
    expect(backfillAtOnce(backfillRow({ atOnce: 9, plan: chained }))).toBe(1);
  });

  it.each([1, 10_000])("may become %d while it runs or is paused", (atOnce) => {
    expect(() => checkAtOnce(backfillRow(), atOnce)).not.toThrow();
    expect(() => checkAtOnce(backfillRow({ state: "paused" }), atOnce)).not.toThrow();
  });

  it.each([
    [{ state: "success" }, 4, /is success/],
    [{ state: "cancelling" }, 4, /is cancelling/],
    [{ plan: chained }, 4, /depend on each other/],
    [{}, 0, /cannot have 0 runs at once/],
    [{}, 1.5, /cannot have 1.5/],
    [{}, 10_001, /cannot have 10001/],
  ] as const)("of %o may not become %d", (changed, atOnce, message) => {
    expect(() => checkAtOnce(backfillRow(changed), atOnce)).toThrow(message);
  });
});

describe("counts", () => {
  const first = runOf("a", "failed");
  const again = runOf("a", "success", { rootRun: first.rootRun });
  const bad = runOf("b", "failed");
  const stopped = runOf("c", "cancelled");
  const runs = [first, again, bad, stopped, runOf("d", "running")];

  it("are of the newest run of each family", () => {
    expect(countBackfillRuns(runs, null)).toEqual({ succeeded: 1, failed: 1, cancelled: 1, toRetry: [] });
  });

  it("name what is to be repeated: what failed before somebody wished so", () => {
    const ids = (atMs: number): RunId[] => countBackfillRuns(runs, atMs).toRetry.map(({ id }) => id);
    expect(ids(bad.createdAtMs)).toEqual([]);
    expect(ids(stopped.createdAtMs)).toEqual([bad.id]);
    expect(ids(stopped.createdAtMs + 1)).toEqual([bad.id, stopped.id]);
  });
});

describe("an estimate", () => {
  it("is made from what runs took, so many at once", () => {
    expect(estimateMs([1_000, 3_000], { runs: 10, atOnce: 4 })).toBe(5_000);
    expect(estimateMs([1_000], { runs: 2, atOnce: 16 })).toBe(1_000);
    expect(estimateMs([], { runs: 2, atOnce: 16 })).toBeUndefined();
  });
});
