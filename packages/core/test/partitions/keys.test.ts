import type { PartitionsSpec, RunSlice, TimePartitionsSpec } from "@millrace/core";
import {
  keysWithin,
  newestSlice,
  type Partitions,
  partitionsAt,
  placesOfSlice,
  sliceOf,
  windowOfSlice,
  zoneOf,
} from "@millrace/core/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { at, daily, NO_KEYS, productSpec, timeSpec } from "./definitions.ts";

const HOUR_MS = 3_600_000;

function view(spec: PartitionsSpec, now = "2022-01-01T00:00:00Z", keys: readonly string[] = []): Partitions {
  return partitionsAt(spec, { nowMs: at(now), keysOf: () => keys });
}

function all(partitions: Partitions): string[] {
  return Array.from(keysWithin(partitions, { first: 0, end: partitions.count }));
}

const STEPS: readonly TimePartitionsSpec["every"][] = [
  { kind: "hourly", minuteOffset: 0 },
  { kind: "hourly", minuteOffset: 45 },
  daily(),
  daily(2, 30),
  { kind: "weekly", weekStart: 7, hourOffset: 1, minuteOffset: 0 },
  { kind: "monthly", day: 12, hourOffset: 3, minuteOffset: 15 },
  { kind: "cron", expression: "*/30 * * * *" },
  { kind: "cron", expression: "15 2 * * 1-5" },
  { kind: "cron", expression: "30 0 6 * * *" },
];

describe("whatever the step and the zone", () => {
  const zones = fc.constantFrom(
    "UTC",
    "Europe/Zurich",
    "America/Chicago",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kolkata",
  );

  it("texts of keys parse back, and windows follow each other", () => {
    fc.assert(
      fc.property(fc.constantFrom(...STEPS), zones, fc.nat(), (every, timeZone, chosen) => {
        const partitions = view(timeSpec({ every, timeZone, start: "2011-10-01" }), "2012-05-01T00:00:00Z");
        const index = chosen % (partitions.count - 1);
        const key = partitions.keyAt(index);
        expect(partitions.placeOf(key)).toBe(index);
        const window = partitions.windowAt(index);
        expect(window?.endMs).toBe(partitions.windowAt(index + 1)?.startMs);
        expect(window?.endMs).toBeGreaterThan(window?.startMs ?? 0);
        expect(partitions.startingWithin(window?.startMs ?? 0, window?.endMs ?? 0)).toEqual([
          { first: index, end: index + 1 },
        ]);
      }),
    );
  });

  it("no two keys are the same", () => {
    for (const every of STEPS) {
      const partitions = view(
        timeSpec({ every, timeZone: "America/Chicago", start: "2021-10-01" }),
        "2021-12-01T00:00:00Z",
      );
      expect(new Set(all(partitions)).size).toBe(partitions.count);
    }
  });
});

