import type { EventRow } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { makeTree, treeFrame } from "../../src/following/tree-frame.ts";
import { makeStyle } from "../../src/output/style.ts";
import { parseRunEvent } from "../../src/run-view/run-event.ts";
import { applyEvent, makeRunView, type RunView } from "../../src/run-view/run-view.ts";
import { eventRow, flowSpec, RUN, runRow, SAMPLE, taskNode } from "../run-view/sample-flow.ts";

function frame(view: RunView, rows = 50, nowMs = 3_000): string[] {
  return treeFrame(view, makeTree(view), { nowMs, style: makeStyle(false), rows });
}

function viewAfter(...rows: readonly EventRow[]): RunView {
  const view = makeRunView(SAMPLE, runRow(), []);
  for (const row of rows) applyEvent(view, parseRunEvent(row));
  return view;
}

const success = (node: number, item = "", more: object = {}): EventRow =>
  eventRow("task.finished", 2_000, { node, item, data: { state: "success", ms: 500, ...more } });

describe("a frame of the live tree", () => {
  test("shows what happens, with maps as one line each", () => {
    const view = viewAfter(
      eventRow("run.started", 1_000),
      success(0),
      eventRow("task.expanded", 2_000, { node: 1, data: { items: 100 } }),
      ...Array.from({ length: 37 }, (_unused, index) => success(2, String(index))),
      eventRow("task.started", 2_500, { node: 2, item: "37" }),
      eventRow("task.retrying", 2_600, { node: 2, item: "38", data: { error: { code: null, message: "no\nmore" } } }),
      success(6, "", { arm: "yes" }),
      eventRow("task.started", 2_900, { node: 7, data: { try: 2 } }),
    );
    expect(frame(view)).toEqual([
      `● daily  running  2.0 s  ${RUN}`,
      "  ✓ extract              500 ms",
      "  ● process     37/100    1.5 s  1 running, 1 retrying, no",
      "  · airport",
      "  ·   fetch",
      "  ·   load",
      "  ✓ big                  500 ms  took yes",
      "  ●   yes:",
      "  ●     notify           100 ms  try 2",
      "  · audit/",
      "  ·   count",
    ]);
  });

  test("keeps the rows where something happens when not all fit", () => {
    const nodes = Array.from({ length: 30 }, (_unused, index) => taskNode(`t${index}`));
    const view = makeRunView(flowSpec(nodes), runRow({ startedAtMs: 1_000 }), []);
    for (let node = 0; node < 20; node += 1) applyEvent(view, parseRunEvent(success(node)));
    applyEvent(view, parseRunEvent(eventRow("task.started", 2_500, { node: 20 })));
    const lines = frame(view, 6);
    expect(lines).toHaveLength(6);
    expect(lines.slice(1)).toEqual([
      "  ● t20   500 ms",
      "  · t21",
      "  · t22",
      "  · t23",
      "    20 done, 6 more to come",
    ]);
  });

  test("leaves out what is not part of the run", () => {
    const view = makeRunView(SAMPLE, runRow({ selection: ["extract", "audit/count"] }), []);
    expect(frame(view).slice(1)).toEqual(["  · extract", "  · audit/", "  ·   count"]);
  });

  test("says that it is cancelling, and how it ended", () => {
    const view = viewAfter(eventRow("run.started", 1_000), eventRow("run.cancelling", 2_000));
    expect(frame(view)[0]).toBe(`● daily  cancelling  2.0 s  ${RUN}`);
    applyEvent(view, parseRunEvent(eventRow("run.finished", 2_500, { data: { state: "cancelled" } })));
    expect(frame(view)[0]).toBe(`■ daily  cancelled  1.5 s  ${RUN}`);
  });
});
