import type {
  BackfillId,
  EncodedText,
  PartitionKeyRow,
  RunRow,
  TickFilter,
  TickRow,
  TriggerRow,
  VersionId,
} from "@millrace/core";
import { describe, expect, test } from "vitest";
import { AT_MS, nextRunId, runRow } from "../rows.ts";
import { backfillRow, DAY_MS, tickRow, triggerRow } from "../time-rows.ts";
import { commitTo, type Subject } from "./subject.ts";

/** Schedules and triggers, and what became of their ticks and events. */
export function triggersConform(subject: Subject): void {
  describe("triggers", () => {
    test("keep each schedule and trigger as it was written last, by flow and name", async () => {
      expect(await subject.store.triggers.list()).toEqual([]);
      const schedule = triggerRow({
        schedule: { kind: "once", atMs: AT_MS } as unknown as TriggerRow["schedule"],
        cursorMs: AT_MS,
        owed: [{ afterMs: AT_MS - DAY_MS, untilMs: AT_MS, order: "newest", live: false }],
      });
      const sensor = triggerRow({
        name: "inbox",
        kind: "sensor",
        sensorCursor: '"page 2 \\u0000"' as EncodedText,
        gathered: [{ key: "a\u0000b", atMs: AT_MS, payload: "1" as EncodedText }],
        madeAtMs: [AT_MS - 1, AT_MS],
        failures: 2,
      });
      const other = triggerRow({ flow: "cleanup", retired: true });
      await commitTo(subject, { triggers: [sensor, schedule, other] });
      const { triggers } = await subject.openOther();
      expect(await triggers.list()).toEqual([other, sensor, schedule]);
      const paused = {
        ...schedule,
        fingerprint: "f2",
        schedule: null,
        owed: [],
        paused: { atMs: AT_MS + 1, by: "bob", reason: "the source is down" },
      };
      await commitTo(subject, { triggers: [{ ...schedule, failures: 1 }, paused] });
      expect(await triggers.list()).toEqual([other, sensor, paused]);
    });

    test("are written together with the run and the tick, or not at all", async () => {
      const run = runRow({ scheduledAtMs: AT_MS });
      const tick = tickRow({ run: run.id });
      const refused = runRow({ idempotencyKey: "twice" });
      const twin = runRow({ idempotencyKey: "twice" });
      await expect(
        commitTo(subject, {
          runs: [refused, twin],
          triggers: [triggerRow()],
          ticks: [tick],
          backfills: [backfillRow()],
          partitionKeys: [{ name: "customers", key: "acme", exists: true }],
        }),
      ).rejects.toMatchObject({ code: "STORE_FAILED" });
      const { triggers } = subject.store;
      expect(await triggers.list()).toEqual([]);
      expect(await triggers.listTicks({ limit: 9 })).toEqual([]);
      expect(await triggers.listBackfills({ limit: 9 })).toEqual([]);
      expect(await triggers.listPartitionKeys("customers")).toEqual([]);
      await commitTo(subject, { runs: [run], triggers: [triggerRow({ cursorMs: AT_MS })], ticks: [tick] });
      expect(await triggers.listTicks({ limit: 9 })).toEqual([tick]);
    });
  });
}

