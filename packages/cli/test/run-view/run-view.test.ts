import type { EventRow } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { parseRunEvent } from "../../src/run-view/run-event.ts";
import { applyEvent, makeRunView, nodeState, type RunView, totals } from "../../src/run-view/run-view.ts";
import { eventRow, flowSpec, runRow, SAMPLE, taskNode, taskRunRow } from "./sample-flow.ts";

function apply(view: RunView, ...rows: readonly EventRow[]): void {
  for (const row of rows) applyEvent(view, parseRunEvent(row));
}

function fresh(): RunView {
  return makeRunView(SAMPLE, runRow({ state: "queued" }), []);
}

function stateOf(view: RunView, node: number): string {
  const found = view.nodes[node];
  if (found === null || found === undefined) return "not in the run";
  return nodeState(
    found,
    [...view.active.values()].filter((task) => task.node === node),
  );
}

describe("a view of a run", () => {
  test("follows a task through its states", () => {
    const view = fresh();
    expect(stateOf(view, 0)).toBe("waiting");
    apply(view, eventRow("run.started", 1_000), eventRow("task.started", 1_100, { node: 0 }));
    expect([view.state, stateOf(view, 0)]).toEqual(["running", "running"]);
    const error = { code: null, message: "no" };
    apply(view, eventRow("task.retrying", 1_200, { node: 0, data: { attempt: 1, resumeAtMs: 2_000, error } }));
    expect(stateOf(view, 0)).toBe("retry_wait");
    apply(view, eventRow("task.started", 2_000, { node: 0, data: { try: 2 } }));
    expect(view.active.get("0/")).toMatchObject({ state: "running", number: 2, resumeAtMs: null });
    apply(view, eventRow("task.deferred", 2_100, { node: 0, data: { resumeAtMs: 9_000 } }));
    expect(stateOf(view, 0)).toBe("deferred");
    apply(view, eventRow("task.finished", 9_500, { node: 0, data: { state: "success", ms: 8_400, attempts: 3 } }));
    expect([stateOf(view, 0), view.active.size]).toEqual(["success", 0]);
    expect(view.nodes[0]).toMatchObject({ firstStartedAtMs: 1_100, lastEndedAtMs: 9_500 });
  });

  test("counts the items of maps, nested ones too", () => {
    const view = fresh();
    apply(view, eventRow("task.expanded", 1_000, { node: 1, data: { items: 3 } }));
    expect(view.nodes[2]?.total).toBe(3);
    apply(
      view,
      eventRow("task.started", 1_100, { node: 2, item: "0" }),
      eventRow("task.finished", 1_200, { node: 2, item: "0", data: { state: "success" } }),
      eventRow("task.finished", 1_200, {
        node: 2,
        item: "1",
        data: { state: "failed", error: { code: "X", message: "m" } },
      }),
    );
    expect(stateOf(view, 2)).toBe("running");
    expect(view.nodes[2]).toMatchObject({ ended: { success: 1, failed: 1 }, lastError: { code: "X" } });
    apply(view, eventRow("task.finished", 1_300, { node: 2, item: "2", data: { state: "success", cached: true } }));
    expect(stateOf(view, 2)).toBe("failed");
    expect(totals(view)).toMatchObject({ success: 2, failed: 1, cached: 1 });
  });

  test("begins in the middle, with what the store has", () => {
    const view = makeRunView(SAMPLE, runRow({ startedAtMs: 1_000 }), [
      taskRunRow(0, ""),
      taskRunRow(1, "", { state: "running", itemCount: 2, endedAtMs: null }),
      taskRunRow(2, "0"),
      taskRunRow(2, "1", { state: "retry_wait", tries: 1, endedAtMs: null, resumeAtMs: 5_000 }),
      taskRunRow(6, "", { arm: "yes" }),
      taskRunRow(0, "", { hook: "success", state: "failed" }),
    ]);
    expect(view.nodes[2]).toMatchObject({ total: 2, ended: { success: 1 } });
    expect(stateOf(view, 2)).toBe("retry_wait");
    expect(view.nodes[6]?.arm).toBe("yes");
    expect(stateOf(view, 0)).toBe("success");
  });

  test("drops events that the snapshot has counted", () => {
    const view = makeRunView(SAMPLE, runRow(), [
      taskRunRow(0, ""),
      taskRunRow(1, "", { state: "running", itemCount: 2, endedAtMs: null }),
    ]);
    apply(
      view,
      eventRow("task.started", 1_000, { node: 0 }),
      eventRow("task.finished", 2_000, { node: 0, data: { state: "success" } }),
      eventRow("task.expanded", 2_000, { node: 1, data: { items: 2 } }),
    );
    expect(view.nodes[0]?.ended.success).toBe(1);
    expect(view.nodes[2]?.total).toBe(2);
    expect(view.active.has("0/")).toBe(false);
  });

  test("has only the nodes of its selection, and what stands in them", () => {
    const view = makeRunView(SAMPLE, runRow({ selection: ["process", "big"] }), []);
    const inRun = view.nodes.flatMap((node, index) => (node === null ? [] : [SAMPLE.nodes[index]?.id]));
    expect(inRun).toEqual(["process", "process[]", "big", "notify"]);
  });

  test("does not take the work of hooks for that of the task", () => {
    const view = makeRunView(flowSpec([taskNode("a")]), runRow(), []);
    apply(view, eventRow("task.finished", 1_000, { node: 0, data: { state: "success" } }));
    apply(view, eventRow("task.started", 1_100, { node: 0, data: { hook: "success" } }));
    expect(view.active.size).toBe(0);
    apply(view, eventRow("hook.finished", 1_200, { node: 0, data: { hook: "success", state: "failed" } }));
    expect(totals(view)).toMatchObject({ success: 1, failed: 0 });
  });

  test("ends with the run, and leaves other runs alone", () => {
    const view = fresh();
    const ended = eventRow("run.finished", 5_000, { data: { state: "cancelled" } });
    expect(applyEvent(view, parseRunEvent({ ...ended, run: "other" as EventRow["run"] }))).toBe(false);
    apply(view, eventRow("run.cancelling", 4_000), ended);
    expect(view).toMatchObject({ state: "cancelled", cancelling: true, endedAtMs: 5_000 });
  });
});
