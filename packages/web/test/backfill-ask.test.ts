// What a flow's partitions are, what of them the form of a backfill offers, and what it does not ask for.
import { expect, test } from "vitest";
import { askOf, EMPTY_DRAFT, type Subject, unaskedText } from "../src/features/backfills/backfill-ask.ts";
import { type Backfill, windowText } from "../src/features/backfills/backfill-state.tsx";
import { daysAtFirst, extentOf, partitionsText, presetsOf } from "../src/features/backfills/extent.ts";
import { paceOf } from "../src/features/backfills/pace.ts";
import { wholeYearOf, yearsOf } from "../src/features/calendar/months.ts";
import { columnLabels } from "../src/features/grid/column-labels.ts";
import type { GridScene } from "../src/features/grid/grid-scene.ts";

const TODAY = "2026-11-22";

const partition = (day: string) => {
  const start = `${day}T00:00:00.000Z`;
  return { key: day, window: { start, end: new Date(Date.parse(start) + 86_400_000).toISOString() } };
};
const known = (first: string, last: string, count = 1_461) => {
  return { items: [partition(first)], last: partition(last), count };
};
const WEATHER = extentOf(known("2012-01-01", "2015-12-31"), "UTC");
const subject: Subject = {
  flow: "weather",
  partitioned: true,
  partitionZone: "UTC",
  schedules: [],
  today: TODAY,
  extent: WEATHER,
};

test("partitions are told by how they are cut, and the first and the last", () => {
  const daily = {
    kind: "time",
    every: { kind: "daily", hourOffset: 0, minuteOffset: 0 },
    timeZone: "UTC",
    start: "2012-01-01T00:00:00",
    end: null,
    endOffset: 0,
    format: null,
  } as const;
  expect(partitionsText(daily, undefined)).toBe("Daily");
  expect(partitionsText(daily, known("2012-01-01", "2015-12-31"))).toBe("Daily, 2012-01-01 to 2015-12-31");
  expect(partitionsText(daily, known("2012-01-01", "2012-01-01", 1))).toBe("Daily, 2012-01-01");
  expect(partitionsText(daily, { items: [], last: null, count: 0 })).toBe("Daily, none yet");
  const shops = { name: "shop", partitions: { kind: "static", keys: ["basel", "zug"] } } as const;
  const both = { kind: "product", dimensions: [shops, { name: "day", partitions: daily }] } as const;
  expect(partitionsText(both, known("2012-01-01", "2015-12-31", 2_922))).toBe("By shop and day, 2,922 keys");
});

test("presets that miss what there is say so, and there are some that do not", () => {
  const presets = presetsOf(TODAY, WEATHER);
  const open = presets.filter(({ refused }) => refused === undefined);
  expect(open.map(({ text, draft: { from, to } }) => [text, from, to])).toEqual([
    ["First 7 days", "2012-01-01", "2012-01-07"],
    ["Last 7 days that exist", "2015-12-25", "2015-12-31"],
    ["All holes", "2012-01-01", "2015-12-31"],
  ]);
  expect(presets.find(({ text }) => text === "Last 7 days")?.refused).toContain("2015-12-31");
  expect(daysAtFirst(TODAY, WEATHER)).toEqual({ from: "2015-12-25", to: "2015-12-31" });
  // Of two days there are no seven.
  const few = { first: "2015-12-30", last: "2015-12-31" };
  expect(presetsOf(TODAY, few).map(({ draft: { from, to } }) => [from, to])).toContainEqual([few.first, few.last]);
  expect(daysAtFirst(TODAY, few)).toEqual({ from: few.first, to: few.last });
});

test("a flow that goes on is asked for as ever", () => {
  for (const extent of [null, { first: "2026-01-01", last: "2026-11-21" }]) {
    const presets = presetsOf(TODAY, extent);
    expect(presets.filter(({ refused }) => refused !== undefined)).toEqual([]);
    expect(presets[0]?.text).toBe("Yesterday");
    expect(daysAtFirst(TODAY, extent)).toEqual({ from: "", to: "" });
  }
});

