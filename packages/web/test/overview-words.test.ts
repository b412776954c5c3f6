import { expect, test } from "vitest";
import type { FlowRuns, RunCounts, Trigger } from "../src/api/shapes.ts";
import { countsText, dayRows } from "../src/features/home/day.ts";
import { openFailures, typicalTimes } from "../src/features/home/needs.ts";

const NOW = Date.UTC(2026, 0, 31, 12);
const HOUR = 3_600_000;
const NONE = { success: 0, failed: 0, cancelled: 0, active: 0 };
const at = (hours: number): string => new Date(NOW + hours * HOUR).toISOString();

/** Runs of a flow, the newest first, an hour between them. */
function flowRuns(flow: string, states: readonly FlowRuns["runs"][number]["state"][]): FlowRuns {
  const runs = states.map((state, place) => {
    const createdAt = at(-1 - place);
    return { id: `${flow}-${place}`, state, createdAt, startedAt: createdAt, endedAt: createdAt };
  });
  return { flow, runs, succeeded: null, medianMs: 60_000 };
}

test("a failure is open until a later run of its flow is good or may become so, and what was cancelled says nothing", () => {
  const flows = [
    flowRuns("mended", ["success", "failed"]),
    flowRuns("retried", ["queued", "failed"]),
    flowRuns("open", ["failed", "success"]),
    flowRuns("given-up", ["cancelled", "failed"]),
    { ...flowRuns("history", ["failed"]), runs: [{ ...flowRuns("history", ["failed"]).runs[0], createdAt: at(-200) }] },
  ] as FlowRuns[];
  expect(openFailures(flows, NOW).map(({ flow, id }) => [flow, id])).toEqual([
    ["open", "open-0"],
    ["given-up", "given-up-1"],
  ]);
});

test("how long a flow typically takes is said of enough good runs only", () => {
  const flows = [flowRuns("known", ["success", "failed", "success", "success"]), flowRuns("new", ["success"])];
  expect([...typicalTimes(flows)]).toEqual([["known", 60_000]]);
});

test("a day has a row for each flow that ran or comes soon, and its stretches stand where they were", () => {
  const stretch = { ...NONE, run: "r" };
  const counts: RunCounts = {
    from: at(-24.25),
    stretchMs: HOUR / 4,
    total: { ...NONE, success: 3, failed: 1 },
    flows: 1,
    items: [
      {
        flow: "orders",
        total: { ...NONE, success: 3, failed: 1 },
        stretches: [
          { ...stretch, at: at(-24.25), success: 1 },
          { ...stretch, at: at(-10), success: 2 },
          { ...stretch, at: at(-0.125), failed: 1 },
        ],
      },
    ],
    seq: 1,
  };
  const trigger = { flow: "nightly", name: "default", text: "every day", nextTick: at(3) } as Trigger;
  const rows = dayRows(counts, [trigger, { ...trigger, flow: "later", nextTick: at(5) }], NOW);
  expect(rows.map(({ flow }) => flow)).toEqual(["orders", "nightly"]);
  // The first lies before the strip; the last is not over.
  expect(rows[0]?.bars.map(({ from, width }) => [from, width])).toEqual(
    [
      [14 / 28, 0.25 / 28],
      [23.875 / 28, 0.125 / 28],
    ].map((pair) => pair.map((share) => expect.closeTo(share, 9))),
  );
  expect(rows[1]).toMatchObject({ total: NONE, bars: [], next: [{ text: "every day" }] });
  expect([countsText(counts.total), countsText(NONE)]).toEqual(["3 succeeded, 1 failed", "no runs"]);
});