export function ticksConform(subject: Subject): void {
  describe("ticks", () => {
    test("are decided once: what was written first stands", async () => {
      const first = tickRow({ outcome: "skipped", reason: "maxActiveRuns was reached \u0000" });
      const second = tickRow({ outcome: "run" });
      await commitTo(subject, { ticks: [first, second] });
      await commitTo(subject, { ticks: [second] });
      expect(await subject.store.triggers.listTicks({ limit: 9 })).toEqual([first]);
    });

    test("show what was decided last of each schedule and trigger, also of one instant", async () => {
      const { triggers } = subject.store;
      expect(await triggers.listNewestTicks()).toEqual([]);
      const inbox = { trigger: "inbox", kind: "sensor" } as const;
      const old = [tickRow(), tickRow({ trigger: "inbox", atMs: AT_MS, key: "z" })];
      const newest = [
        tickRow({ atMs: AT_MS + DAY_MS }),
        tickRow({ trigger: "inbox", atMs: AT_MS + 5, key: "b" }),
        tickRow({ flow: "cleanup", atMs: AT_MS - DAY_MS }),
      ];
      const beside = tickRow({ trigger: "inbox", atMs: AT_MS + 5, key: "a" });
      await commitTo(subject, {
        triggers: [
          triggerRow(),
          triggerRow({ name: inbox.trigger, kind: inbox.kind }),
          triggerRow({ flow: "cleanup" }),
        ],
        ticks: [...old, ...newest, beside],
      });
      const found = await triggers.listNewestTicks();
      expect(found.toSorted((a, b) => b.atMs - a.atMs)).toEqual(newest);
    });

    test("of events are found by their key, the first of them", async () => {
      const first = tickRow({ trigger: "hook", key: "msg_1", run: nextRunId(), log: "a line \u0000" });
      const again = tickRow({ trigger: "hook", key: "msg_1", atMs: AT_MS + 5, outcome: "known" });
      await commitTo(subject, { ticks: [again, first, tickRow()] });
      const { triggers } = await subject.openOther();
      expect(await triggers.findTick("daily-orders", "hook", "msg_1")).toEqual(first);
      expect(await triggers.findTick("daily-orders", "hook", "msg_2")).toBeUndefined();
      expect(await triggers.findTick("cleanup", "hook", "msg_1")).toBeUndefined();
      // An empty key is no event's.
      expect(await triggers.findTick("daily-orders", "schedule", "")).toBeUndefined();
    });
  });
}

export function tickListsConform(subject: Subject): void {
  describe("ticks", () => {
    test("are listed the newest first, of all, of a flow or of one trigger, page by page", async () => {
      const ticks = [1, 2, 3].flatMap((day) => [
        tickRow({ atMs: AT_MS + day * DAY_MS }),
        tickRow({ atMs: AT_MS + day * DAY_MS, trigger: "hook", key: `event ${day}`, outcome: "gathered" }),
        tickRow({ atMs: AT_MS + day * DAY_MS, flow: "cleanup" }),
      ]);
      const names = ["schedule", "hook"].map((name) => triggerRow({ name }));
      await commitTo(subject, { ticks, triggers: [...names, triggerRow({ flow: "cleanup" })] });
      const { triggers } = subject.store;
      const list = async (filter: Partial<TickFilter>) =>
        (await triggers.listTicks({ limit: 100, ...filter })).map(
          ({ flow, trigger, atMs }) => `${(atMs - AT_MS) / DAY_MS} ${flow}/${trigger}`,
        );
      expect(await list({ limit: 4 })).toEqual([
        "3 daily-orders/schedule",
        "3 daily-orders/hook",
        "3 cleanup/schedule",
        "2 daily-orders/schedule",
      ]);
      expect(await list({ before: { atMs: AT_MS + 2 * DAY_MS, flow: "", trigger: "", key: "" } })).toEqual([
        "1 daily-orders/schedule",
        "1 daily-orders/hook",
        "1 cleanup/schedule",
      ]);
      expect(await list({ flow: "daily-orders", limit: 3 })).toEqual([
        "3 daily-orders/schedule",
        "3 daily-orders/hook",
        "2 daily-orders/schedule",
      ]);
      const before = { atMs: AT_MS + 3 * DAY_MS, flow: "cleanup", trigger: "schedule", key: "" };
      expect(await list({ trigger: "schedule", before, limit: 2 })).toEqual([
        "2 daily-orders/schedule",
        "2 cleanup/schedule",
      ]);
      expect(await list({ flow: "daily-orders", trigger: "hook" })).toEqual(
        [3, 2, 1].map((day) => `${day} daily-orders/hook`),
      );
      expect(await list({ flow: "no-such-flow" })).toEqual([]);
    });

    test("of one instant are on one page after the other, however many there are", async () => {
      const keys = Array.from({ length: 5 }, (_, index) => `event ~${index}`);
      const ticks = [
        ...keys.map((key) => tickRow({ trigger: "hook", key, outcome: "gathered" })),
        tickRow(),
        tickRow({ flow: "cleanup" }),
        tickRow({ atMs: AT_MS - 1 }),
      ];
      const names = ["schedule", "hook"].map((name) => triggerRow({ name }));
      await commitTo(subject, { ticks, triggers: [...names, triggerRow({ flow: "cleanup" })] });
      const { triggers } = subject.store;
      for (const filter of [{}, { flow: "daily-orders" }, { trigger: "hook" }, { trigger: "schedule" }]) {
        const all = await triggers.listTicks({ ...filter, limit: 100 });
        const seen: TickRow[] = [];
        for (let page = await triggers.listTicks({ ...filter, limit: 2 }); page.length > 0; ) {
          seen.push(...page);
          page = await triggers.listTicks({ ...filter, limit: 2, before: page.at(-1) as TickRow });
        }
        expect(seen).toEqual(all);
      }
    });
  });
}

