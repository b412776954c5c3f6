import { type EventRow, errorInfo, type RunRow } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { makeJsonReporter } from "../../src/following/json-reporter.ts";
import { makeLiveReporter } from "../../src/following/live-reporter.ts";
import { makePlainReporter } from "../../src/following/plain-reporter.ts";
import type { RunReporter } from "../../src/following/run-reporter.ts";
import type { TaskFailure } from "../../src/following/run-story.ts";
import type { Console } from "../../src/output/console.ts";
import { makeStyle } from "../../src/output/style.ts";
import { clockText } from "../../src/output/time-text.ts";
import { parseRunEvent } from "../../src/run-view/run-event.ts";
import { applyEvent, makeRunView } from "../../src/run-view/run-view.ts";
import { Emulator } from "../output/emulator.ts";
import { eventRow, RUN, runRow, SAMPLE } from "../run-view/sample-flow.ts";

/** A console that keeps what is written to it. */
function keepingConsole(json: boolean): { console: Console; lines: string[]; records: unknown[] } {
  const lines: string[] = [];
  const records: unknown[] = [];
  const print = (text: string | readonly string[]): void => {
    if (!json) lines.push(...(typeof text === "string" ? [text] : text));
  };
  const style = makeStyle(false);
  const console: Console = {
    json,
    quiet: false,
    style,
    errorStyle: style,
    columns: 100,
    terminal: undefined,
    print,
    note: print,
    record: (record) => {
      if (json) records.push(record);
    },
    complain: () => {},
    outliveReader: () => {},
  };
  return { console, lines, records };
}

const error = { code: "HTTP_STATUS", name: "MillraceError", message: "503\nService Unavailable" };

const EVENTS: readonly EventRow[] = [
  eventRow("run.started", 1_000),
  eventRow("task.started", 1_100, { node: 0 }),
  eventRow("task.retrying", 1_200, { node: 0, data: { resumeAtMs: 3_200, error } }),
  eventRow("task.started", 3_200, { node: 0, data: { try: 2 } }),
  eventRow("task.finished", 3_300, { node: 0, data: { state: "success", ms: 2_200, attempts: 2 } }),
  eventRow("task.expanded", 3_300, { node: 1, data: { items: 1 } }),
  eventRow("task.started", 3_300, { node: 2, item: "0" }),
  eventRow("task.finished", 3_400, { node: 2, item: "0", data: { state: "failed", ms: 100, error } }),
  eventRow("task.finished", 3_400, { node: 1, data: { state: "failed", ms: 100 } }),
  eventRow("task.finished", 3_400, { node: 7, data: { state: "skipped" } }),
  eventRow("task.started", 3_400, { node: 0, data: { hook: "failure" } }),
  eventRow("hook.finished", 3_450, { node: 0, data: { hook: "failure", state: "success", ms: 20 } }),
  eventRow("data.reported", 3_460, { node: 0, data: { kind: "materialization", asset: "shop/orders" } }),
  eventRow("data.reported", 3_460, { node: 0, data: { kind: "check", check: "full", passed: true } }),
  eventRow("data.reported", 3_460, {
    node: 0,
    data: { kind: "check", asset: "shop/orders", check: "unique", passed: false, severity: "warn" },
  }),
  eventRow("data.reported", 3_460, { node: 0, data: { kind: "custom" } }),
  eventRow("run.finished", 3_500, { data: { state: "failed" } }),
];

const failure: TaskFailure = {
  label: "process[0]",
  tries: 1,
  startedAtMs: 3_300,
  endedAtMs: 3_400,
  error: errorInfo("HTTP_STATUS", "503", "Try later."),
  logTail: [{ t: 3_350, level: "warn", source: "stderr", text: "boom" }],
};

const ENDED: RunRow = runRow({ state: "failed", startedAtMs: 1_000, endedAtMs: 3_500 });

function report(reporter: RunReporter, rows: readonly EventRow[] = EVENTS): void {
  const view = makeRunView(SAMPLE, runRow({ state: "queued" }), []);
  reporter.begin(view, false);
  for (const row of rows) {
    const event = parseRunEvent(row);
    applyEvent(view, event);
    reporter.event(view, event);
  }
  reporter.end(view, { run: ENDED, failures: [failure], moreFailures: 0, output: { kind: "none" } });
}

