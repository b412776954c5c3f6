import { readFileSync } from "node:fs";
import {
  type BackfillRequest,
  isMillraceError,
  type Reprocess,
  type RunSlice,
  type RunState,
  type SliceRun,
} from "@millrace/core";
import {
  type BackfillSeries,
  overlaps,
  PlanPlaces,
  partitionSeries,
  partitionsAt,
  planBackfill,
} from "@millrace/core/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { at, NO_KEYS, productSpec, timeSpec } from "../partitions/definitions.ts";
import { request, runOf } from "./requests.ts";

const CASES = JSON.parse(readFileSync(new URL("../cases/backfills.json", import.meta.url), "utf8")) as {
  readonly range: { readonly from: string; readonly to: string };
  readonly existing: Readonly<Record<string, RunState>>;
  readonly expect: readonly { readonly reprocess: Reprocess; readonly runs: number; readonly left: object }[];
};
const DAILY = seriesOf();

function seriesOf(spec: Parameters<typeof partitionsAt>[0] = timeSpec(), keys = NO_KEYS): BackfillSeries {
  const nowMs = at("2022-01-01T00:00:00Z");
  return partitionSeries(partitionsAt(spec, { nowMs, keysOf: keys }), nowMs);
}

/** All that the plan runs, in its order. */
function slicesOf(series: BackfillSeries, asked: BackfillRequest, runs: readonly SliceRun[] = []): (RunSlice | null)[] {
  const { plan } = planBackfill(series, asked, runs);
  const places = new PlanPlaces(series, plan, asked.order);
  return Array.from({ length: plan.runs }, (_, index) => places.runAt(index).slice);
}

function textOf(slice: RunSlice | null): string {
  if (slice === null) return "-";
  if (slice.kind === "key") return slice.key;
  return slice.kind === "range" ? `${slice.from}..${slice.to}` : slice.keys.join("+");
}

describe("plans of known backfills", () => {
  it.each(CASES.expect.map((each) => [each.reprocess, each] as const))("reprocess %s", (reprocess, expected) => {
    const { from, to } = CASES.range;
    const existing = Object.entries(CASES.existing).map(([key, state]) => runOf(key, state));
    const asked = request({ selection: { kind: "keys_between", from, to }, reprocess });
    const { plan, left } = planBackfill(DAILY, asked, existing);
    expect(plan.runs).toBe(expected.runs);
    expect(Object.fromEntries(left.map(({ name, reason }) => [name, reason]))).toEqual(expected.left);
    expect(plan.left["in flight"] + plan.left.exists + plan.runs).toBe(7);
  });
});

