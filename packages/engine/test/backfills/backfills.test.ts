import { encode, type FlowSpec, type RunId } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { failure, type Play, yieldUntil } from "../stage/calls.ts";
import type { Stage } from "../stage/stage.ts";
import { begin, change, create, cutFlow, ended, keysOf, openCutStage, row, runsOf, set } from "./stage-backfills.ts";

const FIVE = ["01", "02", "03", "04", "05"].map((day) => `1969-03-${day}`);

/** Each run takes a minute. */
const minute: Play = ({ resumed, order }) => (resumed === null ? yieldUntil(order.window.endMs + 2e12 + 60_000) : null);

/** Fails for this key until it is told that all is well. */
function failsFor(key: string): { readonly play: Play; readonly heal: () => void } {
  let isWell = false;
  return {
    play: ({ order }) => (order.slice?.kind === "key" && order.slice.key === key && !isWell ? failure("bad") : null),
    heal: () => {
      isWell = true;
    },
  };
}

function chained(): FlowSpec {
  const flow = cutFlow();
  return { ...flow, policies: { ...flow.policies, dependsOnPast: true } };
}

async function unfinished(stage: Stage): Promise<number> {
  return (await stage.place.store.unfinishedRuns()).length;
}

describe("a backfill", () => {
  test("runs each partition once, in order, as many at once as it may", async () => {
    const stage = await openCutStage({ plays: { load: minute } });
    const id = await begin(stage);
    await stage.quiet();
    expect(await unfinished(stage)).toBe(2);
    expect(await ended(stage, id)).toMatchObject({ state: "success", made: 5, succeeded: 5, failed: 0, cancelled: 0 });
    expect(await keysOf(stage, id)).toEqual(FIVE);
    const [first] = await runsOf(stage, id);
    expect(await stage.view(first?.id as RunId)).toMatchObject({
      row: {
        class: "backfill",
        backfill: id,
        slice: { kind: "key", key: "1969-03-01" },
        window: { startMs: Date.UTC(1969, 2, 1), endMs: Date.UTC(1969, 2, 2) },
        trigger: { kind: "backfill", backfill: id },
      },
    });
  });

  test("takes the newest first, and several partitions in a run, when told so", async () => {
    const stage = await openCutStage();
    const id = await begin(stage, { order: "newest", maxActiveRuns: 1, runPer: { kind: "count", count: 2 } });
    await ended(stage, id);
    expect(await keysOf(stage, id)).toEqual([
      "1969-03-05",
      '{"kind":"range","from":"1969-03-03","to":"1969-03-04"}',
      '{"kind":"range","from":"1969-03-01","to":"1969-03-02"}',
    ]);
  });

  test("leaves out what ran before, and runs it all the same when told so", async () => {
    const stage = await openCutStage();
    await ended(stage, await begin(stage, { selection: { kind: "keys", keys: FIVE.slice(0, 3) } }));
    const id = await begin(stage);
    expect(await ended(stage, id)).toMatchObject({ plan: { runs: 2, left: { exists: 3, "in flight": 0 } } });
    expect(await create(stage)).toMatchObject({ ok: false, error: { code: "INVALID_BACKFILL" } });
    expect(await ended(stage, await begin(stage, { reprocess: "completed" }))).toMatchObject({ succeeded: 5 });
  });

  test("hands its parameters to each run", async () => {
    const stage = await openCutStage();
    const id = await begin(stage, { params: encode({ region: "eu" }), limit: 1 });
    await ended(stage, id);
    const [run] = await runsOf(stage, id);
    expect((await stage.view(run?.id as RunId)).row.params).toBe('{"region":"eu"}');
  });

  test("of a flow without partitions runs the windows of its schedule", async () => {
    const schedule = {
      name: "nightly",
      timing: { kind: "cron", expression: "0 6 * * *" },
      timeZone: "UTC",
      calendar: null,
      params: null,
      catchup: { kind: "none" },
      catchupOrder: "oldest",
      startMs: null,
      endMs: null,
      place: null,
    } as const;
    const stage = await openCutStage({ flows: [cutFlow(null, { schedules: [schedule] })] });
    const selection = { kind: "range", fromMs: Date.UTC(1969, 2, 1), toMs: Date.UTC(1969, 2, 3) } as const;
    const id = await begin(stage, { selection });
    expect(await ended(stage, id)).toMatchObject({ state: "success", made: 2 });
    expect((await runsOf(stage, id)).map(({ scheduledAtMs }) => scheduledAtMs)).toEqual([
      Date.UTC(1969, 2, 2, 6),
      Date.UTC(1969, 2, 3, 6),
    ]);
    expect(await create(stage, { selection })).toMatchObject({ ok: false, error: { code: "INVALID_BACKFILL" } });
  });
});

