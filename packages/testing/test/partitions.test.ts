import { daily, flow, hourly, product, staticPartitions, task } from "@millrace/sdk";
import { testFlow } from "@millrace/testing";
import { describe, expect, test } from "vitest";

const load = task("load", async (_: object, { partition, window, scheduledAt }) => ({
  key: partition?.key,
  from: partition?.from,
  to: partition?.to,
  keys: await partition?.keys(),
  dimensions: partition?.dimensions,
  window: [window.start.toISOString(), window.end.toISOString()],
  scheduledAt,
}));

const days = flow("days", { partitions: daily({ start: "2026-01-01", timeZone: "Europe/Zurich" }) }, () => load({}));

describe("a flow with partitions", () => {
  test("runs for a key", async () => {
    const { output } = await testFlow(days).withPartition("2026-03-29").run();
    expect(output).toEqual({
      key: "2026-03-29",
      from: "2026-03-29",
      to: "2026-03-29",
      keys: ["2026-03-29"],
      dimensions: {},
      // The clock was set forward: a day of 23 hours.
      window: ["2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
      scheduledAt: null,
    });
  });

  test("runs for several, and for the newest that is complete unless it is told", async () => {
    const several = await testFlow(days).withPartition("2026-01-03", "2026-01-01").run();
    expect(several.output).toMatchObject({
      key: "2026-01-03...2026-01-01",
      keys: ["2026-01-03", "2026-01-01"],
      window: ["2025-12-31T23:00:00.000Z", "2026-01-03T23:00:00.000Z"],
    });
    const newest = await testFlow(days).startingAt(new Date("2026-02-10T12:00:00Z")).run();
    expect(newest.output).toMatchObject({ key: "2026-02-09" });
  });

  test("finds all keys of a range, and the dimensions in which they agree", async () => {
    const region = staticPartitions(["eu", "us"]);
    const both = flow("both", { partitions: product({ hour: hourly({ start: "2026-01-01" }), region }) }, () =>
      load({}),
    );
    const { output } = await testFlow(both).startingAt(new Date("2026-01-01T05:30:00Z")).run();
    expect(output).toMatchObject({
      key: "2026-01-01-04:00|eu...2026-01-01-04:00|us",
      keys: ["2026-01-01-04:00|eu", "2026-01-01-04:00|us"],
      dimensions: { hour: "2026-01-01-04:00" },
    });
  });

  test("refuses a key that is not there, and a key where it has no partitions", async () => {
    await expect(testFlow(days).withPartition("2025-12-31").run()).rejects.toThrow(/before the start/);
    const plain = flow("plain", () => load({}));
    await expect(testFlow(plain).withPartition("a").run()).rejects.toThrow(/has no partitions/);
    expect((await testFlow(plain).run()).output).toMatchObject({ window: expect.any(Array) });
  });
});