describe("a plan", () => {
  it("gives the oldest first or the newest, one partition for each run", () => {
    expect(slicesOf(DAILY, request()).map(textOf).at(0)).toBe("2021-01-03");
    expect(
      slicesOf(DAILY, request({ order: "newest" }))
        .map(textOf)
        .at(0),
    ).toBe("2021-01-09");
  });

  it("lets a run take several partitions that follow each other, never across one that is left out", () => {
    const existing = [runOf("2021-01-06", "success")];
    const each = (asked: Partial<BackfillRequest>) => slicesOf(DAILY, request(asked), existing).map(textOf);
    expect(each({ runPer: { kind: "count", count: 2 } })).toEqual([
      "2021-01-03..2021-01-04",
      "2021-01-05",
      "2021-01-07..2021-01-08",
      "2021-01-09",
    ]);
    expect(each({ runPer: { kind: "range" }, order: "newest" })).toEqual([
      "2021-01-07..2021-01-09",
      "2021-01-03..2021-01-05",
    ]);
  });

  it("takes no more runs than its limit says, from where its order begins", () => {
    const existing = [runOf("2021-01-05", "success")];
    const each = (asked: Partial<BackfillRequest>) => slicesOf(DAILY, request(asked), existing).map(textOf);
    expect(each({ limit: 3 })).toEqual(["2021-01-03", "2021-01-04", "2021-01-06"]);
    expect(each({ limit: 5, order: "newest" })).toEqual([
      "2021-01-09",
      "2021-01-08",
      "2021-01-07",
      "2021-01-06",
      "2021-01-04",
    ]);
    expect(each({ limit: 2, runPer: { kind: "count", count: 3 }, order: "newest" })).toEqual([
      "2021-01-09",
      "2021-01-06..2021-01-08",
    ]);
  });

  it("knows the window of all it runs", () => {
    const { window } = planBackfill(DAILY, request({ limit: 2 }), []);
    expect(window).toEqual({ startMs: at("2021-01-03T00:00:00Z"), endMs: at("2021-01-05T00:00:00Z") });
  });

  it("counts the newest run of a window, but one under way first of all", () => {
    const of = (...states: RunState[]) => {
      const runs = states.map((state) => runOf("2021-01-04", state));
      return planBackfill(DAILY, request({ reprocess: "failed" }), runs).left.map(({ reason }) => reason);
    };
    expect(of("failed", "success")).toEqual(["exists"]);
    expect(of("success", "failed")).toEqual([]);
    expect(of("running", "failed")).toEqual(["in flight"]);
    expect(of("success", "queued")).toEqual(["in flight"]);
  });

  it("sees the windows of runs that cover several, and of runs that were made before there were partitions", () => {
    const range = runOf("", "success", { slice: { kind: "range", from: "2021-01-02", to: "2021-01-04" } });
    const startMs = at("2021-01-06T00:00:00Z");
    const window = runOf("", "success", { slice: null, window: { startMs, endMs: startMs + 86_400_000 } });
    const odd = runOf("", "success", { slice: null, window: { startMs: startMs + 1, endMs: startMs + 86_400_001 } });
    const gone = runOf("2020-12-31", "success");
    const { left } = planBackfill(DAILY, request(), [range, window, odd, gone]);
    expect(left.map(({ name }) => name)).toEqual(["2021-01-03", "2021-01-04", "2021-01-06"]);
  });

  it("covers what it was asked for and nothing else, each once", () => {
    const days = fc.integer({ min: 0, max: 364 });
    const keyOf = (day: number): string => DAILY.nameAt(day);
    fc.assert(
      fc.property(
        fc.record({
          ends: fc.tuple(days, days),
          existing: fc.uniqueArray(days, { maxLength: 40 }),
          count: fc.integer({ min: 1, max: 9 }),
          order: fc.constantFrom("oldest" as const, "newest" as const),
        }),
        ({ ends, existing, count, order }) => {
          const [first, last] = [Math.min(...ends), Math.max(...ends)];
          const wanted = Array.from({ length: last - first + 1 }, (_, offset) => first + offset).filter(
            (day) => !existing.includes(day),
          );
          fc.pre(wanted.length > 0);
          const selection = { kind: "keys_between", from: keyOf(first), to: keyOf(last) } as const;
          const asked = request({ selection, runPer: { kind: "count", count }, order });
          const { plan } = planBackfill(
            DAILY,
            asked,
            existing.map((day) => runOf(keyOf(day), "success")),
          );
          const places = new PlanPlaces(DAILY, plan, order);
          const ran = Array.from({ length: plan.runs }, (_, index) => places.placesAt(index)).flatMap(
            ({ first: from, end }) => Array.from({ length: end - from }, (_, offset) => from + offset),
          );
          expect(ran.toSorted((a, b) => a - b)).toEqual(wanted);
        },
      ),
    );
  });
});

describe("where each window depends on the one before", () => {
  const chained: BackfillSeries = { ...DAILY, isChained: true };

  it("says so, and refuses the newest first", () => {
    expect(planBackfill(chained, request(), [runOf("2021-01-04", "success")]).plan).toMatchObject({
      chained: true,
      runs: 6,
    });
    expect(planBackfill(DAILY, request(), []).plan.chained).toBe(false);
    expect(() => planBackfill(chained, request({ order: "newest" }), [])).toThrow(/newest first would never begin/);
  });

  it.each([
    ["failed", /2021-01-05 was failed before, and those after it/],
    ["cancelled", /2021-01-05 was cancelled before/],
    ["running", /2021-01-05 is under way/],
  ] as const)("leaves out none before others that is %s", (state, message) => {
    const runs = [runOf("2021-01-05", state)];
    expect(() => planBackfill(chained, request(), runs)).toThrow(message);
    // Nothing that comes after it is run.
    expect(planBackfill(chained, request({ limit: 2 }), runs).plan.runs).toBe(2);
  });

  it("runs what failed again when told so", () => {
    const { plan } = planBackfill(chained, request({ reprocess: "failed" }), [runOf("2021-01-05", "failed")]);
    expect(plan.runs).toBe(7);
  });
});

