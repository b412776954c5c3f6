import {
  type Changes,
  type EncodedText,
  makeRunId,
  type RunRow,
  type RunTally,
  type Store,
  type TallyRange,
  type VersionId,
} from "@millrace/core";
import { openStore, parseDatabaseUrl } from "@millrace/store";
import { describe, expect, onTestFinished, test } from "vitest";
import { TallyMemory } from "../src/calendar/tally-memory.ts";
import { temporaryProject } from "./temporary-project.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FIRST_MS = Date.UTC(2026, 0, 1);
const DAYS = 90;

const NOTHING: Changes = {
  runs: [],
  taskRuns: [],
  attempts: [],
  outputs: [],
  events: [],
  reports: [],
  cacheEntries: [],
  triggers: [],
  ticks: [],
  backfills: [],
  partitionKeys: [],
  pools: [],
  rates: [],
  answers: [],
};

/** A run for a window of a day, made after it. */
function windowed(day: number, rest: Partial<RunRow> = {}): RunRow {
  const window = { startMs: FIRST_MS + day * DAY_MS, endMs: FIRST_MS + (day + 1) * DAY_MS };
  const createdAtMs = rest.createdAtMs ?? window.endMs + HOUR_MS;
  const id = makeRunId(createdAtMs, Math.random);
  const ended = { startedAtMs: createdAtMs, endedAtMs: createdAtMs + 1, settled: true, cancelRequested: false };
  const asked = { selection: null, idempotencyKey: null, concurrencyKey: null, taskKeys: null, class: "live" } as const;
  return {
    ...ended,
    ...asked,
    id,
    flow: "daily",
    version: "v" as VersionId,
    state: "success",
    params: "{}" as EncodedText,
    window,
    scheduledAtMs: window.endMs,
    slice: null,
    backfill: null,
    trigger: { kind: "schedule", schedule: "schedule", atMs: window.endMs },
    rerunOf: null,
    rootRun: id,
    createdAtMs,
    error: null,
    ...rest,
  };
}

interface Asked {
  readonly days: number;
}

/** A store, a memory of its tallies, and what the memory has asked the store for. */
async function open(nowMs: () => number = Date.now) {
  const store = await openStore(parseDatabaseUrl(`sqlite:${temporaryProject({})}/millrace.db`), { readsHere: true });
  onTestFinished(() => store.close());
  const leadership = await store.lead("test");
  if (leadership === undefined) throw new Error("somebody leads");
  const asked: Asked[] = [];
  const history: Pick<Store["history"], "tallyRuns" | "listRuns"> = {
    listRuns: (filter) => store.history.listRuns(filter),
    tallyRuns: (flow, range) => {
      asked.push({ days: Math.round((range.toMs - range.fromMs) / DAY_MS) });
      return store.history.tallyRuns(flow, range);
    },
  };
  const memory = new TallyMemory(history, nowMs);
  return {
    commit: (...runs: readonly RunRow[]) => store.commit(leadership.epoch, { ...NOTHING, runs }),
    memory,
    /** Days that were added up since it was asked last. */
    daysAsked: () => asked.splice(0).reduce((sum, { days }) => sum + days, 0),
    /** What the memory says, which must be what the store says. */
    check: async (by: TallyRange["by"]): Promise<readonly RunTally[]> => {
      const range = { by, fromMs: FIRST_MS, toMs: FIRST_MS + DAYS * DAY_MS, bucketMs: HOUR_MS };
      const said = await memory.tallyRuns("daily", range);
      const order = (tallies: readonly RunTally[]) => tallies.map((tally) => JSON.stringify(tally)).toSorted();
      expect(order(said)).toEqual(order(await store.history.tallyRuns("daily", range)));
      return said;
    },
  };
}

describe("the memory of how runs add up", () => {
  test("asks again only for days in which something has changed, or is under way", async () => {
    const { commit, check, daysAsked } = await open();
    for (let day = 0; day < 60; day += 1) await commit(windowed(day, { state: day % 7 === 0 ? "failed" : "success" }));
    await check("window");
    expect(daysAsked()).toBe(DAYS + 1);
    await check("window");
    expect(daysAsked()).toBe(0);
    // What failed is run again, later; and one run goes on.
    const createdAtMs = FIRST_MS + 61 * DAY_MS;
    await commit(windowed(7, { createdAtMs }), windowed(60, { createdAtMs, state: "running", settled: false }));
    await check("window");
    expect(daysAsked()).toBe(2);
    await check("window");
    expect(daysAsked()).toBe(1);
  });

  test("counts what was made by hand by its day, and all anew where one run takes the place of another", async () => {
    const { commit, check, daysAsked } = await open();
    const byHand = { scheduledAtMs: null, trigger: { kind: "manual", actor: "ann" } } as const;
    const runs = Array.from({ length: 30 }, (_, day) => windowed(day, day % 3 === 0 ? byHand : {}));
    for (const run of runs) await commit(run);
    await check("others");
    await check("made");
    daysAsked();
    await commit(windowed(30, byHand));
    await check("others");
    await check("made");
    expect(daysAsked()).toBe(2);
    const [root] = runs as [RunRow];
    await commit(windowed(31, { ...byHand, rerunOf: root.id, rootRun: root.id }));
    expect((await check("others")).reduce((sum, { count }) => sum + count, 0)).toBe(11);
    await check("made");
    expect(daysAsked()).toBe(2 * (DAYS + 1));
  });

  test("adds all up anew after a while, and after more runs than it looks at", async () => {
    let nowMs = 0;
    const { commit, check, daysAsked } = await open(() => nowMs);
    await commit(windowed(0));
    await check("window");
    daysAsked();
    nowMs += 300_000;
    await check("window");
    expect(daysAsked()).toBe(DAYS + 1);
    await commit(...Array.from({ length: 120 }, (_, count) => windowed(count % 50)));
    await check("window");
    expect(daysAsked()).toBe(DAYS + 1);
  });

  test("is right for those who ask at once, and for parts of a day", async () => {
    const { commit, check, memory } = await open();
    await commit(windowed(0), windowed(1));
    const whole = { by: "window", fromMs: FIRST_MS, toMs: FIRST_MS + DAYS * DAY_MS, bucketMs: HOUR_MS } as const;
    const ask = () => memory.tallyRuns("daily", whole);
    await Promise.all([ask(), ask(), commit(windowed(1, { state: "failed" })), ask(), ask()]);
    await check("window");
    const part = { by: "window", fromMs: FIRST_MS + DAY_MS, toMs: FIRST_MS + DAY_MS, bucketMs: HOUR_MS } as const;
    expect(await memory.tallyRuns("daily", part)).toMatchObject([{ startMs: FIRST_MS, state: "success" }]);
  });
});