describe("plain lines", () => {
  test("are one an event, and the story at the end", () => {
    const { console, lines } = keepingConsole(false);
    report(makePlainReporter(console));
    const at = (ms: number): string => clockText(ms);
    expect(lines).toEqual([
      `daily ${RUN}`,
      `${at(1_100)}  started    extract`,
      `${at(1_200)}  retrying   extract  try 1 failed, again in 2.0 s: HTTP_STATUS: 503`,
      `${at(3_200)}  started    extract  try 2`,
      `${at(3_300)}  success    extract  2.2 s`,
      `${at(3_300)}  expanded   process  1 items`,
      `${at(3_300)}  started    process[0]`,
      `${at(3_400)}  failed     process[0]  100 ms  HTTP_STATUS: 503`,
      `${at(3_400)}  failed     process  100 ms`,
      `${at(3_400)}  skipped    notify`,
      `${at(3_450)}  success    extract  hook failure`,
      `${at(3_460)}  reported   extract  shop/orders`,
      `${at(3_460)}  checked    extract  full passed`,
      `${at(3_460)}  checked    extract  unique of shop/orders failed (a warning)`,
      "",
      "✗ process[0] failed, 100 ms",
      "  error HTTP_STATUS: 503",
      "    hint: Try later.",
      "  last lines of its log:",
      `    ${at(3_350)} stderr boom`,
      "",
      `next: millrace retry ${RUN}`,
      `      millrace logs ${RUN} --task 'process[0]'`,
      "",
      `✗ daily failed in 2.5 s  1 success, 1 failed, 1 skipped  ${RUN}`,
    ]);
  });

  test("of a large map are one for each tenth, and for what fails", () => {
    const { console, lines } = keepingConsole(false);
    const items = Array.from({ length: 200 }, (_unused, index) => [
      eventRow("task.started", 1_000, { node: 2, item: String(index) }),
      eventRow("task.finished", 1_000, {
        node: 2,
        item: String(index),
        data: { state: index === 50 ? "failed" : "success" },
      }),
    ]);
    report(makePlainReporter(console), [
      eventRow("task.expanded", 1_000, { node: 1, data: { items: 200 } }),
      ...items.flat(),
    ]);
    const told = lines.filter((line) => /process\[/.test(line) && line.startsWith(clockText(1_000)));
    expect(told.filter((line) => line.includes("progress"))).toHaveLength(10);
    expect(told.filter((line) => line.includes("failed  "))).toHaveLength(1);
    expect(told.at(-1)).toContain("process[] 200/200  1 failed");
  });
});

describe("the live tree", () => {
  test("leaves its final state, the story and the outcome on the screen", async () => {
    const { console } = keepingConsole(false);
    const emulator = new Emulator(100, 40);
    const reporter = makeLiveReporter(console, emulator);
    report(reporter);
    reporter.close();
    const lines = await emulator.text();
    expect(lines[0]).toBe(`✗ daily  failed  2.5 s  ${RUN}`);
    expect(lines).toContain("  ✗ process     1/1   100 ms  1 failed, HTTP_STATUS: 503");
    expect(lines.filter((line) => line.includes("extract"))).toEqual(["  ✓ extract            2.2 s"]);
    const below = lines.slice(lines.indexOf("✗ process[0] failed, 100 ms"));
    expect(below).toEqual([
      "✗ process[0] failed, 100 ms",
      "  error HTTP_STATUS: 503",
      "    hint: Try later.",
      "  last lines of its log:",
      `    ${clockText(3_350)} stderr boom`,
      "",
      `next: millrace retry ${RUN}`,
      `      millrace logs ${RUN} --task 'process[0]'`,
      "",
      `✗ daily failed in 2.5 s  1 success, 1 failed, 1 skipped  ${RUN}`,
    ]);
  });

  test("shows several runs, and lets the one that ends scroll away above the others", async () => {
    const { console } = keepingConsole(false);
    const emulator = new Emulator(100, 40);
    const reporter = makeLiveReporter(console, emulator);
    const other = makeRunView({ ...SAMPLE, name: "other" }, runRow({ flow: "other" }), []);
    reporter.begin(other, true);
    report(reporter);
    reporter.notice("a word");
    reporter.close();
    const lines = await emulator.text();
    const heads = lines.filter((line) => /^(?:✗ daily|● other|a word)/.test(line)).map((line) => line.split("  ")[0]);
    expect(heads).toEqual(["✗ daily", `✗ daily failed in 2.5 s`, "a word", "● other"]);
  });
});

describe("records", () => {
  test("are one an event, with ids, states, durations and instants", () => {
    const { console, records } = keepingConsole(true);
    report(makeJsonReporter(console));
    const run = { run: RUN, flow: "daily" };
    const extract = { ...run, task: "extract", node: "extract", item: "" };
    expect(records.slice(0, 5)).toEqual([
      { type: "run.started", ...run, at: "1970-01-01T00:00:01.000Z" },
      { type: "task.started", ...extract, at: "1970-01-01T00:00:01.100Z", attempt: 7, try: 1, resumed: false },
      { type: "task.retrying", ...extract, at: "1970-01-01T00:00:01.200Z", try: 1, delayMs: 2_000, error },
      { type: "task.started", ...extract, at: "1970-01-01T00:00:03.200Z", attempt: 7, try: 2, resumed: false },
      {
        type: "task.finished",
        ...extract,
        at: "1970-01-01T00:00:03.300Z",
        state: "success",
        durationMs: 2_200,
        attempts: 2,
        cached: false,
        reusedFrom: null,
        arm: null,
        error: null,
      },
    ]);
    expect(records.map((record) => (record as { type: string }).type).slice(5)).toEqual([
      "task.expanded",
      "task.started",
      "task.finished",
      "task.finished",
      "task.skipped",
      "hook.finished",
      "data.reported",
      "data.reported",
      "data.reported",
      "data.reported",
      "run.finished",
    ]);
    const base = { type: "data.reported", task: "extract" };
    const none = { asset: null, check: null, passed: null, severity: null };
    expect(records.filter((record) => (record as { type: string }).type === "data.reported")).toMatchObject([
      { ...base, ...none, report: "materialization", asset: "shop/orders" },
      { ...base, ...none, report: "check", check: "full", passed: true },
      { ...base, report: "check", asset: "shop/orders", check: "unique", passed: false, severity: "warn" },
      { ...base, ...none, report: "custom" },
    ]);
    expect(records.at(-1)).toMatchObject({
      ...run,
      state: "failed",
      durationMs: 2_500,
      tasks: { success: 1, failed: 1, skipped: 1 },
      failures: [{ task: "process[0]", error: { code: "HTTP_STATUS" } }],
      moreFailures: 0,
    });
  });
});
