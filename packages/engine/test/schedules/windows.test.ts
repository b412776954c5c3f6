import type { PartitionsSpec, RunSlice } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { begin } from "../backfills/stage-backfills.ts";
import { openStage } from "../stage/stage.ts";
import {
  at,
  DAY,
  decided,
  HOUR,
  MINUTE,
  openScheduled,
  outcomes,
  pass,
  runsOf,
  START,
  scheduled,
} from "./stage-schedules.ts";

const DAILY: PartitionsSpec = {
  kind: "time",
  every: { kind: "daily", hourOffset: 0, minuteOffset: 0 },
  timeZone: "UTC",
  start: "2025-12-20",
  end: null,
  endOffset: 0,
  format: null,
};
const REGIONS: PartitionsSpec = { kind: "static", keys: ["eu", "us"] };
const BY_REGION: PartitionsSpec = {
  kind: "product",
  dimensions: [
    { name: "region", partitions: { kind: "static", keys: ["eu", "us"] } },
    { name: "day", partitions: DAILY },
  ],
};
const AT_SIX = { timing: { kind: "cron", expression: "0 6 * * *" } } as const;
const ON_MONDAYS = { timing: { kind: "cron", expression: "0 0 * * 1" } } as const;

describe("the run of a tick", () => {
  const slices: [string, PartitionsSpec, RunSlice][] = [
    ["the day that has ended", DAILY, { kind: "key", key: "2026-01-01" }],
    ["all keys that are no times", REGIONS, { kind: "range", from: "eu", to: "us" }],
    ["that day with every other key", BY_REGION, { kind: "keys", keys: ["eu|2026-01-01", "us|2026-01-01"] }],
  ];
  test.each(slices)("covers %s", async (_, partitions, slice) => {
    const stage = await openScheduled({
      schedules: [{ timing: { kind: "cron", expression: "0 0 * * *" } }],
      partitions,
    });
    await pass(stage, DAY);
    const [run] = await runsOf(stage);
    expect(run).toMatchObject({ slice, window: { startMs: START, endMs: START + DAY }, scheduledAtMs: START + DAY });
  });

  test("covers the newest day where none begins in its window, and several where several do", async () => {
    const hourly = await openScheduled({ partitions: DAILY });
    await pass(hourly, HOUR);
    expect((await runsOf(hourly))[0]?.slice).toEqual({ kind: "key", key: "2025-12-31" });
    const weekly = await openScheduled({ schedules: [ON_MONDAYS], partitions: DAILY });
    await pass(weekly, 5 * DAY);
    expect((await runsOf(weekly))[0]?.slice).toEqual({ kind: "range", from: "2025-12-29", to: "2026-01-04" });
  });

  test("is not made while there is no partition", async () => {
    const stage = await openScheduled({ partitions: { kind: "dynamic", name: "customers" } });
    await pass(stage, HOUR);
    expect(await outcomes(stage)).toEqual(["01T01:00 failed: The flow flow has no partition yet."]);
    await stage.submit({ kind: "change_partitions", name: "customers", add: ["ann", "bob"], remove: [] });
    await pass(stage, HOUR);
    expect((await runsOf(stage))[0]?.slice).toEqual({ kind: "keys", keys: ["ann", "bob"] });
  });
});

describe("a run that somebody asks for without a window", () => {
  test("covers the newest window of the flow's schedules that has ended", async () => {
    const stage = await openStage({ flows: [scheduled({ schedules: [AT_SIX, { name: "weekly", ...ON_MONDAYS }] })] });
    const { row } = await stage.run("flow");
    expect([at(row.window.startMs), at(row.window.endMs), row.scheduledAtMs]).toEqual(["30T06:00", "31T06:00", null]);
    stage.clock.advanceBy(4 * DAY);
    const { row: later } = await stage.run("flow");
    expect([at(later.window.startMs), at(later.window.endMs)]).toEqual(["29T00:00", "05T00:00"]);
  });

  test("covers its slice, or the newest one; the slice of its window where it has one", async () => {
    const stage = await openStage({ flows: [scheduled({ partitions: DAILY })] });
    const { row } = await stage.run("flow");
    expect(row).toMatchObject({
      slice: { kind: "key", key: "2025-12-31" },
      window: { startMs: START - DAY, endMs: START },
    });
    const window = { startMs: START - 3 * DAY, endMs: START - 2 * DAY };
    const { row: asked } = await stage.run("flow", { window });
    expect(asked).toMatchObject({ slice: { kind: "key", key: "2025-12-29" }, window });
  });

  test("is refused a slice where there are no partitions", async () => {
    const stage = await openStage({ flows: [scheduled({})] });
    const command = { kind: "request_run", flow: "flow", params: "{}", window: null, version: null } as const;
    const slice = { kind: "key", key: "2025-12-31" } as const;
    const asked = { ...command, params: "{}" as never, slice, selection: null, idempotencyKey: null };
    expect(await stage.submit(asked)).toMatchObject({ ok: false, error: { code: "UNKNOWN_PARTITION" } });
  });
});

describe("a tick whose window a backfill covers that is under way", () => {
  test("is linked to it, and makes no run of its own", async () => {
    const midnight = { timing: { kind: "cron", expression: "0 0 * * *" }, catchup: { kind: "all" } } as const;
    const flow = { name: "orders", schedules: [midnight], partitions: DAILY };
    const stage = await openStage({ flows: [scheduled(flow)], schedules: true, plays: { load: ({ hang }) => hang() } });
    const trigger = { flow: "orders", trigger: "default" } as const;
    await stage.submit({ kind: "pause_trigger", ...trigger, reason: null });
    await pass(stage, 2 * DAY);
    const backfill = await begin(stage, { selection: { kind: "keys", keys: ["2026-01-01"] } });
    await stage.submit({ kind: "resume_trigger", ...trigger });
    await pass(stage, MINUTE);
    const [run] = await stage.place.store.triggers.listBackfillRuns(backfill);
    const [linked, made] = await decided(stage, "orders");
    expect(linked).toMatchObject({ outcome: "linked", run: run?.id, reason: `the backfill ${backfill} covers it` });
    expect(made).toMatchObject({ outcome: "run", atMs: START + 2 * DAY });
  });
});