describe("keys of time", () => {
  it("know neither the day that a zone left out", () => {
    const partitions = view(timeSpec({ timeZone: "Pacific/Apia", start: "2011-12-28" }), "2012-01-02T00:00:00Z");
    expect(all(partitions)).toEqual(["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"]);
    expect(() => partitions.placeOf("2011-12-30")).toThrow(/no start of a window/);
    const from = view(timeSpec({ timeZone: "Pacific/Apia", start: "2011-12-30" }), "2012-01-02T00:00:00Z");
    expect(all(from)).toEqual(["2011-12-31", "2012-01-01"]);
    const early = timeSpec({ every: daily(2, 30), timeZone: "Pacific/Apia", start: "2011-12-28" });
    expect(all(view(early, "2012-01-01T00:00:00Z"))).toEqual(["2011-12-28", "2011-12-29", "2011-12-31"]);
    expect(view(early, "2012-01-02T00:00:00Z").windowAt(1)).toEqual({
      startMs: at("2011-12-29T12:30:00Z"),
      endMs: at("2011-12-30T12:30:00Z"),
    });
  });

  it("carry the distance from UTC where the clock shows a time again, or where the format says so", () => {
    const hours = {
      every: { kind: "hourly", minuteOffset: 0 },
      timeZone: "Europe/Zurich",
      start: "2021-10-31T02:00",
    } as const;
    const now = "2021-10-31T03:00:00Z";
    expect(all(view(timeSpec(hours), now))).toEqual(["2021-10-31-02:00", "2021-10-31-02:00+0100", "2021-10-31-03:00"]);
    const told = view(timeSpec({ ...hours, format: "yyyyMMdd'T'HHxx" }), now);
    expect(all(told)).toEqual(["20211031T02+0200", "20211031T02+0100", "20211031T03+0100"]);
    expect(told.placeOf("20211031T02+0100")).toBe(1);
    const west = view(
      timeSpec({ ...hours, timeZone: "America/St_Johns", start: "2021-11-07T01:00" }),
      "2021-11-07T05:30:00Z",
    );
    expect(all(west)).toEqual(["2021-11-07-01:00", "2021-11-07-01:00-0330"]);
  });

  it("are named by the time that was meant, also in a gap", () => {
    const partitions = view(
      timeSpec({ every: daily(2, 30), timeZone: "Europe/Zurich", start: "2021-03-28", format: "yyyy-MM-dd HH:mm" }),
      "2021-03-29T12:00:00Z",
    );
    expect(all(partitions)).toEqual(["2021-03-28 02:30"]);
    expect(partitions.windowAt(0)?.startMs).toBe(at("2021-03-28T01:30:00Z"));
  });

  it("end where the definition ends", () => {
    const partitions = view(timeSpec({ end: "2021-01-04T12:00" }));
    expect(all(partitions)).toEqual(["2021-01-01", "2021-01-02", "2021-01-03"]);
    expect(() => partitions.placeOf("2021-01-05")).toThrow(/after the end/);
  });

  it("of a cron that ends or never ticks are those there are", () => {
    expect(view(timeSpec({ every: { kind: "cron", expression: "0 0 30 2 *" } })).count).toBe(0);
    const never = view(timeSpec({ every: { kind: "cron", expression: "0 0 30 2 *" } }));
    expect(() => never.placeOf("2021-02-28-00:00")).toThrow(/before the start/);
    expect(() => never.placeOf("today")).toThrow(/wrong format/);
  });

  it.each([
    ["2020-12-31", /before the start/],
    ["2022-01-01", /in the future/],
    ["1 January", /wrong format/],
    ["2021-02-29", /wrong format/],
    ["2021-13-01", /wrong format/],
  ])("refuse %s", (key, message) => {
    expect(() => view(timeSpec()).placeOf(key)).toThrow(message);
  });

  it("refuse a key of the future while there is none", () => {
    expect(() => view(timeSpec(), "2021-01-01T05:00:00Z").placeOf("2021-01-01")).toThrow(/in the future/);
    expect(() =>
      view(timeSpec({ every: { kind: "weekly", weekStart: 1, hourOffset: 0, minuteOffset: 0 } })).placeOf("2021-06-02"),
    ).toThrow(/no start of a window/);
  });

  it("are there before their windows have ended where the definition says so", () => {
    const early = view(timeSpec({ endOffset: 1 }), "2021-01-02T05:00:00Z");
    expect(newestSlice(early)).toEqual({ kind: "key", key: "2021-01-02" });
    expect(view(timeSpec({ endOffset: -9 }), "2021-01-02T05:00:00Z").count).toBe(0);
  });

  it("cost nothing by the hundred thousand", () => {
    const partitions = view(
      timeSpec({ every: { kind: "hourly", minuteOffset: 0 }, timeZone: "Europe/Zurich", start: "2000-01-01" }),
      "2022-01-01T00:00:00Z",
    );
    expect(partitions.count).toBeGreaterThan(190_000);
    expect(partitions.placeOf(partitions.keyAt(123_456))).toBe(123_456);
    expect(partitions.startingWithin(at("2010-01-01T00:00:00Z"), at("2010-01-01T05:00:00Z"))?.[0]).toMatchObject({
      end: expect.any(Number),
    });
    expect(partitions.startingWithin(0, 1)).toEqual([]);
  });
});

describe("other keys", () => {
  it("are told by the definition or the store", () => {
    const regions = view({ kind: "static", keys: ["eu", "us"] });
    expect([regions.placeOf("us"), regions.windowAt(0), regions.startingWithin(0, 1)]).toEqual([1, null, null]);
    expect(() => regions.placeOf("uk")).toThrow(/is not one of/);
    expect(all(view({ kind: "dynamic", name: "shops" }, undefined, ["b", "a"]))).toEqual(["b", "a"]);
  });
});

