import {
  answeredRun,
  type Command,
  KEEP_EVERYTHING,
  MillraceError,
  type RetentionPolicy,
  type RetentionRule,
  type RunId,
  type UpkeepFiles,
} from "@millrace/core";
import { describe, expect, test } from "vitest";
import { yieldForRun } from "./stage/calls.ts";
import { flowOf, PARAMS } from "./stage/sketch.ts";
import { openStage, type Stage, type StageSetup, tick } from "./stage/stage.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ALL: RetentionRule = { maxAgeMs: null, maxRuns: 0, keepFailedMs: null };

/** Says what was removed, in order. */
class Removed implements UpkeepFiles {
  readonly logs: RunId[] = [];

  async removeLogs(run: RunId): Promise<void> {
    this.logs.push(run);
  }

  async removeArtifact(): Promise<boolean> {
    return true;
  }

  async removeVersion(): Promise<void> {}
}

const FLOWS = [
  flowOf("work", (flow) => flow.task("load")),
  flowOf("parent", (flow) => flow.task("ask", { input: PARAMS })),
  flowOf("child", (flow) => flow.task("answer", { input: PARAMS })),
];

async function open(setup: Partial<StageSetup> & { retention?: Partial<RetentionPolicy> } = {}) {
  const files = new Removed();
  const { retention, ...rest } = setup;
  const upkeep = { retention: { ...KEEP_EVERYTHING, ...retention }, files, firstMs: HOUR, everyMs: HOUR };
  return { stage: await openStage({ flows: FLOWS, upkeep, ...rest }), files };
}

/** Work of the upkeep rests between its pieces: lets that time pass until something is there. */
async function passing<Value>(stage: Stage, work: Promise<Value>): Promise<Value> {
  let isOver = false;
  const watched = work.finally(() => {
    isOver = true;
  });
  watched.catch(() => {});
  while (!isOver) {
    await stage.quiet();
    stage.clock.advanceBy(5);
  }
  return await watched;
}

async function prune(stage: Stage, rule: RetentionRule | null, flow: string | null = null) {
  const answer = await passing(stage, stage.submit({ kind: "prune", rule, flow }));
  if (!answer.ok) throw new MillraceError("INTERNAL", answer.error.message);
  return answer.run === null ? answer.pruned : undefined;
}

async function pruned(stage: Stage): Promise<void> {
  while ((await stage.place.store.upkeep.status()).forgottenRuns > 0) {
    await stage.quiet();
    stage.clock.advanceBy(5);
  }
}

async function exists(stage: Stage, run: RunId): Promise<boolean> {
  return (await stage.place.store.history.findRun(run)) !== undefined;
}

describe("retention", () => {
  test("works by the hour, and takes rows and files with the runs", async () => {
    const { stage, files } = await open({ retention: { maxAgeMs: DAY } });
    const old = [await stage.run("work"), await stage.run("work"), await stage.run("child")];
    stage.clock.advanceBy(2 * DAY);
    await stage.quiet();
    const young = await stage.run("work");
    stage.clock.advanceBy(HOUR);
    while (files.logs.length === 0) {
      await stage.quiet();
      stage.clock.advanceBy(5);
    }
    await pruned(stage);
    // The newest run of a flow stays, however old.
    expect(files.logs).toEqual([old[0]?.id, old[1]?.id]);
    expect(await exists(stage, young.id)).toBe(true);
    expect((await stage.view(old[2]?.id as RunId)).states).toEqual({ answer: "success" });
    const { tables } = await stage.place.store.upkeep.status();
    expect(tables.filter(({ name }) => ["run", "task_run"].includes(name)).map(({ rows }) => rows)).toEqual([2, 2]);
  });

  test("keeps everything when nothing else is said", async () => {
    const { stage, files } = await open();
    const run = await stage.run("work");
    stage.clock.advanceBy(1_000 * DAY);
    await stage.run("work");
    stage.clock.advanceBy(2 * HOUR);
    expect(await prune(stage, null)).toEqual({ families: 0, runs: 0 });
    expect(await exists(stage, run.id)).toBe(true);
    expect(files.logs).toEqual([]);
  });
});