test("what cannot be is not asked of the server, and the page says why", () => {
  const days = (from: string, to: string) => ({ ...EMPTY_DRAFT, from, to });
  expect(askOf(subject, days("2015-12-31", "2016-03-01"))?.selection).toEqual({
    kind: "range",
    from: "2015-12-31T00:00:00.000Z",
    to: "2016-03-02T00:00:00.000Z",
  });
  for (const [from, to, why] of [
    ["2026-11-15", "2026-11-21", /newest partition starts on 2015-12-31/],
    ["2011-01-01", "2011-12-31", /first partition starts on 2012-01-01/],
    ["2015-12-31", "2015-12-01", /swap them/],
  ] as const) {
    expect(askOf(subject, days(from, to))).toBeUndefined();
    expect(unaskedText(subject, days(from, to))).toMatch(why);
  }
  const scheduled = { ...subject, partitioned: false, partitionZone: null, extent: null };
  expect(unaskedText(scheduled, days("2199-01-01", "2199-01-02"))).toMatch(/still to come/);
  expect(unaskedText(subject, days("", "2015-12-31"))).toBeUndefined();
});

test("a calendar offers the years that have partitions", () => {
  const years = ["2015", "2014", "2013", "2012"];
  expect(yearsOf({ timeZone: "UTC" }, known("2012-01-01", "2015-12-31"))).toEqual(years);
  expect(yearsOf({ timeZone: "UTC" }, { items: [], last: null, count: 0 })).toEqual([]);
  expect(yearsOf({ timeZone: "UTC" }, undefined)).toEqual([]);
  expect(wholeYearOf({ from: "2015-01-01", to: "2015-12-31" })).toBe("2015");
  expect(wholeYearOf({ from: "2014-12-01", to: "2015-12-31" })).toBe("");
});

test("a column of the grid says which partition its run covers, and else when it was made", () => {
  const createdAt = "2026-11-22T12:46:00.000Z";
  const slices = [
    { kind: "key", key: "2015-12-31" },
    { kind: "range", from: "2015-12-01", to: "2015-12-30" },
    { kind: "keys", keys: ["south-america", "eu"] },
    null,
  ] as const;
  // The newest run stands first in the grid, and last in the picture.
  const grid = { runs: slices.map((slice) => ({ slice, createdAt })) } as unknown as GridScene["grid"];
  expect(columnLabels({ grid, zone: "UTC" }, 100)).toEqual(["11-22", "south-ame…", "2015-12-01", "2015-12-31"]);
});

test("what a backfill covers is told with its last day, as its keys are", () => {
  const covers = (start: string, end: string, zone = "UTC") => windowText({ window: { start, end } }, zone);
  expect(covers("2012-01-01T00:00:00Z", "2012-01-08T00:00:00Z")).toBe("2012-01-01 … 2012-01-07");
  expect(covers("2012-01-01T00:00:00Z", "2012-01-02T00:00:00Z")).toBe("2012-01-01");
  expect(covers("2012-01-01T00:00:00Z", "2012-01-01T06:00:00Z")).toBe("2012-01-01 … 2012-01-01 06:00");
  expect(covers("2012-01-01T00:00:00Z", "2012-01-01T00:00:00Z")).toBe("–");
  // The clock of Zurich is set on that night.
  expect(covers("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "Europe/Zurich")).toBe("2026-03-29");
});

test("a backfill that is over has the rate of the whole", () => {
  const createdAt = "2026-11-22T12:00:00.000Z";
  const over = { createdAt, endedAt: "2026-11-22T12:00:02.000Z", state: "success", runs: 7, made: 7 };
  const counts = { succeeded: 7, failed: 0, cancelled: 0 };
  // Seven in two seconds, whenever they ended.
  const { perMinute, leftMs } = paceOf({ ...over, ...counts } as Backfill, [], Date.parse(createdAt));
  expect([perMinute, leftMs]).toEqual([210, undefined]);
});