describe("a backfill of a flow that depends on the past", () => {
  test("makes its runs one by one", async () => {
    const stage = await openCutStage({ flows: [chained()], plays: { load: minute } });
    const id = await begin(stage, { maxActiveRuns: 4 });
    await stage.quiet();
    expect(await unfinished(stage)).toBe(1);
    expect(await ended(stage, id)).toMatchObject({ state: "success", succeeded: 5, plan: { chained: true } });
    expect(await keysOf(stage, id)).toEqual(FIVE);
  });

  test("is paused by a run that fails, and goes on when it is repeated", async () => {
    const { play, heal } = failsFor("1969-03-03");
    const stage = await openCutStage({ flows: [chained()], plays: { load: play } });
    const id = await begin(stage);
    await stage.quiet();
    const failed = (await runsOf(stage, id)).at(-1);
    const paused = { state: "paused", made: 3, failed: 1, reason: expect.stringContaining(`${failed?.id} is failed`) };
    expect(await row(stage, id)).toMatchObject(paused);
    expect(await change(stage, id, "resume")).toMatchObject({ ok: false, error: { code: "INVALID_BACKFILL" } });
    await stage.crash();
    await change(stage, id, "retry_failed");
    await stage.quiet();
    expect(await row(stage, id)).toMatchObject({ state: "paused", made: 3, failed: 1 });
    heal();
    await change(stage, id, "retry_failed");
    expect(await ended(stage, id)).toMatchObject({ state: "success", succeeded: 5, reason: null });
    expect(await keysOf(stage, id)).toEqual([...FIVE.slice(0, 3), FIVE[2], FIVE[2], ...FIVE.slice(3)]);
  });

  test("goes on after a person has repeated the run by hand", async () => {
    const { play, heal } = failsFor("1969-03-02");
    const stage = await openCutStage({ flows: [chained()], plays: { load: play } });
    const id = await begin(stage);
    await stage.quiet();
    heal();
    await stage.rerun((await runsOf(stage, id)).at(-1)?.id as RunId, { kind: "all" });
    await stage.quiet();
    expect(await row(stage, id)).toMatchObject({ state: "paused", succeeded: 2, failed: 0 });
    await change(stage, id, "resume");
    expect(await ended(stage, id)).toMatchObject({ state: "success", succeeded: 5 });
  });

  test("has failed when only its last run did", async () => {
    const stage = await openCutStage({ flows: [chained()], plays: { load: failsFor("1969-03-05").play } });
    expect(await ended(stage, await begin(stage))).toMatchObject({ state: "failed", succeeded: 4, failed: 1 });
  });
});