describe("of other partitions", () => {
  const regions = { kind: "static", keys: ["eu", "us"] };

  it("takes a range of time of a product with all that goes with it", () => {
    const fromMs = at("2021-01-03T00:00:00Z");
    const selection = { kind: "range", fromMs, toMs: fromMs + 2 * 86_400_000 } as const;
    const dayFirst = seriesOf(productSpec({ day: timeSpec(), region: regions }));
    expect(slicesOf(dayFirst, request({ selection })).map(textOf)).toEqual([
      "2021-01-03|eu",
      "2021-01-03|us",
      "2021-01-04|eu",
      "2021-01-04|us",
    ]);
    const regionFirst = seriesOf(productSpec({ region: regions, day: timeSpec() }));
    expect(slicesOf(regionFirst, request({ selection, order: "newest" })).map(textOf)).toEqual([
      "us|2021-01-04",
      "us|2021-01-03",
      "eu|2021-01-04",
      "eu|2021-01-03",
    ]);
  });

  it("runs single keys", () => {
    const selection = { kind: "keys", keys: ["us", "eu", "us"] } as const;
    expect(slicesOf(seriesOf(regions as never), request({ selection })).map(textOf)).toEqual(["eu", "us"]);
  });

  it("tells keys of the store one by one", () => {
    const series = seriesOf({ kind: "dynamic", name: "shops" }, () => ["a", "b", "c"]);
    const selection = { kind: "keys_between", from: "a", to: "b" } as const;
    const { plan } = planBackfill(series, request({ selection }), []);
    expect(plan.pieces).toEqual([
      { from: "a", to: "a", count: 1, size: 1 },
      { from: "b", to: "b", count: 1, size: 1 },
    ]);
    expect(() => planBackfill(series, request({ selection, runPer: { kind: "range" } }), [])).toThrow(/come and go/);
  });
});

describe("a plan of a flow that is cut in another way now", () => {
  it("is refused, and not run for other windows", () => {
    const { plan } = planBackfill(DAILY, request(), []);
    const later = seriesOf(timeSpec({ start: "2021-01-05" }));
    expect(() => new PlanPlaces(later, plan, "oldest")).toThrow(/2021-01-03/);
    const [piece] = plan.pieces;
    const other = { ...plan, pieces: [{ ...(piece as (typeof plan.pieces)[number]), count: 3 }] };
    expect(() => new PlanPlaces(DAILY, other, "oldest")).toThrow(/there are not 3 windows any more/);
  });
});

describe("what a plan covers", () => {
  it.each([
    ["oldest", [0, 1, 2, undefined, undefined]],
    ["newest", [2, 1, 0, undefined, undefined]],
  ] as const)("is known by the place in its order, %s first", (order, places) => {
    const selection = { kind: "keys", keys: ["2021-01-02", "2021-01-03", "2021-01-06"] } as const;
    const { plan } = planBackfill(DAILY, request({ selection, order }), []);
    const planned = new PlanPlaces(DAILY, plan, order);
    const covering = [1, 2, 5, 3, 9].map((first) => planned.placeCovering([{ first, end: first + 1 }]));
    expect(covering).toEqual(places);
    const startMs = at("2021-01-03T00:00:00Z");
    const tick = { window: { startMs, endMs: startMs + 86_400_000 }, scheduledAtMs: null };
    expect(planned.placeCovering(DAILY.placesOfTick(tick))).toBe(1);
    const regions = seriesOf({ kind: "static", keys: ["eu"] });
    expect(regions.placesOfTick(tick)).toEqual([]);
    expect(regions.placesOf({ ...tick, slice: null })).toEqual([]);
  });

  it("may be what another asks for", () => {
    const ask = (...keys: string[]) => request({ selection: { kind: "keys", keys } });
    expect(overlaps(DAILY, ask("2021-01-02", "2021-01-05"), ask("2021-01-05"))).toBe(true);
    expect(overlaps(DAILY, ask("2021-01-02", "2021-01-05"), ask("2021-01-03", "2021-01-06"))).toBe(false);
    const range = { kind: "range", fromMs: at("2021-01-03T00:00:00Z"), toMs: at("2021-01-04T00:00:00Z") } as const;
    expect(overlaps(DAILY, ask("2021-01-03"), request({ selection: range }))).toBe(true);
  });
});

