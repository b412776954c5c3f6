import { type Changes, KEEP_EVERYTHING, type RetentionPolicy, type TickRow, type TriggerRow } from "@millrace/core";
import { Leftovers } from "@millrace/engine";
import { VirtualClock } from "@millrace/testing";
import { MemoryDatabase, MemoryStore } from "@millrace/testing/simulation";
import { expect, test } from "vitest";

const DAY = 86_400_000;
const NOTHING: Changes = {
  runs: [],
  taskRuns: [],
  attempts: [],
  outputs: [],
  events: [],
  reports: [],
  cacheEntries: [],
  answers: [],
  pools: [],
  rates: [],
  triggers: [],
  ticks: [],
  backfills: [],
  partitionKeys: [],
};

/** The ticks that are left of a schedule with one a day, and of an inbox with a poll beside each, after 100 days. */
async function leftAfter(policy: Partial<RetentionPolicy>) {
  const clock = new VirtualClock();
  const store = new MemoryStore(new MemoryDatabase(() => clock.now()), { clock, renewal: async (work) => work() });
  const leadership = await store.lead("test");
  if (leadership === undefined) throw new Error("Nobody else can lead a new database");
  const trigger = { ...TRIGGER, flow: "orders" };
  const ticks = Array.from({ length: 100 }, (_, day) => ({ ...TICK, atMs: day * DAY, decidedAtMs: day * DAY }));
  const polls = ticks.map((tick): TickRow => ({ ...tick, trigger: "inbox", outcome: "polled" }));
  await store.commit(leadership.epoch, {
    ...NOTHING,
    triggers: [trigger, { ...trigger, name: "inbox", kind: "sensor" }],
    ticks: [...ticks, ...polls],
  });
  clock.advanceBy(100 * DAY - clock.now());
  const files = { removeLogs: async () => {}, removeArtifact: async () => true, removeVersion: async () => {} };
  const leftovers = new Leftovers({ store, clock, files, isAlone: true, rest: async () => {} });
  const rows = await leftovers.remove({ ...KEEP_EVERYTHING, ...policy });
  const left = await store.triggers.listTicks({ limit: 1_000 });
  await store.close();
  const of = (name: string): number => left.filter(({ trigger: one }) => one === name).length;
  return { rows, schedule: of("schedule"), inbox: of("inbox") };
}

const TRIGGER: TriggerRow = {
  flow: "orders",
  name: "schedule",
  kind: "schedule",
  fingerprint: "",
  schedule: null,
  sinceMs: 0,
  cursorMs: null,
  owed: [],
  sensorCursor: null,
  gathered: [],
  madeAtMs: [],
  paused: null,
  failures: 0,
  retired: false,
};

const TICK: TickRow = {
  flow: "orders",
  trigger: "schedule",
  atMs: 0,
  key: "",
  outcome: "run",
  run: null,
  reason: null,
  log: null,
  decidedAtMs: 0,
};

test("ticks stay as long as runs, and polls that found nothing a week", async () => {
  expect(await leftAfter({})).toEqual({ rows: 93, schedule: 100, inbox: 7 });
  expect(await leftAfter({ maxAgeMs: 30 * DAY })).toEqual({ rows: 93 + 70, schedule: 30, inbox: 7 });
  expect(await leftAfter({ maxAgeMs: 30 * DAY, keepFailedMs: 40 * DAY })).toMatchObject({ schedule: 40 });
  expect(await leftAfter({ maxRuns: 3 })).toMatchObject({ schedule: 7 });
  expect(await leftAfter({ flows: { orders: { maxAgeMs: 50 * DAY } } })).toMatchObject({ schedule: 50 });
  expect(await leftAfter({ flows: { others: { maxAgeMs: 50 * DAY } } })).toMatchObject({ schedule: 100 });
  expect(await leftAfter({ maxAgeMs: DAY, flows: { orders: { maxAgeMs: null } } })).toMatchObject({ schedule: 100 });
});
