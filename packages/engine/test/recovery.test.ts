import {
  type AttemptId,
  type AttemptReport,
  answeredRun,
  type CommandId,
  type DataReport,
  type Executor,
  encode,
  MillraceError,
  type RunId,
} from "@millrace/core";
import type { InProcessExecutor } from "@millrace/testing";
import { describe, expect, test } from "vitest";
import { EVERYTHING, EVERYTHING_PLAYS, expectEverything } from "./stage/everything.ts";
import type { RunView } from "./stage/run-view.ts";
import { flowOf } from "./stage/sketch.ts";
import { Frozen, openStage, type Stage, type StageSetup, tick } from "./stage/stage.ts";

const SETUP: StageSetup = { flows: EVERYTHING, plays: EVERYTHING_PLAYS, pools: { db: 2 }, capacity: 3 };

const REQUEST = {
  kind: "request_run",
  flow: "parent",
  params: encode({ count: 4 }),
  window: null,
  version: null,
  selection: null,
  idempotencyKey: null,
} as const;

/** Runs the flow to its end. Each time the engine freezes, `crash` puts another in its place. */
async function runThrough(stage: Stage, crash: () => Promise<void>): Promise<RunView> {
  for (;;) {
    try {
      const answer = await stage.submit(REQUEST, "the request");
      return await stage.settled(answeredRun(answer));
    } catch (error) {
      if (!(error instanceof Frozen)) throw error;
      await crash();
    }
  }
}

/** Something happens in every so many commits. Begun at each of the first, it happens in all of them over the runs. */
const EVERY = 5;
const FIRSTS = Array.from({ length: EVERY }, (_, first) => first);

/** Freezes the engine in every fifth commit, before or after it is written. */
function freezing(first: number, when: "before" | "after", stage: () => Stage): NonNullable<StageSetup["commits"]> {
  let commits = first;
  return {
    commit: async (_changes, really) => {
      commits += 1;
      if (commits % EVERY !== 0) return really();
      if (when === "after") await really();
      stage().frozen = true;
      return new Promise<never>(() => {});
    },
  };
}

/** Workers of which some are gone when a new leader looks for them. */
class Survivors implements Executor {
  readonly #executor: InProcessExecutor;
  readonly #gone: ReadonlySet<AttemptId>;

  constructor(executor: InProcessExecutor, gone: ReadonlySet<AttemptId>) {
    this.#executor = executor;
    this.#gone = gone;
  }

  get capacity(): number {
    return this.#executor.capacity;
  }

  start(onReport: (report: AttemptReport) => void): Promise<void> {
    return this.#executor.start((report) => {
      if (!this.#gone.has(report.attempt)) onReport(report);
    });
  }

  stop(): Promise<void> {
    return this.#executor.stop();
  }

  startAttempt(order: Parameters<Executor["startAttempt"]>[0]): void {
    this.#executor.startAttempt(order);
  }

  cancelAttempt(...args: Parameters<Executor["cancelAttempt"]>): void {
    this.#executor.cancelAttempt(...args);
  }

  acknowledge(...args: Parameters<Executor["acknowledge"]>): void {
    this.#executor.acknowledge(...args);
  }

  alive(): readonly AttemptId[] {
    return this.#executor.alive().filter((attempt) => !this.#gone.has(attempt));
  }
}

describe("crashes", () => {
  test.each(["before", "after"] as const)("%s commits lose nothing and repeat nothing", async (when) => {
    for (const first of FIRSTS) {
      const stage: Stage = await openStage({ ...SETUP, commits: freezing(first, when, () => stage) });
      await expectEverything(stage, await runThrough(stage, () => stage.crash()));
      expect(stage.commits).toBeGreaterThan(40);
      await stage.close();
    }
  });

  test.each(["all", "half"])("that leave %s of the attempts to be adopted", async (left) => {
    for (const first of FIRSTS) {
      const gone = new Set<AttemptId>();
      const stage: Stage = await openStage({
        ...SETUP,
        commits: freezing(first, "after", () => stage),
        wrapExecutor: (executor) => new Survivors(executor, gone),
      });
      const view = await runThrough(stage, async () => {
        for (const attempt of stage.executor.alive()) if (left === "half" && attempt % 2 === 0) gone.add(attempt);
        await stage.crash("survives");
      });
      await expectEverything(stage, view);
      if (left === "all") expect([...stage.started].sort()).toEqual(await undisturbedCalls());
      await stage.close();
    }
  });
});

