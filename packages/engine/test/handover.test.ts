import {
  type AttemptId,
  type AttemptReport,
  type AttemptRow,
  answeredRun,
  type CommandId,
  type Epoch,
  type Executor,
  encode,
  type RunId,
} from "@millrace/core";
import type { InProcessExecutor } from "@millrace/testing";
import { expect, test } from "vitest";
import { EVERYTHING, EVERYTHING_PLAYS, expectEverything } from "./stage/everything.ts";
import { flowOf } from "./stage/sketch.ts";
import { Frozen, openStage, type Stage, type StageSetup } from "./stage/stage.ts";

const REQUEST = {
  kind: "request_run",
  flow: "parent",
  params: encode({ count: 4 }),
  window: null,
  version: null,
  selection: null,
  idempotencyKey: null,
} as const;

/** Workers of one server, and beside them those of the servers before it, whose words come through the store. */
class Handed implements Executor {
  readonly #executor: InProcessExecutor;
  readonly #forward: (report: AttemptReport) => void;
  readonly #own = new Set<AttemptId>();
  readonly #adopted = new Set<AttemptId>();

  constructor(executor: InProcessExecutor, forward: (report: AttemptReport) => void) {
    this.#executor = executor;
    this.#forward = forward;
  }

  get capacity(): number {
    return this.#executor.capacity;
  }

  start(onReport: (report: AttemptReport) => void): Promise<void> {
    return this.#executor.start((report) => {
      if (this.#own.has(report.attempt)) onReport(report);
      else this.#forward(report);
    });
  }

  stop(): Promise<void> {
    return this.#executor.stop();
  }

  startAttempt(order: Parameters<Executor["startAttempt"]>[0]): void {
    this.#own.add(order.attempt);
    this.#executor.startAttempt(order);
  }

  cancelAttempt(...args: Parameters<Executor["cancelAttempt"]>): void {
    this.#executor.cancelAttempt(...args);
  }

  acknowledge(...args: Parameters<Executor["acknowledge"]>): void {
    this.#adopted.delete(args[0]);
    this.#executor.acknowledge(...args);
  }

  alive(): readonly AttemptId[] {
    return [...this.#executor.alive().filter((attempt) => this.#own.has(attempt)), ...this.#adopted];
  }

  adopt({ id }: AttemptRow): boolean {
    if (this.#own.has(id)) return false;
    this.#adopted.add(id);
    return true;
  }
}

/** A stage whose server leaves after every so many commits, with all that runs there. */
async function leavingStage(every: number): Promise<{ stage: Stage; leave: () => Promise<void> }> {
  let commits = 0;
  const forward = (report: AttemptReport): void => {
    if (report.kind === "started") return;
    said += 1;
    const id = (report.kind === "ended" ? `end of ${report.attempt}` : `word ${said}`) as CommandId;
    const command = { kind: "report_attempt", report } as const;
    void stage.place.store.insertCommand({ id, actor: "the server before", createdAtMs: 0, command });
  };
  let said = 0;
  const setup: StageSetup = {
    flows: EVERYTHING,
    plays: EVERYTHING_PLAYS,
    pools: { db: 2 },
    capacity: 3,
    wrapExecutor: (executor) => new Handed(executor, forward),
    commits: {
      commit: async (_changes, really) => {
        await really();
        commits += 1;
        if (commits % every === 0) stage.frozen = true;
      },
    },
  };
  const stage: Stage = await openStage(setup);
  const leave = async (): Promise<void> => {
    for (const report of await stage.engine.retire()) forward(report);
    await stage.takeOver("survives");
  };
  return { stage, leave };
}

async function runThrough(stage: Stage, leave: () => Promise<void>): Promise<RunId> {
  for (;;) {
    try {
      const run = answeredRun(await stage.submit(REQUEST, "the request"));
      await stage.settled(run);
      return run;
    } catch (error) {
      if (!(error instanceof Frozen)) throw error;
      await leave();
    }
  }
}

test("servers that leave in the middle of a run cost it nothing: what they had runs on, and is recorded once", async () => {
  const undisturbed = await leavingStage(Number.POSITIVE_INFINITY);
  await runThrough(undisturbed.stage, undisturbed.leave);
  const calls = [...undisturbed.stage.started].sort();
  for (const every of [3, 4, 7]) {
    const { stage, leave } = await leavingStage(every);
    const run = await runThrough(stage, leave);
    await expectEverything(stage, await stage.view(run));
    expect([...stage.started].sort()).toEqual(calls);
    expect(stage.fatal).toEqual([]);
    await stage.close();
  }
});

test("adopted attempts hold their pool, but no worker", async () => {
  const gate = Promise.withResolvers<void>();
  const forwarded: AttemptReport[] = [];
  const stage: Stage = await openStage({
    flows: [
      flowOf("pooled", (flow) => {
        flow.task("held", { policies: { pools: [{ pool: "db", slots: 1 }] } });
        flow.task("pooled", { policies: { pools: [{ pool: "db", slots: 1 }] } });
        flow.task("free");
      }),
    ],
    plays: { held: () => gate.promise },
    pools: { db: 1 },
    capacity: 1,
    wrapExecutor: (executor) => new Handed(executor, (report) => forwarded.push(report)),
  });
  const run = await stage.request("pooled");
  await stage.engine.retire();
  await stage.takeOver("survives");
  await stage.engine.whenQuiet();
  expect(stage.started.filter((label) => label !== "held")).toEqual(["free"]);
  expect(stage.why(run)).toMatchObject({ pooled: expect.stringContaining("db") });
  gate.resolve();
  await expect.poll(() => forwarded.at(-1)?.kind).toBe("ended");
  const report = forwarded.at(-1) as AttemptReport;
  expect(await stage.submit({ kind: "report_attempt", report })).toMatchObject({ ok: true, attempt: "recorded" });
  expect((await stage.settled(run)).states).toEqual({ held: "success", pooled: "success", free: "success" });
  // The same word again is no other outcome, and another outcome is too late.
  expect(await stage.submit({ kind: "report_attempt", report })).toMatchObject({ ok: true, attempt: "recorded" });
  const other = { ...report, outcome: { state: "cancelled" } } as AttemptReport;
  expect(await stage.submit({ kind: "report_attempt", report: other })).toMatchObject({ ok: true, attempt: "gone" });
});

test("words about attempts that nobody knows are answered as gone", async () => {
  const stage = await openStage({ flows: [flowOf("single", (flow) => flow.task("task"))] });
  const about = { run: "01NONE" as RunId, attempt: 99 as AttemptId, epoch: 1 as Epoch };
  const data = { kind: "data", ...about, data: { kind: "custom", payload: 1 } } as const;
  const ended = { kind: "ended", ...about, atMs: 0, outcome: { state: "cancelled" } } as const;
  for (const report of [data, ended]) {
    expect(await stage.submit({ kind: "report_attempt", report })).toMatchObject({ ok: true, attempt: "gone" });
  }
});