describe("refusals", () => {
  it.each([
    ["nothing in the range", { selection: { kind: "range", fromMs: 0, toMs: 1 } }, /no window is in its range/],
    [
      "keys the wrong way round",
      { selection: { kind: "keys_between", from: "2021-02-01", to: "2021-01-01" } },
      /comes after/,
    ],
    ["a key of the future", { selection: { kind: "keys", keys: ["2023-01-01"] } }, /in the future/],
  ] as const)("%s", (_, asked, message) => {
    expect(() => planBackfill(DAILY, request(asked as Partial<BackfillRequest>), [])).toThrow(message);
  });

  it("nothing in the range, and says what there is", () => {
    const selection = { kind: "range", fromMs: 0, toMs: 1 } as const;
    const hintOf = (series: BackfillSeries): string | null | undefined => {
      try {
        planBackfill(series, request({ selection }), []);
      } catch (error) {
        return isMillraceError(error) ? error.hint : undefined;
      }
      return undefined;
    };
    const closed = seriesOf(timeSpec({ start: "2021-01-01", end: "2021-03-01" }));
    expect(hintOf(closed)).toMatch(/partitions are 2021-01-01 to 2021-02-28/);
    expect(hintOf(seriesOf(timeSpec({ start: "2199-01-01" })))).toMatch(/no partition yet/);
  });

  it("says what became of the windows when none is left", () => {
    const selection = { kind: "keys", keys: ["2021-01-01", "2021-01-02"] } as const;
    const success = runOf("2021-01-01", "success");
    const running = runOf("2021-01-02", "running");
    const asked = request({ selection });
    expect(() => planBackfill(DAILY, asked, [success, running])).toThrow(
      "of its windows 1 ran before, 1 are under way.",
    );
    const both = request({ selection, reprocess: "completed" });
    expect(() => planBackfill(DAILY, both, [runOf("2021-01-01", "running"), running])).toThrow(
      "of its windows 2 are under way.",
    );
    expect(() => planBackfill(DAILY, asked, [success, runOf("2021-01-02", "failed")])).toThrow(
      "of its windows 2 ran before.",
    );
  });

  it("a range of time where keys are no times", () => {
    const selection = { kind: "range", fromMs: 0, toMs: 1 } as const;
    const series = seriesOf({ kind: "static", keys: ["eu"] });
    expect(() => planBackfill(series, request({ selection }), [])).toThrow(/are no times/);
  });

  it("more than a million runs, unless it is limited", () => {
    const every = { kind: "hourly", minuteOffset: 0 } as const;
    const series = seriesOf(timeSpec({ every, start: "1880-01-01" }));
    const selection = { kind: "range", fromMs: Number.MIN_SAFE_INTEGER, toMs: at("2022-01-01T00:00:00Z") } as const;
    expect(() => planBackfill(series, request({ selection }), [])).toThrow(/would make 12\d{5} runs/);
    expect(planBackfill(series, request({ selection, limit: 10 }), []).plan).toMatchObject({ runs: 10 });
    const { plan } = planBackfill(series, request({ selection, limit: 1_100_000 }), []);
    expect(plan).toMatchObject({ runs: 1_100_000, pieces: [{ count: 1_100_000 }] });
  });
});