describe("a backfill that is changed", () => {
  test("makes nothing while it is paused, and goes on when it is resumed", async () => {
    const stage = await openCutStage({ plays: { load: minute } });
    const id = await begin(stage);
    await stage.quiet();
    expect(await change(stage, id, "pause")).toMatchObject({ ok: true, backfill: id });
    while (stage.clock.advanceToNext()) await stage.quiet();
    expect(await row(stage, id)).toMatchObject({ state: "paused", made: 2, succeeded: 2 });
    await stage.crash();
    await stage.quiet();
    expect(await row(stage, id)).toMatchObject({ state: "paused", made: 2 });
    await change(stage, id, "resume");
    expect(await ended(stage, id)).toMatchObject({ state: "success", succeeded: 5 });
    expect(await keysOf(stage, id)).toEqual(FIVE);
  });

  test("stops its runs when it is cancelled, and goes on where it was when it is retried", async () => {
    const stage = await openCutStage({ plays: { load: minute } });
    const id = await begin(stage);
    await stage.quiet();
    await change(stage, id, "cancel");
    expect(await ended(stage, id)).toMatchObject({ state: "cancelled", made: 2, cancelled: 2 });
    expect(await change(stage, id, "pause")).toMatchObject({ ok: false, error: { code: "BACKFILL_FINISHED" } });
    await change(stage, id, "retry_failed");
    expect(await ended(stage, id)).toMatchObject({ state: "success", made: 5, succeeded: 5, cancelled: 0 });
  });

  test("has as many runs under way at once as somebody says, also after a crash", async () => {
    const stage = await openCutStage({ plays: { load: minute } });
    const id = await begin(stage, { maxActiveRuns: 1 });
    await stage.quiet();
    expect(await unfinished(stage)).toBe(1);
    expect(await set(stage, id, 3)).toMatchObject({ ok: true, backfill: id });
    await stage.quiet();
    expect(await unfinished(stage)).toBe(3);
    await stage.crash();
    await set(stage, id, 1);
    expect(await unfinished(stage)).toBe(3);
    while ((await unfinished(stage)) > 1) if (stage.clock.advanceToNext()) await stage.quiet();
    expect(await row(stage, id)).toMatchObject({ state: "running", atOnce: 1, request: { maxActiveRuns: 1 } });
    expect(await set(stage, id, 0)).toMatchObject({ ok: false, error: { code: "INVALID_BACKFILL" } });
    await ended(stage, id);
    expect(await set(stage, id, 2)).toMatchObject({ ok: false, error: { code: "BACKFILL_FINISHED" } });
    expect(await set(stage, "01NONE" as typeof id, 2)).toMatchObject({
      ok: false,
      error: { code: "UNKNOWN_BACKFILL" },
    });
  });

  test("says what a retry would repeat, by the way that repeats it", async () => {
    const { play, heal } = failsFor("1969-03-03");
    const stage = await openCutStage({ plays: { load: play } });
    const id = await begin(stage);
    const { version } = await ended(stage, id);
    const failed = (await runsOf(stage, id)).find(({ state }) => state === "failed");
    await stage.activate(2, [cutFlow()]);
    const plan = await stage.planRetry(id);
    expect(plan).toMatchObject({ formerVersion: version, state: "running", atOnce: 2, repeated: 1, toCome: 0 });
    expect(plan.runs).toMatchObject([{ run: failed, plan: { counts: { run: 1 }, version: { id: plan.version } } }]);
    // Nothing has come of it.
    expect(await row(stage, id)).toMatchObject({ state: "failed", version, retriedAtMs: null });
    heal();
    await change(stage, id, "retry_failed");
    expect(await ended(stage, id)).toMatchObject({ state: "success", version: plan.version });
    expect((await runsOf(stage, id)).at(-1)).toMatchObject({ rootRun: failed?.id, state: "success" });
    await expect(stage.planRetry(id)).rejects.toMatchObject({ code: "INVALID_BACKFILL" });
  });

  test("repeats what failed and nothing else, with the version that is active then", async () => {
    const { play, heal } = failsFor("1969-03-03");
    const stage = await openCutStage({ plays: { load: play } });
    const id = await begin(stage);
    expect(await ended(stage, id)).toMatchObject({ state: "failed", succeeded: 4, failed: 1 });
    await change(stage, id, "retry_failed");
    expect(await ended(stage, id)).toMatchObject({ state: "failed", succeeded: 4, failed: 1 });
    heal();
    await stage.activate(2, [cutFlow()]);
    await change(stage, id, "retry_failed");
    const version = expect.stringMatching(/2$/);
    expect(await ended(stage, id)).toMatchObject({ state: "success", succeeded: 5, failed: 0, version });
    const runs = await runsOf(stage, id);
    expect(runs.map(({ state }) => state).sort()).toEqual(["failed", "failed", ...Array(5).fill("success")]);
    expect((await stage.view(runs.at(-1)?.id as RunId)).row.version).toMatch(/2$/);
    expect(await change(stage, id, "retry_failed")).toMatchObject({ ok: false, error: { code: "INVALID_BACKFILL" } });
  });

  test("refuses to be retried when the flow is cut in another way", async () => {
    const stage = await openCutStage({ plays: { load: minute } });
    const id = await begin(stage, { maxActiveRuns: 1 });
    await stage.quiet();
    await stage.activate(2, [cutFlow({ kind: "static", keys: ["eu", "us"] })]);
    expect(await change(stage, id, "retry_failed")).toMatchObject({ ok: false, error: { code: "UNKNOWN_PARTITION" } });
    expect(await ended(stage, id)).toMatchObject({ state: "success", succeeded: 5 });
  });

  test("counts a run that a person repeated meanwhile", async () => {
    const { play, heal } = failsFor("1969-03-01");
    const stage = await openCutStage({ plays: { load: play } });
    const id = await begin(stage, { maxActiveRuns: 1 });
    await stage.quiet();
    heal();
    const failed = (await runsOf(stage, id)).find(({ state }) => state === "failed");
    await stage.rerun(failed?.id as RunId, { kind: "all" });
    await ended(stage, id);
    await stage.quiet();
    expect((await runsOf(stage, id)).filter(({ state }) => state === "success")).toHaveLength(5);
  });

  test("is refused where it is not there", async () => {
    const stage = await openCutStage();
    expect(await change(stage, "nobody" as never, "pause")).toMatchObject({ error: { code: "UNKNOWN_BACKFILL" } });
  });
});

