import { cronTicks, overlaps, PlanPlaces, planBackfill, type Ticks, tickSeries } from "@millrace/core/time";
import { describe, expect, it } from "vitest";
import { at } from "../partitions/definitions.ts";
import { request, runOf } from "./requests.ts";

const DAILY = cronTicks("0 6 * * *", "UTC");
const NOW = at("2021-01-20T00:00:00Z");

/** As quick as can be: a million of them are counted. */
const MINUTES: Ticks = {
  next: (afterMs, inclusive) => (inclusive === true ? afterMs : afterMs + 60_000),
  previous: (beforeMs) => beforeMs - 60_000,
  windowOf: (tickMs) => ({ startMs: tickMs, endMs: tickMs }),
};

function range(from: string, to: string): { kind: "range"; fromMs: number; toMs: number } {
  return { kind: "range", fromMs: at(from), toMs: at(to) };
}

describe("windows of a schedule", () => {
  it("are those that start within the range, each with its tick", () => {
    const selection = range("2021-01-03T00:00:00Z", "2021-01-05T06:00:00Z");
    const series = tickSeries(DAILY, selection, NOW);
    const { plan } = planBackfill(series, request({ selection }), []);
    const places = new PlanPlaces(series, plan, "oldest");
    expect(Array.from({ length: plan.runs }, (_, index) => places.runAt(index))).toEqual(
      ["03", "04"].map((day) => ({
        window: { startMs: at(`2021-01-${day}T06:00:00Z`), endMs: at(`2021-01-${day}T06:00:00Z`) + 86_400_000 },
        slice: null,
        scheduledAtMs: at(`2021-01-${day}T06:00:00Z`) + 86_400_000,
      })),
    );
    expect(plan.pieces).toEqual([{ from: "2021-01-04T06:00:00Z", to: "2021-01-05T06:00:00Z", count: 2, size: 1 }]);
  });

  it("have ended by now", () => {
    const selection = range("2021-01-17T00:00:00Z", "2021-02-01T00:00:00Z");
    expect(planBackfill(tickSeries(DAILY, selection, NOW), request({ selection }), []).plan.runs).toBe(2);
    const later = range("2021-02-01T00:00:00Z", "2021-03-01T00:00:00Z");
    expect(() => planBackfill(tickSeries(DAILY, later, NOW), request({ selection: later }), [])).toThrow(
      /nothing to do/,
    );
  });

  it("are known by the tick of a run", () => {
    const selection = range("2021-01-03T00:00:00Z", "2021-01-06T00:00:00Z");
    const tick = (text: string | null) =>
      runOf("", "success", { slice: null, scheduledAtMs: text === null ? null : at(text) });
    const runs = [
      "2021-01-04T06:00:00Z",
      "2021-01-04T06:00:01Z",
      "2020-01-04T06:00:00Z",
      "2021-01-09T06:00:00Z",
      null,
    ].map(tick);
    const { plan, left } = planBackfill(tickSeries(DAILY, selection, NOW), request({ selection }), runs);
    expect(left).toEqual([{ name: "2021-01-04T06:00:00Z", reason: "exists" }]);
    expect(plan.runs).toBe(2);
  });

  it("have no keys", () => {
    const selection = range("2021-01-03T00:00:00Z", "2021-01-06T00:00:00Z");
    const series = tickSeries(DAILY, selection, NOW);
    expect(() => series.selected({ kind: "keys", keys: ["a"] })).toThrow(/no partitions/);
    expect(() => series.placeOf("2021-01-03T06:00:00Z")).toThrow(/no tick/);
    expect(() => series.placeOf("yesterday")).toThrow(/no tick/);
  });

  it("of a schedule that ticks no more are none", () => {
    const never = cronTicks("0 0 30 2 *", "UTC");
    const selection = range("2021-01-03T00:00:00Z", "2021-01-06T00:00:00Z");
    expect(tickSeries(never, selection, NOW).selected(selection)).toEqual([]);
  });

  it("are refused by the million, unless the first of them will do", () => {
    const selection = range("2015-01-03T00:00:00Z", "2021-01-06T00:00:00Z");
    expect(() => tickSeries(MINUTES, selection, NOW)).toThrow(/more than 1000000 windows/);
    const series = tickSeries(MINUTES, { ...selection, isCut: true }, NOW);
    expect(series.selected(selection)).toEqual([{ first: 0, end: 1_000_000 }]);
  });

  it("may be those of another backfill", () => {
    const mine = range("2021-01-03T00:00:00Z", "2021-01-06T00:00:00Z");
    const series = tickSeries(DAILY, mine, NOW);
    const ask = (selection: typeof mine) => overlaps(series, request({ selection: mine }), request({ selection }));
    expect(ask(range("2021-01-05T00:00:00Z", "2021-01-09T00:00:00Z"))).toBe(true);
    expect(ask(range("2021-01-06T00:00:00Z", "2021-01-09T00:00:00Z"))).toBe(false);
    expect(ask(range("2021-01-01T00:00:00Z", "2021-01-03T00:00:00Z"))).toBe(false);
  });
});