describe("a product", () => {
  const regions = { kind: "static", keys: ["eu", "u|s\\"] };
  const dayFirst = productSpec({ day: timeSpec({ end: "2021-01-03" }), region: regions });

  it("has every combination, the last dimension fastest", () => {
    const partitions = view(dayFirst);
    expect(all(partitions)).toEqual(["2021-01-01|eu", "2021-01-01|u\\|s\\\\", "2021-01-02|eu", "2021-01-02|u\\|s\\\\"]);
    expect(all(partitions).map((key) => partitions.placeOf(key))).toEqual([0, 1, 2, 3]);
    expect(partitions.windowAt(3)?.startMs).toBe(at("2021-01-02T00:00:00Z"));
    expect(() => partitions.placeOf("2021-01-01")).toThrow(/one dimension/);
    expect(() => partitions.placeOf("a|b|c")).toThrow(/3 dimensions/);
  });

  it("without time has no windows", () => {
    const partitions = view(productSpec({ region: regions, shop: { kind: "dynamic", name: "shops" } }), undefined, [
      "a",
    ]);
    expect([partitions.windowAt(0), partitions.startingWithin(0, 1), partitions.isSettled]).toEqual([
      null,
      null,
      false,
    ]);
  });

  it("is run by its newest window, with all that goes with it", () => {
    expect(newestSlice(view(dayFirst))).toEqual({ kind: "range", from: "2021-01-02|eu", to: "2021-01-02|u\\|s\\\\" });
    const regionFirst = view(
      productSpec({ region: { kind: "static", keys: ["eu", "us"] }, day: timeSpec({ end: "2021-01-03" }) }),
    );
    expect(newestSlice(regionFirst)).toEqual({ kind: "keys", keys: ["eu|2021-01-02", "us|2021-01-02"] });
    expect(windowOfSlice(regionFirst, { kind: "keys", keys: ["us|2021-01-01", "eu|2021-01-02"] })).toEqual({
      startMs: at("2021-01-01T00:00:00Z"),
      endMs: at("2021-01-03T00:00:00Z"),
    });
  });
});

describe("slices", () => {
  const days = view(timeSpec({ end: "2021-01-10" }));

  it("are a key, a range, or keys one by one", () => {
    expect(sliceOf(days, { first: 0, end: 1 })).toEqual({ kind: "key", key: "2021-01-01" });
    expect(sliceOf(days, { first: 0, end: 3 })).toEqual({ kind: "range", from: "2021-01-01", to: "2021-01-03" });
    const shops = view({ kind: "dynamic", name: "shops" }, undefined, ["b", "a"]);
    expect(newestSlice(shops)).toEqual({ kind: "keys", keys: ["b", "a"] });
    expect(newestSlice(view({ kind: "dynamic", name: "shops" }))).toBeUndefined();
    expect(windowOfSlice(shops, { kind: "key", key: "a" })).toBeNull();
  });

  it.each<[string, RunSlice, readonly (readonly [number, number])[]]>([
    ["a key", { kind: "key", key: "2021-01-02" }, [[1, 2]]],
    ["a range, whichever end comes first", { kind: "range", from: "2021-01-04", to: "2021-01-02" }, [[1, 4]]],
    [
      "keys",
      { kind: "keys", keys: ["2021-01-06", "2021-01-02", "2021-01-03", "2021-01-02"] },
      [
        [1, 3],
        [5, 6],
      ],
    ],
  ])("stand where their keys stand: %s", (_, slice, expected) => {
    expect(placesOfSlice(days, slice)).toEqual(expected.map(([first, end]) => ({ first, end })));
  });

  it("cover from the first start to the last end", () => {
    const zone = zoneOf("UTC");
    expect(windowOfSlice(days, { kind: "range", from: "2021-01-02", to: "2021-01-04" })).toEqual({
      startMs: zone.toInstant(at("2021-01-02T00:00:00Z")),
      endMs: at("2021-01-02T00:00:00Z") + 72 * HOUR_MS,
    });
    expect(NO_KEYS()).toEqual([]);
  });
});
