import {
  checkPartitions,
  defaultFormat,
  dynamicNames,
  hasKeyForm,
  type PartitionsSpec,
  sliceDimensions,
  sliceText,
} from "@millrace/core";
import { describe, expect, it } from "vitest";
import { daily, productSpec, timeSpec } from "./definitions.ts";

const cron = (expression: string) => ({ kind: "cron", expression }) as const;

describe("a definition is good", () => {
  it.each<[string, PartitionsSpec]>([
    ["days", timeSpec()],
    [
      "months by month",
      timeSpec({ every: { kind: "monthly", day: 1, hourOffset: 0, minuteOffset: 0 }, format: "yyyy-MM" }),
    ],
    ["hours without minutes", timeSpec({ every: { kind: "hourly", minuteOffset: 30 }, format: "yyyyMMddHH" })],
    ["a cron at one time of the day", timeSpec({ every: cron("30 6 * * *"), format: "yyyy-MM-dd" })],
    ["a cron with a fixed second", timeSpec({ every: cron("15 30 6 * * *"), format: "yyyy-MM-dd" })],
    ["a macro", timeSpec({ every: cron("@daily"), format: "yyyy-MM-dd" })],
    ["keys of the store", { kind: "dynamic", name: "shops" }],
    ["a product", productSpec({ day: timeSpec(), region: { kind: "static", keys: ["eu"] } })],
  ])("%s", (_, spec) => {
    expect(() => checkPartitions(spec, "partitions")).not.toThrow();
  });
});

describe("a definition is refused for", () => {
  it.each<[string, PartitionsSpec, RegExp]>([
    ["a start that is no time", timeSpec({ start: "soon" }), /The start of partitions is no local time/],
    ["a start with an offset", timeSpec({ start: "2021-01-01T00:00+0100" }), /no local time/],
    ["an end that is no time", timeSpec({ end: "later" }), /The end of partitions/],
    ["a start at the end", timeSpec({ end: "2021-01-01T00:00:00" }), /not before the end/],
    ["half a key", timeSpec({ endOffset: 0.5 }), /endOffset/],
    ["an hour too many", timeSpec({ every: daily(24) }), /hourOffset of partitions is 24/],
    ["minutes below zero", timeSpec({ every: daily(0, -1) }), /minuteOffset/],
    ["an unknown zone", timeSpec({ timeZone: "Mars/Base" }), /time zone of partitions/],
    ["letters that mean nothing", timeSpec({ format: "YYYY" }), /cannot be read at "YYYY"/],
    [
      "hours by days",
      timeSpec({ every: { kind: "hourly", minuteOffset: 0 }, format: "yyyy-MM-dd" }),
      /Add HH to it|one key/,
    ],
    ["a cron by days", timeSpec({ every: cron("0 */6 * * *"), format: "yyyy-MM-dd" }), /one key/],
    ["a cron by hours", timeSpec({ every: cron("*/5 6 * * *"), format: "yyyy-MM-dd" }), /one key/],
    ["a cron by minutes", timeSpec({ every: cron("*/5 0 6 * * *"), format: "yyyy-MM-dd" }), /one key/],
    ["@hourly by days", timeSpec({ every: cron("@hourly"), format: "yyyy-MM-dd" }), /one key/],
    ["no keys", { kind: "static", keys: [] }, /no keys/],
    ["an empty key", { kind: "static", keys: [""] }, /no text/],
    ["a number as a key", { kind: "static", keys: [1 as unknown as string] }, /no text/],
    ["a key twice", { kind: "static", keys: ["a", "a"] }, /twice/],
    ["no name", { kind: "dynamic", name: "" }, /no name/],
    ["no dimension", productSpec({}), /product of nothing/],
    ["two of time", productSpec({ a: timeSpec(), b: timeSpec() }), /two dimensions of time/],
    ["a bad dimension", productSpec({ a: { kind: "static", keys: [] } }), /dimension "a" of partitions/],
  ])("%s", (_, spec, message) => {
    expect(() => checkPartitions(spec, "partitions")).toThrow(message);
  });
});

describe("formats", () => {
  it("are as the step has them", () => {
    expect([cron("0 6 * * *"), cron("0 0 6 * * *"), daily()].map(defaultFormat)).toEqual([
      "yyyy-MM-dd-HH:mm",
      "yyyy-MM-dd-HH:mm:ss",
      "yyyy-MM-dd",
    ]);
  });

  it("know their keys", () => {
    expect(["2021-01-01", "2021-02-30", "2021-01-01-06:00"].map((text) => hasKeyForm(timeSpec(), text))).toEqual([
      true,
      false,
      false,
    ]);
    expect(hasKeyForm(timeSpec({ format: "dd.MM.yyyy 'at' HH" }), "31.01.2021 at 06")).toBe(true);
  });
});

describe("slices in words", () => {
  const product = productSpec({ day: timeSpec(), region: { kind: "static", keys: ["eu", "us"] } });

  it("are their key, or their first and last", () => {
    expect(sliceText({ kind: "key", key: "a" })).toBe("a");
    expect(sliceText({ kind: "keys", keys: ["a", "b", "c"] })).toBe("a...c");
    expect(sliceText({ kind: "range", from: "a", to: "b" })).toBe("a...b");
  });

  it("need the names of keys in the store", () => {
    const shops = { kind: "dynamic", name: "shops" } as const;
    const specs = [timeSpec(), shops, productSpec({ day: timeSpec(), shop: shops })];
    expect(specs.map(dynamicNames)).toEqual([[], ["shops"], ["shops"]]);
  });

  it("have the dimensions in which all keys agree", () => {
    expect(sliceDimensions(timeSpec(), { kind: "key", key: "2021-01-01" })).toEqual({});
    expect(sliceDimensions(product, { kind: "key", key: "2021-01-01|eu" })).toEqual({
      day: "2021-01-01",
      region: "eu",
    });
    expect(sliceDimensions(product, { kind: "range", from: "2021-01-01|eu", to: "2021-01-02|eu" })).toEqual({});
    expect(sliceDimensions(product, { kind: "range", from: "2021-01-01|eu", to: "2021-01-01|us" })).toEqual({
      day: "2021-01-01",
    });
    expect(sliceDimensions(product, { kind: "keys", keys: ["2021-01-01|eu", "2021-01-02|eu"] })).toEqual({
      region: "eu",
    });
  });
});
