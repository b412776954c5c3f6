import { expect, test } from "vitest";
import { readWindow } from "../../src/params/read-window.ts";

test.each([
  ["2026-01-01/2026-01-02", "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"],
  ["2026-01-01T06:00Z/2026-01-01T07:30:15.5Z", "2026-01-01T06:00:00.000Z", "2026-01-01T07:30:15.500Z"],
  ["2026-07-01T00:00+02:00/2026-07-02T00:00+02:00", "2026-06-30T22:00:00.000Z", "2026-07-01T22:00:00.000Z"],
  ["2024-02-29/2024-02-29", "2024-02-29T00:00:00.000Z", "2024-02-29T00:00:00.000Z"],
])("%s", (text, start, end) => {
  const { startMs, endMs } = readWindow(text);
  expect([new Date(startMs).toISOString(), new Date(endMs).toISOString()]).toEqual([start, end]);
});

test.each([
  "2026-01-01",
  "2026-01-02/2026-01-01",
  "2026-02-30/2026-03-05",
  "2026-13-01/2026-14-01",
  "2026-01-01T06:00/2026-01-01T07:00",
  "yesterday/today",
  "/",
])("refuses %s", (text) => {
  expect(() => readWindow(text)).toThrow(/--window/);
});
