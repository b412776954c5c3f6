import {
  cronPartitions,
  daily,
  dynamicPartitions,
  flow,
  hourly,
  monthly,
  product,
  staticPartitions,
  task,
  weekly,
} from "@millrace/sdk";
import { describe, expect, it } from "vitest";

const load = task("load", async () => null);

describe("partitions of a flow", () => {
  it("are plain data in its spec", () => {
    const partitions = product({
      day: daily({ start: "2026-01-01", offset: "6h30m" }),
      region: staticPartitions(["eu", "us"]),
    });
    const orders = flow("orders", { partitions }, () => {
      load();
    });
    expect(orders.spec.partitions).toEqual({
      kind: "product",
      dimensions: [
        {
          name: "day",
          partitions: {
            kind: "time",
            every: { kind: "daily", hourOffset: 6, minuteOffset: 30 },
            timeZone: "UTC",
            start: "2026-01-01",
            end: null,
            endOffset: 0,
            format: null,
          },
        },
        { name: "region", partitions: { kind: "static", keys: ["eu", "us"] } },
      ],
    });
  });

  it("are none unless they are said", () => {
    expect(flow("orders", () => void load()).spec.partitions).toBeNull();
  });

  it("have steps of every kind", () => {
    const start = "2026-01-01";
    expect(hourly({ start, offset: "15m" }).every).toEqual({ kind: "hourly", minuteOffset: 15 });
    expect(weekly({ start, weekStart: "sunday" }).every).toMatchObject({ weekStart: 7 });
    expect(weekly({ start }).every).toMatchObject({ weekStart: 1, hourOffset: 0 });
    expect(monthly({ start, day: 12 }).every).toMatchObject({ day: 12 });
    expect(monthly({ start }).every).toMatchObject({ day: 1 });
    expect(cronPartitions({ start, cron: "0 */6 * * *", timeZone: "Europe/Zurich", end: "2027-01-01" })).toMatchObject({
      every: { kind: "cron", expression: "0 */6 * * *" },
      timeZone: "Europe/Zurich",
      end: "2027-01-01",
    });
    expect(dynamicPartitions("shops")).toEqual({ kind: "dynamic", name: "shops" });
  });
});

describe("refused, with the line, is", () => {
  const start = "2026-01-01";
  it.each([
    ["an unknown zone", () => daily({ start, timeZone: "Europe/Zurick" }), /time zone of daily partitions is unknown/],
    ["a start that is no time", () => daily({ start: "1 January" }), /start of daily partitions is no local time/],
    ["an end before the start", () => daily({ start, end: "2025-01-01" }), /not before the end/],
    ["an offset of a day", () => daily({ start, offset: "24h" }), /offset of daily partitions/],
    ["an offset of an hour for hours", () => hourly({ start, offset: "1h" }), /offset of hourly partitions/],
    ["an offset of seconds", () => daily({ start, offset: "5s" }), /offset of daily partitions/],
    ["a week of no day", () => weekly({ start, weekStart: "someday" as "monday" }), /weekStart of weekly partitions/],
    ["a day that not all months have", () => monthly({ start, day: 29 }), /day of monthly partitions is 29/],
    ["half a key", () => daily({ start, endOffset: 0.5 }), /endOffset/],
    ["a format without a day", () => daily({ start, format: "yyyy-MM" }), /one key/],
    ["a bad cron", () => cronPartitions({ start, cron: "0 25 * * *" }), /hour/],
    ["an option that is not there", () => daily({ start, zone: "UTC" } as never), /no option "zone"/],
    ["a list without keys", () => staticPartitions([]), /no keys/],
    ["a key twice", () => staticPartitions(["a", "a"]), /twice/],
    ["a name of nothing", () => dynamicPartitions(""), /no name/],
    ["a product of nothing", () => product({}), /product of nothing/],
    ["two dimensions of time", () => product({ a: daily({ start }), b: hourly({ start }) }), /two dimensions of time/],
    ["something else", () => flow("a", { partitions: "daily" as never }, () => void load()), /option "partitions"/],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(/partitions\.test\.ts:\d+:\d+/);
  });
});