describe("refused is", () => {
  test("one that overlaps another that has not ended", async () => {
    const stage = await openCutStage({ plays: { load: minute } });
    const id = await begin(stage);
    const selection = { kind: "keys", keys: ["1969-03-05"] } as const;
    const answer = await create(stage, { selection, reprocess: "completed" });
    expect(answer).toMatchObject({
      ok: false,
      error: { code: "BACKFILL_ACTIVE", message: expect.stringContaining(id) },
    });
    await ended(stage, id);
    expect(await create(stage, { selection, reprocess: "completed" })).toMatchObject({ ok: true });
  });

  test("newest first where a run depends on the one before", async () => {
    const stage = await openCutStage({ flows: [chained()] });
    expect(await create(stage, { order: "newest" })).toMatchObject({ error: { code: "INVALID_BACKFILL" } });
  });

  test.each([
    ["a flow that is not there", { flow: "order" }, "UNKNOWN_FLOW"],
    ["a key of the wrong form", { selection: { kind: "keys", keys: ["yesterday"] } }, "UNKNOWN_PARTITION"],
    ["no run at once", { maxActiveRuns: 0 }, "INVALID_BACKFILL"],
    ["half a run", { limit: 0.5 }, "INVALID_BACKFILL"],
    ["a run of no partitions", { runPer: { kind: "count", count: 0 } }, "INVALID_BACKFILL"],
    ["parameters that do not fit", { params: encode({ bad: true }) }, "INVALID_PARAMS"],
  ] as const)("%s", async (_, asked, code) => {
    const refuseParams = (params: unknown) => ((params as { bad?: true }).bad ? "bad" : undefined);
    const stage = await openCutStage({ functions: { refuseParams } });
    expect(await create(stage, asked as never)).toMatchObject({ ok: false, error: { code } });
    expect(await unfinished(stage)).toBe(0);
  });
});

describe("dynamic partitions", () => {
  const shops = cutFlow({ kind: "dynamic", name: "shops" });
  const add = (stage: Stage, keys: readonly string[], gone: readonly string[] = []) =>
    stage.submit({ kind: "change_partitions", name: "shops", add: keys, remove: gone });

  test("are kept in the order in which they were added", async () => {
    const stage = await openCutStage({ flows: [shops] });
    await add(stage, ["b", "a", "b"]);
    await add(stage, ["c", "a"], ["b", "x"]);
    expect(await stage.place.store.triggers.listPartitionKeys("shops")).toEqual(["a", "c"]);
    await stage.crash();
    const id = await begin(stage, { selection: { kind: "keys_between", from: "a", to: "c" }, maxActiveRuns: 1 });
    await ended(stage, id);
    expect(await keysOf(stage, id)).toEqual(["a", "c"]);
  });

  test("have texts as keys", async () => {
    const stage = await openCutStage({ flows: [shops] });
    expect(await add(stage, [""])).toMatchObject({ ok: false, error: { code: "UNKNOWN_PARTITION" } });
  });

  test("that went away pause a backfill that needs them, with the reason", async () => {
    const stage = await openCutStage({ flows: [shops], plays: { load: minute } });
    await add(stage, ["a", "b"]);
    const id = await begin(stage, { selection: { kind: "keys", keys: ["a", "b"] }, maxActiveRuns: 1 });
    await stage.quiet();
    await add(stage, [], ["b"]);
    await stage.crash();
    await stage.quiet();
    expect(await row(stage, id)).toMatchObject({ state: "paused", reason: expect.stringContaining('"b"') });
  });
});