describe("commits that fail", () => {
  test.each([
    ["before they are written", "DISK_FULL", false],
    ["after they were written", "STORE_FAILED", true],
  ] as const)("%s lose nothing, and nothing is done twice", async (_when, code, written) => {
    for (const first of FIRSTS) {
      let seen = first;
      const stage = await openStage({
        ...SETUP,
        commits: {
          commit: async (_changes, really) => {
            seen += 1;
            const fails = seen % EVERY === 0;
            if (!fails || written) await really();
            if (fails) throw new MillraceError(code, "as the test wants it");
          },
        },
      });
      await expectEverything(stage, await runThrough(stage, () => stage.crash()));
      expect([...stage.started].sort()).toEqual(await undisturbedCalls());
      await stage.close();
    }
  });

  test.each([false, true])("let runs that wait for their turn have it (written: %s)", async (written) => {
    for (const first of FIRSTS) {
      let seen = first;
      const stage = await openStage({
        flows: [flowOf("single", (flow) => flow.task("task"), { policies: { concurrency: 1 } })],
        commits: {
          commit: async (_changes, really) => {
            seen += 1;
            const fails = seen % EVERY === 0;
            if (!fails || written) await really();
            if (fails) throw new MillraceError("STORE_FAILED", "as the test wants it");
          },
        },
      });
      const ids = await Promise.all([1, 2, 3, 4].map(() => stage.request("single")));
      for (const id of ids) expect((await stage.settled(id)).state).toBe("success");
      await stage.close();
    }
  });

  test.each([false, true])("keep a fact about data once (written: %s)", async (written) => {
    const data: DataReport = { kind: "custom", payload: { rows: 3 } };
    const stage: Stage = await openStage({
      flows: [flowOf("single", (flow) => flow.task("task"))],
      plays: {
        task: async ({ report }) => {
          report(data);
          await tick();
        },
      },
      commits: {
        commit: async (changes, really) => {
          const fails = changes.reports.length > 0 && !hasFailed;
          if (!fails || written) await really();
          if (!fails) return;
          hasFailed = true;
          throw new MillraceError("STORE_FAILED", "as the test wants it");
        },
      },
    });
    let hasFailed = false;
    const run = await stage.run("single");
    expect([run.state, hasFailed]).toEqual(["success", true]);
    expect(run.reports.map((report) => report.data)).toEqual([data]);
  });

  test("do not begin again what another command is in the middle of", async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    let fails = false;
    const stage = await openStage({
      ...SETUP,
      functions: { refuseParams: (params) => ((params as { slow?: true }).slow ? promise : undefined) },
      commits: {
        commit: async (_changes, really) => {
          if (!fails) return really();
          fails = false;
          throw new MillraceError("DISK_FULL", "for a moment");
        },
      },
    });
    const slow = stage.submit({ ...REQUEST, params: encode({ count: 4, slow: true }) });
    await tick();
    fails = true;
    const quick = await stage.submit({ ...REQUEST, params: encode({ count: 4 }) });
    resolve(undefined);
    const answers = [quick, await slow];
    await stage.place.store.history.listRuns({ limit: 9 }).then((runs) => {
      expect(runs.filter(({ flow }) => flow === "parent")).toHaveLength(answers.length);
    });
  });

  test("again and again end the engine, and say why", async () => {
    const stage = await openStage({
      ...SETUP,
      commits: { commit: () => Promise.reject(new MillraceError("DISK_FULL", "there is no room")) },
    });
    await expect(stage.submit(REQUEST)).rejects.toThrow("there is no room");
    expect(stage.fatal.map(({ code }) => code)).toEqual(["DISK_FULL"]);
    await expect(stage.submit(REQUEST)).rejects.toThrow("there is no room");
  });

  test("for a long while, with everything that is read, are waited for by an engine with patience", async () => {
    let seen = 0;
    // Of every 40 calls of the store, 15 in a row meet one that is away.
    const fail = (): void => {
      seen += 1;
      if (seen % 40 < 15) throw new MillraceError("STORE_FAILED", "the database is away");
    };
    const stage = await openStage({
      ...SETUP,
      patience: Number.POSITIVE_INFINITY,
      commits: {
        commit: async (_changes, really) => {
          fail();
          await really();
        },
        read: () => {
          // The first calls of all are the start of the engine, which is its host's to repeat.
          if (seen > 0) fail();
        },
      },
    });
    // Whoever asks and hears that the database is away asks again.
    const asked = async (): Promise<RunId> => {
      const answer = await stage.submit(REQUEST, "the request").catch(asked);
      return typeof answer === "string" ? answer : (answer as { run: RunId }).run;
    };
    await expectEverything(stage, await stage.settled(await asked()));
    expect([...stage.started].sort()).toEqual(await undisturbedCalls());
    expect(stage.fatal).toEqual([]);
    expect(stage.troubles.filter((trouble) => trouble === "works").length).toBeGreaterThan(0);
  });

  test("in what a task has to read end the engine, and not the task", async () => {
    let isAway = false;
    const cache = { expiresMs: null, customKey: false, salt: "" };
    const stage = await openStage({
      flows: [flowOf("pair", (flow) => flow.task("second", { after: [flow.task("first")], policies: { cache } }))],
      plays: {
        first: () => {
          isAway = true;
        },
      },
      patience: 2,
      commits: {
        commit: (_changes, really) => really(),
        read: () => {
          if (isAway) throw new MillraceError("STORE_FAILED", "the database is away");
        },
      },
    });
    const run = await stage.request("pair");
    await stage.quiet();
    expect(stage.fatal.map(({ code }) => code)).toEqual(["STORE_FAILED"]);
    isAway = false;
    stage.fatal.length = 0;
    await stage.crash();
    expect((await stage.settled(run)).states).toEqual({ first: "success", second: "success" });
  });

  test("because another leads end the engine at once, and the other carries on", async () => {
    const stage = await openStage(SETUP);
    const run = await stage.request("parent", { params: { count: 4 } });
    const first = stage.engine;
    await stage.takeOver("survives");
    await expect(
      first.submit({ id: "late" as CommandId, actor: "test", createdAtMs: 0, command: REQUEST }),
    ).rejects.toThrow(/does not lead/);
    expect(stage.fatal.map(({ code }) => code)).toEqual(["LEADERSHIP_LOST"]);
    stage.fatal.length = 0;
    expect((await stage.settled(run)).state).toBe("success");
  });
});

/** What is called, and how often, when nothing goes wrong. */
async function undisturbedCalls(): Promise<readonly string[]> {
  known ??= (async () => {
    const stage = await openStage(SETUP);
    await expectEverything(stage, await runThrough(stage, () => stage.crash()));
    await stage.close();
    return [...stage.started].sort();
  })();
  return known;
}
let known: Promise<readonly string[]> | undefined;
