import { expect, test } from "vitest";
import { reportParts } from "../src/features/task-run/report-parts.ts";

const text = (of: string) => ({ kind: "text", text: of });

test("data that was written says what it is, and each fact of it as what it is", () => {
  const metadata = {
    rows: { type: "int", value: 12_000 },
    isWhole: { type: "bool", value: true },
    at: { type: "timestamp", value: 0 },
    link: { type: "url", value: "javascript:alert(1)" },
    few: { type: "json", value: { a: [1] } },
    none: { type: "null", value: null },
    top: { type: "table", value: { schema: [], records: [{ code: "ZRH" }, { code: "GVA", hot: true }] } },
  };
  expect(reportParts({ kind: "materialization", asset: "orders", dataVersion: "v7", metadata })).toEqual({
    name: "orders",
    what: "data written",
    outcome: null,
    values: [
      { name: "version", shown: text("v7") },
      { name: "rows", shown: text("12,000") },
      { name: "isWhole", shown: text("yes") },
      { name: "at", shown: { kind: "instant", at: "1970-01-01T00:00:00.000Z" } },
      { name: "link", shown: text("javascript:alert(1)") },
      { name: "few", shown: { kind: "json", value: { a: [1] } } },
      { name: "none", shown: text("–") },
      {
        name: "top",
        shown: { kind: "table", columns: ["code", "hot"], rows: [{ code: "ZRH" }, { code: "GVA", hot: true }] },
      },
    ],
  });
});

test.for([
  [{ passed: true, severity: "error" }, "passed"],
  [{ passed: false, severity: "warn" }, "warned"],
  [{ passed: false, severity: "error" }, "failed"],
] as const)("a check says how it came out: %j", ([own, outcome]) => {
  const check = { kind: "check", check: "unique", asset: null, metadata: {}, ...own };
  expect(reportParts(check)).toEqual({ name: "unique", what: "check", outcome, values: [] });
  expect(reportParts({ ...check, asset: "orders" }).what).toBe("check of orders");
});

test.for([
  ["done", text("done")],
  [
    { type: "x", deep: [] },
    { kind: "json", value: { type: "x", deep: [] } },
  ],
  [[], { kind: "json", value: [] }],
  [[{ a: 1 }, { a: [] }], { kind: "json", value: [{ a: 1 }, { a: [] }] }],
  [[{}], { kind: "json", value: [{}] }],
] as const)("what a task says in its own form is shown as it is: %j", ([payload, shown]) => {
  const parts = { name: "", what: "custom", outcome: null, values: [{ name: "", shown }] };
  expect(reportParts({ kind: "custom", payload })).toEqual(parts);
});

test("what is not known is shown whole", () => {
  const later = { kind: "lineage", from: "orders" };
  expect(reportParts(later).values).toEqual([{ name: "", shown: { kind: "json", value: later } }]);
  expect(reportParts("x").values).toEqual([{ name: "", shown: text("x") }]);
  const noTime = { at: { type: "timestamp", value: "some day" } };
  expect(reportParts({ kind: "materialization", asset: "a", metadata: noTime }).values).toEqual([
    { name: "at", shown: text("some day") },
  ]);
});