export function backfillsConform(subject: Subject): void {
  describe("backfills", () => {
    test("keep what was asked, and how far they are", async () => {
      const row = backfillRow();
      await commitTo(subject, { backfills: [row] });
      const later = {
        ...row,
        made: 7,
        atOnce: 12,
        retriedAtMs: AT_MS + 2,
        succeeded: 3,
        failed: 1,
        cancelled: 1,
        state: "paused" as const,
        reason: "by ann",
        version: "another" as VersionId,
      };
      await commitTo(subject, { backfills: [{ ...row, made: 5 }, later] });
      const { triggers } = await subject.openOther();
      expect(await triggers.findBackfill(row.id)).toEqual(later);
      const ended = { ...later, state: "success" as const, endedAtMs: AT_MS + 9, reason: null };
      await commitTo(subject, { backfills: [ended] });
      expect(await triggers.findBackfill(row.id)).toEqual(ended);
    });

    test("are found by the beginning of their id, and told apart", async () => {
      const [one, other] = [backfillRow(), backfillRow()];
      await commitTo(subject, { backfills: [one, other] });
      const { triggers } = subject.store;
      expect(await triggers.findBackfill(` ${one.id.slice(0, -1).toLowerCase()}`)).toEqual(one);
      expect(await triggers.findBackfill("ZZZZ")).toBeUndefined();
      await expect(triggers.findBackfill(one.id.slice(0, 4))).rejects.toMatchObject({ code: "USAGE" });
    });

    test("are listed the newest first, by flow and state; those under way the oldest first", async () => {
      const states = ["running", "success", "paused", "failed", "cancelling", "cancelled"] as const;
      const rows = states.map((state, index) => backfillRow({ state, flow: index < 4 ? "daily-orders" : "cleanup" }));
      await commitTo(subject, { backfills: rows });
      const { triggers } = subject.store;
      const list = async (filter: Parameters<typeof triggers.listBackfills>[0]) =>
        (await triggers.listBackfills(filter)).map(({ state }) => state);
      expect((await triggers.unfinishedBackfills()).map(({ state }) => state)).toEqual([
        "running",
        "paused",
        "cancelling",
      ]);
      expect(await list({ limit: 2 })).toEqual(["cancelled", "cancelling"]);
      expect(await list({ limit: 2, before: rows[4]?.id ?? (undefined as never) })).toEqual(["failed", "paused"]);
      expect(await list({ limit: 9, flow: "cleanup" })).toEqual(["cancelled", "cancelling"]);
      expect(await list({ limit: 9, states: ["running", "cancelled", "failed"] })).toEqual([
        "cancelled",
        "failed",
        "running",
      ]);
      expect(await list({ limit: 1, flow: "daily-orders", states: ["running", "failed"] })).toEqual(["failed"]);
    });
  });
}

export function partitionKeysConform(subject: Subject): void {
  describe("keys of dynamic partitions", () => {
    test("stand in the order in which they were added", async () => {
      const change = (names: string, exists = true): PartitionKeyRow[] =>
        names.split("").map((key) => ({ name: "customers", key, exists }));
      const keys = async () => (await subject.store.triggers.listPartitionKeys("customers")).join("");
      await commitTo(subject, { partitionKeys: [...change("cab"), { name: "other", key: "z", exists: true }] });
      expect(await keys()).toBe("cab");
      // One that is there keeps its place; one that comes back is the newest.
      await commitTo(subject, { partitionKeys: [...change("c"), ...change("a", false), ...change("d")] });
      expect(await keys()).toBe("cbd");
      await commitTo(subject, { partitionKeys: change("a") });
      expect(await keys()).toBe("cbda");
      // In one commit, what is said of a key last counts.
      await commitTo(subject, {
        partitionKeys: [...change("xc"), ...change("x", false), ...change("b", false), ...change("b")],
      });
      expect(await keys()).toBe("cbda");
      expect(await subject.store.triggers.listPartitionKeys("none")).toEqual([]);
    });
  });
}

