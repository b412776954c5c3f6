import type { FlowSpec, ScheduleSpec } from "@millrace/core";
import { askedWindow, backfillSeries, readSelection } from "@millrace/core/time";
import { describe, expect, it } from "vitest";
import { at, NO_KEYS, productSpec, timeSpec } from "../partitions/definitions.ts";
import { request } from "./requests.ts";

const NOW = { nowMs: at("2021-03-01T00:00:00Z"), keysOf: NO_KEYS };

function flowOf(partitions: FlowSpec["partitions"], schedules: readonly ScheduleSpec[] = []): FlowSpec {
  return { name: "orders", partitions, schedules, policies: { dependsOnPast: false } } as unknown as FlowSpec;
}

function schedule(
  name: string,
  timing: ScheduleSpec["timing"] = { kind: "cron", expression: "0 6 * * *" },
): ScheduleSpec {
  return {
    name,
    timing,
    timeZone: "Europe/Zurich",
    calendar: null,
    params: null,
    catchup: { kind: "none" },
    catchupOrder: "oldest",
    startMs: null,
    endMs: null,
    place: null,
  };
}

function read(flow: FlowSpec, from: string, to: string | null): unknown {
  return readSelection(flow, { from, to, schedule: null }, NOW);
}

describe("a range as people write it", () => {
  const days = flowOf(timeSpec());
  const product = flowOf(productSpec({ day: timeSpec(), region: { kind: "static", keys: ["eu", "us"] } }));

  it("is of keys where the flow has them", () => {
    expect(read(days, "2021-01-02", "2021-01-04")).toEqual({
      kind: "keys_between",
      from: "2021-01-02",
      to: "2021-01-04",
    });
    expect(read(days, "2021-01-02", null)).toEqual({ kind: "keys_between", from: "2021-01-02", to: "2021-02-28" });
    const regions = flowOf({ kind: "static", keys: ["eu", "us"] });
    expect(read(regions, "eu", null)).toEqual({ kind: "keys_between", from: "eu", to: "us" });
    expect(read(product, "2021-01-02|eu", "2021-01-03|us")).toMatchObject({ kind: "keys_between" });
    const shops = flowOf(productSpec({ region: { kind: "static", keys: ["eu"] } }));
    expect(read(shops, "eu", "eu")).toMatchObject({ kind: "keys_between" });
  });

  it("is of days in the zone of the partitions where keys are finer", () => {
    const hours = flowOf(timeSpec({ every: { kind: "hourly", minuteOffset: 0 }, timeZone: "Europe/Zurich" }));
    expect(read(hours, "2021-01-02", "2021-01-03")).toEqual({
      kind: "range",
      fromMs: at("2021-01-01T23:00:00Z"),
      toMs: at("2021-01-03T23:00:00Z"),
    });
    expect(read(hours, "2021-01-02-05:00", "2021-01-02-07:00")).toMatchObject({ kind: "keys_between" });
  });

  it("of a product may be of its dimension of time", () => {
    expect(read(product, "2021-01-02", "2021-01-03")).toEqual({
      kind: "range",
      fromMs: at("2021-01-02T00:00:00Z"),
      toMs: at("2021-01-03T00:00:00Z") + 1,
    });
    expect(read(product, "2021-01-02", null)).toMatchObject({ toMs: NOW.nowMs });
    expect(read(product, "2021-01-02T00:00:00Z", null)).toMatchObject({ kind: "range" });
  });

  it("is of days or instants, both inclusive, where the flow has a schedule alone", () => {
    const nightly = flowOf(null, [schedule("nightly")]);
    expect(read(nightly, "2021-01-02", "2021-01-02")).toEqual({
      kind: "range",
      fromMs: at("2021-01-01T23:00:00Z"),
      toMs: at("2021-01-02T23:00:00Z"),
    });
    expect(read(nightly, "2021-01-02T06:00:00Z", "2021-01-03T06:00:00Z")).toEqual({
      kind: "range",
      fromMs: at("2021-01-02T06:00:00Z"),
      toMs: at("2021-01-03T06:00:00Z") + 1,
    });
  });

  it.each([
    [days, "yesterday", null, /no key, no day and no instant/],
    [flowOf(null, [schedule("nightly")]), "2021-01-05", "2021-01-02", /ends before it begins/],
    [flowOf(null, [schedule("nightly")]), "2021-04-05", null, /2021-04-05, now/],
    [flowOf(null), "2021-01-05", null, /neither partitions nor a schedule/],
    [flowOf(null, [schedule("a"), schedule("b")]), "2021-01-05", null, /has 2 schedules/],
  ])("is refused", (flow, from, to, message) => {
    expect(() => read(flow, from, to)).toThrow(message);
  });

  it("names the schedule where there are several", () => {
    const two = flowOf(null, [schedule("a"), schedule("b")]);
    const of = (name: string) => readSelection(two, { from: "2021-01-02", to: null, schedule: name }, NOW);
    expect(of("b")).toMatchObject({ kind: "range" });
    expect(() => of("c")).toThrow(/no schedule "c"/);
  });
});

describe("what a backfill chooses from", () => {
  it("is known for a window, where there are windows", () => {
    const selection = { kind: "range", fromMs: at("2021-01-02T00:00:00Z"), toMs: at("2021-01-04T00:00:00Z") } as const;
    const asked = request({ selection });
    const windowOf = (flow: FlowSpec, given = asked) => askedWindow(flow, backfillSeries(flow, given, NOW), given);
    const days = { startMs: at("2021-01-02T00:00:00Z"), endMs: at("2021-01-04T00:00:00Z") };
    expect(windowOf(flowOf(timeSpec()))).toEqual(days);
    expect(windowOf(flowOf(productSpec({ r: { kind: "static", keys: ["a", "b"] }, day: timeSpec() })))).toEqual(days);
    expect(windowOf(flowOf(null, [schedule("nightly")]))).toMatchObject({ startMs: at("2021-01-02T05:00:00Z") });
    const keys = request({ selection: { kind: "keys", keys: ["eu"] } });
    expect(windowOf(flowOf({ kind: "static", keys: ["eu"] }), keys)).toBeNull();
    expect(windowOf(flowOf(timeSpec()), request({ selection: { kind: "keys", keys: [] } }))).toBeNull();
  });

  it("is the same however many runs are asked for, where windows are few", () => {
    const nightly = flowOf(null, [schedule("nightly")]);
    const selection = { kind: "range", fromMs: at("2021-01-02T00:00:00Z"), toMs: at("2021-01-04T00:00:00Z") } as const;
    for (const asked of [{}, { limit: 1 }, { limit: 1, order: "newest" }] as const) {
      const series = backfillSeries(nightly, request({ selection, ...asked }), NOW);
      expect(series.selected(selection)).toEqual([{ first: 0, end: 2 }]);
    }
  });

  it("is nothing where ticks are not known before they come", () => {
    const flow = flowOf(null, [schedule("always", { kind: "continuous", pauseMs: 0 })]);
    expect(() => backfillSeries(flow, request(), NOW)).toThrow(/has no windows/);
    const nightly = flowOf(null, [schedule("nightly")]);
    expect(() => backfillSeries(nightly, request(), NOW).selected(request().selection)).toThrow(/no partitions/);
  });
});
