import type { RouteOutput } from "@millrace/contract";
import { expect, test } from "vitest";
import { patchFlowRuns } from "../../src/live/patch-flow-runs.ts";
import { at, eventOf, madeOf, runOf } from "./told.ts";

type Page = RouteOutput<"listFlowRuns">;
type FlowRuns = Page["items"][number];

const SEQ = 20;
const MOST = 12;

/** What is known of two flows: one with these runs, the newest first, and one with none. */
function pageOf(seconds: readonly number[]): Page {
  const runs = seconds.map((second): FlowRuns["runs"][number] => {
    const { id, state, createdAt, startedAt, endedAt } = runOf(second);
    return { id, state, createdAt, startedAt, endedAt };
  });
  const items = [
    { flow: "orders", runs, succeeded: 1, medianMs: 5 },
    { flow: "stock", runs: [], succeeded: null, medianMs: null },
  ];
  return { items, next: null, seq: SEQ };
}

const ids = (page: Page): readonly string[] | undefined => page.items[0]?.runs.map(({ id }) => id);
const made = (second: number) => madeOf(second, runOf(second));

test("a new run is the newest of its flow, and other flows stay the objects that they were", () => {
  const page = pageOf([2, 1]);
  const next = patchFlowRuns(page, [made(21), eventOf(22, "run.started", { run: "R21" })]);
  expect(next.items[0]?.runs[0]).toEqual({
    id: "R21",
    state: "running",
    createdAt: at(21),
    startedAt: at(22),
    endedAt: null,
  });
  expect(ids(next)).toEqual(["R21", "R2", "R1"]);
  expect(next.items[1]).toBe(page.items[1]);
  // A flow that had no run at all when the answer was made.
  const first = patchFlowRuns(page, [madeOf(21, runOf(21, { flow: "new" }))]);
  expect(first.items[2]).toMatchObject({ flow: "new", runs: [{ id: "R21" }], succeeded: null });
});

test("there are never more than are asked for, and what was pushed out does not come back on top", () => {
  const full = pageOf(Array.from({ length: MOST }, (_, place) => 40 - place));
  const next = patchFlowRuns(full, [made(41)]);
  expect(ids(next)).toEqual(["R41", ...(ids(full) ?? []).slice(0, MOST - 1)]);
  // The answer was made after these events, and says only that it knows all up to an earlier one.
  const late = [made(21), eventOf(22, "run.started", { run: "R21" }), made(40)];
  expect(ids(patchFlowRuns(full, late))).toEqual(ids(full));
});

test("what the answer knows already, and what is told twice, changes nothing", () => {
  const page = pageOf([2, 1]);
  expect(patchFlowRuns(page, [made(20), eventOf(19, "run.started", { run: "R2" })])).toBe(page);
  expect(patchFlowRuns(page, [eventOf(21, "task.started", { run: "R2" })])).toBe(page);
  const events = [made(21), eventOf(22, "run.finished", { run: "R21", data: { state: "failed" } })];
  const once = patchFlowRuns(page, events);
  expect(patchFlowRuns(once, events)).toBe(once);
  // A run that is over stays so, whatever is told of its past.
  const again = patchFlowRuns(once, [eventOf(23, "run.started", { run: "R21" })]);
  expect(again.items[0]?.runs[0]).toMatchObject({ state: "failed", startedAt: null, endedAt: at(22) });
});