/** A run of a schedule that covers these days. */
function made(from: number, to: number, changed: Partial<RunRow> = {}): RunRow {
  return runRow({
    scheduledAtMs: AT_MS + to * DAY_MS,
    window: { startMs: AT_MS + from * DAY_MS, endMs: AT_MS + to * DAY_MS },
    ...changed,
  });
}

/** What runs stand for. */
export function sliceRunsConform(subject: Subject): void {
  describe("runs that stand for a window or a slice", () => {
    test("are found by the windows that they overlap, in the order in which they were made", async () => {
      const key = { kind: "key", key: "2026-01-03" } as const;
      const slice = { kind: "range", from: "2026-01-01", to: "2026-01-04" } as const;
      const third = made(2, 3, { slice: key, state: "failed" });
      const first = made(0, 1);
      const wide = made(0, 4, { scheduledAtMs: null, slice });
      const rerun = made(2, 3, {
        slice: key,
        rootRun: third.id,
        rerunOf: third.id,
        endedAtMs: AT_MS + 1,
        state: "success",
      });
      const empty = made(5, 5);
      const others = [made(2, 3, { scheduledAtMs: null }), made(2, 3, { flow: "cleanup" })];
      for (const run of [third, first, wide, ...others, rerun, empty]) await commitTo(subject, { runs: [run] });
      const { triggers } = await subject.openOther();
      const between = async (from: number, to: number) => {
        const window = { startMs: AT_MS + from * DAY_MS, endMs: AT_MS + to * DAY_MS };
        return (await triggers.listSliceRuns("daily-orders", window)).map(({ id }) => id);
      };
      expect(await triggers.listSliceRuns("daily-orders", null)).toEqual(
        [third, first, wide, rerun, empty].map((run) => ({
          id: run.id,
          rootRun: run.rootRun,
          state: run.state,
          window: run.window,
          slice: run.slice,
          scheduledAtMs: run.scheduledAtMs,
          backfill: null,
          createdAtMs: run.createdAtMs,
          endedAtMs: run.endedAtMs,
        })),
      );
      expect(await between(2, 3)).toEqual([third.id, wide.id, rerun.id]);
      expect(await between(1, 2)).toEqual([wide.id]);
      expect(await between(4, 5)).toEqual([]);
      expect(await between(5, 6)).toEqual([empty.id]);
      expect(await between(2, 2)).toEqual([third.id, wide.id, rerun.id]);
      expect(await subject.store.history.findRun(wide.id)).toEqual(wide);
    });
  });
}

export function backfillRunsConform(subject: Subject): void {
  describe("runs of a backfill", () => {
    test("are found by it, reruns as well", async () => {
      const { id } = backfillRow();
      const run = made(0, 1, { backfill: id, class: "backfill", trigger: { kind: "backfill", backfill: id } });
      const rerun = made(0, 1, { backfill: id, rootRun: run.id, rerunOf: run.id });
      for (const one of [run, made(0, 1), rerun]) await commitTo(subject, { runs: [one] });
      const { triggers } = subject.store;
      expect((await triggers.listBackfillRuns(id)).map((found) => [found.id, found.backfill])).toEqual([
        [run.id, id],
        [rerun.id, id],
      ]);
      expect(await triggers.listBackfillRuns("NONE" as BackfillId)).toEqual([]);
      const page = async (skip: number) =>
        (await triggers.listBackfillRuns(id, { skip, limit: 1 })).map((found) => found.id);
      expect([await page(0), await page(1), await page(2)]).toEqual([[run.id], [rerun.id], []]);
    });
  });

  describe("runs of a flow", () => {
    test("say how long the newest successes of a flow took", async () => {
      const ended = (ms: number, changed: Partial<RunRow> = {}) =>
        runRow({ state: "success", startedAtMs: AT_MS, endedAtMs: AT_MS + ms, settled: true, ...changed });
      const runs = [ended(1), ended(2), ended(9, { state: "failed" }), ended(3), ended(8, { flow: "cleanup" })];
      for (const run of runs) await commitTo(subject, { runs: [run] });
      expect(await subject.store.triggers.recentDurations("daily-orders", 2)).toEqual([3, 2]);
      expect(await subject.store.triggers.recentDurations("none", 2)).toEqual([]);
    });
  });
}