describe("a prune that is asked for", () => {
  test("counts families and runs, of one flow alone", async () => {
    const { stage, files } = await open();
    const first = await stage.run("work");
    const again = await stage.settled(await stage.rerun(first.id, { kind: "all" }));
    const other = await stage.run("child");
    await stage.run("work");
    expect(await prune(stage, { ...ALL, maxRuns: 1 }, "work")).toEqual({ families: 1, runs: 2 });
    await pruned(stage);
    expect(files.logs).toEqual([first.id, again.id]);
    expect(await exists(stage, other.id)).toBe(true);
  });

  test("leaves what is under way, and what that waits for until it has ended", async () => {
    const gate = Promise.withResolvers<string>();
    const { stage } = await open({
      plays: {
        ask: ({ resumed, hang }) => (resumed === null ? yieldForRun("child") : Promise.race([gate.promise, hang()])),
      },
    });
    const parent = await stage.request("parent");
    await stage.quiet();
    const child = (await stage.view(parent)).task("ask").childRun as RunId;
    expect((await stage.view(child)).row.settled).toBe(true);
    expect(await prune(stage, ALL)).toEqual({ families: 0, runs: 0 });
    gate.resolve("read");
    expect((await stage.settled(parent)).state).toBe("success");
    expect(await prune(stage, ALL)).toEqual({ families: 2, runs: 2 });
  });

  test("goes on under the next leader where the last one was killed", async () => {
    const { stage, files } = await open();
    const runs = [await stage.run("work"), await stage.run("work"), await stage.run("work")];
    const { store } = stage.place;
    const answering = stage.submit({ kind: "prune", rule: ALL, flow: null });
    answering.catch(() => {});
    while ((await store.upkeep.status()).forgottenRuns === 0) await tick();
    await stage.crash();
    // The command was not answered, so it is carried out again, and finds nothing more to do.
    expect(await prune(stage, ALL)).toEqual({ families: 0, runs: 0 });
    await pruned(stage);
    expect(new Set(files.logs)).toEqual(new Set(runs.map(({ id }) => id)));
    expect(await store.history.listRuns({ limit: 10 })).toEqual([]);
  });

  test("ends with the engine, however much is left", async () => {
    const { stage } = await open();
    for (let at = 0; at < 3; at += 1) await stage.run("work");
    const answering = stage.submit({ kind: "prune", rule: ALL, flow: null });
    answering.catch(() => {});
    await tick();
    await stage.engine.stop();
    expect((await stage.place.store.history.listRuns({ limit: 10 })).length).toBeLessThanOrEqual(3);
  });

  test("is refused by an engine without upkeep", async () => {
    const stage = await openStage({ flows: FLOWS });
    expect(await stage.submit({ kind: "prune", rule: ALL, flow: null })).toMatchObject({
      ok: false,
      error: { code: "USAGE" },
    });
  });
});

describe("runs that are asked for while their past is forgotten", () => {
  const request = (idempotencyKey: string): Command => ({
    kind: "request_run",
    flow: "work",
    params: "{}" as never,
    window: null,
    version: null,
    selection: null,
    idempotencyKey,
  });

  /** Whoever asks the store this has its answer, and gets it when the gate opens. */
  function holdUp(
    stage: Stage,
    method: "loadRun" | "findRunByIdempotencyKey",
  ): { reached: Promise<void>; open(): void } {
    const { store } = stage.place;
    const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const really = store[method].bind(store) as (text: never) => Promise<never>;
    store[method] = async (text: string) => {
      const found = await really(text as never);
      reached.resolve();
      await gate.promise;
      return found;
    };
    return { reached: reached.promise, open: gate.resolve };
  }

  test("are not made from a run that was forgotten after it was read", async () => {
    const { stage } = await open();
    const former = await stage.run("work");
    const held = holdUp(stage, "loadRun");
    const again = stage.submit({ kind: "rerun", run: former.id, selection: { kind: "failed" }, version: "same" });
    await held.reached;
    const pruning = prune(stage, ALL);
    while (await exists(stage, former.id)) {
      await tick();
      stage.clock.advanceBy(5);
    }
    held.open();
    expect(await again).toMatchObject({ ok: false, error: { code: "UNKNOWN_RUN" } });
    expect(await pruning).toEqual({ families: 1, runs: 1 });
  });

  test("are made anew when the run that was there for their key was forgotten meanwhile", async () => {
    const { stage } = await open();
    const former = await stage.settled(answeredRun(await stage.submit(request("key"))));
    const held = holdUp(stage, "findRunByIdempotencyKey");
    const asked = stage.submit(request("key"));
    await held.reached;
    const pruning = prune(stage, ALL);
    while (await exists(stage, former.id)) {
      await tick();
      stage.clock.advanceBy(5);
    }
    held.open();
    const made = answeredRun(await asked);
    expect(made).not.toBe(former.id);
    expect((await stage.settled(made)).state).toBe("success");
    expect(await pruning).toEqual({ families: 1, runs: 1 });
  });

  // The commands meet the prune at another moment each time.
  test.each([0, 2, 4, 8])("are made from what is there, %i moments after", async (moments) => {
    const { stage } = await open();
    const keyed = answeredRun(await stage.submit(request("key")));
    await stage.settled(keyed);
    const failed = await stage.run("work");
    const pruning = stage.submit({ kind: "prune", rule: ALL, flow: "work" });
    for (let at = 0; at < moments; at += 1) await tick();
    const asked = stage.submit(request("key"));
    const again = stage.submit({ kind: "rerun", run: failed.id, selection: { kind: "all" }, version: "same" });
    await passing(stage, pruning);
    const [same, rerun] = [await asked, await again];
    const made = answeredRun(same);
    if (made !== keyed) {
      expect(await exists(stage, keyed)).toBe(false);
      expect((await stage.settled(made)).state).toBe("success");
    }
    if (rerun.ok) {
      const row = (await stage.settled(answeredRun(rerun))).row;
      expect(await exists(stage, row.rootRun)).toBe(true);
    } else expect(rerun.error.code).toBe("UNKNOWN_RUN");
  });
});
