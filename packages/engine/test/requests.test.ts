import { type CommandId, type EventRow, encode } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { flowOf, PARAMS } from "./stage/sketch.ts";
import { openStage, type Stage } from "./stage/stage.ts";

const FLOWS = [flowOf("flow", (flow) => flow.task("task", { input: PARAMS }))];

const REQUEST = {
  kind: "request_run",
  flow: "flow",
  params: encode({}),
  window: null,
  version: null,
  selection: null,
  idempotencyKey: null,
} as const;

async function countRuns(stage: Stage): Promise<number> {
  return (await stage.place.store.history.listRuns({ limit: 1_000 })).length;
}

describe("a request for a run", () => {
  test("is answered once it is durable, with an empty window now unless it names one", async () => {
    const stage = await openStage({ flows: FLOWS });
    const now = stage.clock.now();
    const run = await stage.view(await stage.request("flow", { params: { a: 1 } }));
    expect(run.row).toMatchObject({
      window: { startMs: now, endMs: now },
      trigger: { kind: "manual", actor: "test" },
      params: '{"a":1}',
      rootRun: run.id,
      selection: null,
    });
  });

  test.each([
    ["a flow that is not there", { flow: "flaw" }, "UNKNOWN_FLOW", 'Did you mean "flow"?'],
    ["a version that is not there", { version: "f".repeat(64) }, "UNKNOWN_VERSION", undefined],
    ["parameters that do not fit", { params: encode({ bad: true }) }, "INVALID_PARAMS", undefined],
  ])("is refused for %s", async (_name, change, code, hint) => {
    const stage = await openStage({
      flows: FLOWS,
      functions: { refuseParams: (params) => ((params as { bad?: true }).bad ? "bad" : undefined) },
    });
    const answer = await stage.submit({ ...REQUEST, ...change } as typeof REQUEST);
    expect(answer).toMatchObject({ ok: false, error: { code, ...(hint === undefined ? {} : { hint }) } });
    expect(await countRuns(stage)).toBe(0);
  });

  test("with the same id makes one run, before and after a restart", async () => {
    const stage = await openStage({ flows: FLOWS });
    const both = await Promise.all([stage.submit(REQUEST, "same"), stage.submit(REQUEST, "same")]);
    await stage.crash();
    const third = await stage.submit(REQUEST, "same");
    expect([both[1], third]).toEqual([both[0], both[0]]);
    expect(await countRuns(stage)).toBe(1);
  });

  test("with the same idempotency key gets the same run, in one turn or long after", async () => {
    const stage = await openStage({ flows: FLOWS });
    const key = { idempotencyKey: "2026-01-01" };
    const [first, second] = await Promise.all([stage.request("flow", key), stage.request("flow", key)]);
    expect(second).toBe(first);
    await stage.settled(first as typeof second);
    expect(await stage.request("flow", key)).toBe(first);
    await stage.crash();
    expect(await stage.request("flow", key)).toBe(first);
    expect(await stage.request("flow", { idempotencyKey: "2026-01-02" })).not.toBe(first);
    expect(await countRuns(stage)).toBe(2);
  });

  test("that another process wrote down is taken up", async () => {
    const stage = await openStage({ flows: FLOWS });
    await stage.place.store.insertCommand({
      id: "from outside" as CommandId,
      actor: "cli",
      createdAtMs: 0,
      command: REQUEST,
    });
    await stage.quiet();
    expect(await stage.place.store.findAnswer("from outside" as CommandId)).toMatchObject({ ok: true });
  });

  test("is answered however many wait before it", async () => {
    const stage = await openStage({ flows: FLOWS });
    const answers = await Promise.all(Array.from({ length: 650 }, () => stage.submit(REQUEST)));
    expect(new Set(answers.map((answer) => answer.ok && answer.run)).size).toBe(650);
    await stage.quiet();
    expect(stage.engine.load).toEqual({ busy: 0, waiting: 0, runs: 0 });
  });
});

describe("what is published", () => {
  test("is what was written, in order, and nothing before it was", async () => {
    const stage = await openStage({ flows: FLOWS });
    const run = await stage.run("flow");
    const plain = ({ type, node, data }: EventRow): unknown => ({ type, node, data });
    expect(stage.events.map(plain)).toEqual(run.events.map(plain));
    expect(run.events.map(({ type }) => type)).toEqual([
      "run.queued",
      "run.started",
      "task.started",
      "task.finished",
      "run.finished",
    ]);
  });

  test("holds what tasks report of data, from live attempts only", async () => {
    const data = { kind: "custom", payload: { rows: 3 } } as const;
    const stage = await openStage({
      flows: FLOWS,
      plays: {
        task: (call) => {
          call.report(data);
          setImmediate(() => setImmediate(() => call.report({ kind: "custom", payload: "too late" })));
          return "done";
        },
      },
    });
    const run = await stage.run("flow");
    await stage.quiet();
    expect((await stage.view(run.id)).reports.map((report) => report.data)).toEqual([data]);
  });
});

describe("a list of commands", () => {
  test("that arrives late does not let a command be done twice", async () => {
    const stage = await openStage({ flows: FLOWS });
    const { store } = stage.place;
    const list = store.pendingCommands.bind(store);
    const { promise: late, resolve: arrive } = Promise.withResolvers<void>();
    const lists: number[] = [];
    store.pendingCommands = async (limit) => {
      const pending = await list(limit);
      lists.push(pending.length);
      if (lists.length === 2) await late;
      return pending;
    };
    const run = await stage.request("flow");
    expect(lists).toEqual([1, 1]);
    arrive();
    expect((await stage.settled(run)).state).toBe("success");
    expect(await countRuns(stage)).toBe(1);
  });
});

describe("stopping", () => {
  test("costs the tasks nothing, and the next engine carries on", async () => {
    let hangs = true;
    const stage = await openStage({ flows: FLOWS, plays: { task: ({ hang }) => (hangs ? hang() : "done") } });
    const id = await stage.request("flow");
    await stage.quiet();
    await stage.engine.stop();
    await stage.engine.stop();
    hangs = false;
    await stage.crash();
    const run = await stage.settled(id);
    expect(run.task("task")).toMatchObject({ state: "success", tries: 0, crashes: 0 });
    expect(run.attempts.map(({ state }) => state)).toEqual(["lost", "success"]);
  });
});
