import { type ApprovalDecision, type CommandAnswer, encode, ROOT_ITEM, type RunId } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { failure, lost, Outcome, type Play } from "../stage/calls.ts";
import { flowOf } from "../stage/sketch.ts";
import { openStage, type Stage } from "../stage/stage.ts";

const HOUR = 3_600_000;

const flows = [
  flowOf("flow", (flow) => {
    const asked = flow.task("ask", { retries: 1 });
    flow.task("publish", { input: { asked } });
  }),
];

/** A task that asks a person, and gives what came of it. */
function asking(onDeadline: "approved" | "rejected" | "fail", deadlineMs: () => number | null): Play {
  return ({ order }) => {
    const decision = order.resumed?.decision;
    if (decision) return decision;
    const until = { kind: "approval", message: "Publish?", deadlineMs: deadlineMs(), onDeadline } as const;
    return new Outcome({ state: "yielded", carry: encode(null), until });
  };
}

async function decide(
  stage: Stage,
  run: RunId,
  { decision, node = 0 }: { readonly decision: "approved" | "rejected"; readonly node?: number },
): Promise<CommandAnswer> {
  const item = ROOT_ITEM;
  const answer = await stage.submit({ kind: "decide_approval", run, node, item, decision, comment: "looks right" });
  await stage.quiet();
  return answer;
}

describe("a task that waits for a person", () => {
  test("holds no worker, says so, and goes on with what was decided", async () => {
    const stage = await openStage({ flows, capacity: 1, plays: { ask: asking("fail", () => null) } });
    const run = await stage.request("flow");
    await stage.quiet();
    expect(stage.engine.load.busy).toBe(0);
    expect(stage.why(run)["ask"]).toBe(
      `waits for a person to decide: Publish? (\`millrace approval approve ${run} ask\`)`,
    );
    expect(await decide(stage, run, { decision: "approved" })).toMatchObject({ ok: true, run });
    const view = await stage.settled(run);
    expect(view.row.state).toBe("success");
    expect(view.task("ask")).toMatchObject({ state: "success", tries: 0, resumes: 1 });
    expect(await outputOf(stage, run)).toMatchObject({ decision: "approved", by: "test", comment: "looks right" });
  });

  test("was decided in the run in which somebody was asked, and not again in one that takes it over", async () => {
    const stage = await openStage({
      flows,
      plays: { ask: asking("fail", () => null), publish: () => failure("broken") },
    });
    const first = await stage.request("flow");
    await stage.quiet();
    await decide(stage, first, { decision: "approved" });
    await stage.settled(first);
    const second = await stage.settled(await stage.mark(first, ["publish"], ["success", "by hand"]));
    expect(second.task("ask")).toMatchObject({ state: "success", reusedFrom: first, waitsFor: null, carry: null });
    const decided = await stage.place.store.history.listAsked({ which: "decided", limit: 10 });
    expect(decided.map(({ run }) => run)).toEqual([first]);
  });

  test("survives restarts before and after the decision, and a lost attempt after it", async () => {
    let isLost = true;
    const ask = asking("fail", () => null);
    const stage = await openStage({
      flows,
      plays: {
        ask: (call) => {
          if (call.order.resumed !== null && isLost) {
            isLost = false;
            return lost(false);
          }
          return ask(call);
        },
      },
    });
    const run = await stage.request("flow");
    await stage.quiet();
    await stage.crash();
    await stage.quiet();
    expect(stage.why(run)["ask"]).toContain("waits for a person");
    await decide(stage, run, { decision: "rejected" });
    await stage.crash();
    expect((await stage.settled(run)).row.state).toBe("success");
    expect(await outputOf(stage, run)).toMatchObject({ decision: "rejected", by: "test" });
  });

  test.each([
    ["approved", "approved"],
    ["rejected", "rejected"],
    ["fail", "expired"],
  ] as const)(
    "is decided by its deadline as %s, also when it passed while nobody led",
    async (onDeadline, decision) => {
      for (const crashes of [false, true]) {
        const stage = await openStage({
          flows,
          plays: { ask: asking(onDeadline, () => deadlineMs) },
        });
        const deadlineMs = stage.clock.now() + HOUR;
        const run = await stage.request("flow");
        await stage.quiet();
        stage.clock.advanceBy(HOUR - 1);
        await stage.quiet();
        expect((await stage.view(run)).task("ask").state).toBe("deferred");
        if (crashes) {
          stage.clock.advanceBy(2 * HOUR);
          await stage.crash();
        }
        await stage.settled(run);
        expect(await outputOf(stage, run)).toMatchObject({ decision, by: null });
        await stage.close();
      }
    },
  );

  test("is decided once", async () => {
    const stage = await openStage({ flows, plays: { ask: asking("fail", () => null) } });
    const run = await stage.request("flow");
    await stage.quiet();
    const [first, second] = await Promise.all([
      decide(stage, run, { decision: "approved" }),
      decide(stage, run, { decision: "rejected" }),
    ]);
    expect([first, second].filter(({ ok }) => ok)).toHaveLength(1);
    expect(await decide(stage, run, { decision: "rejected" })).toMatchObject({
      ok: false,
      error: { code: "NOT_WAITING" },
    });
    expect(await decide(stage, run, { decision: "rejected", node: 1 })).toMatchObject({
      error: { code: "NOT_WAITING" },
    });
    expect(await decide(stage, "01NONE" as RunId, { decision: "approved" })).toMatchObject({
      error: { code: "UNKNOWN_RUN" },
    });
  });

  test("may be cancelled, and then cannot be decided", async () => {
    const stage = await openStage({ flows, plays: { ask: asking("fail", () => null) } });
    const run = await stage.request("flow");
    await stage.quiet();
    await stage.cancel(run);
    expect((await stage.settled(run)).row.state).toBe("cancelled");
    expect(await decide(stage, run, { decision: "approved" })).toMatchObject({ error: { code: "NOT_WAITING" } });
  });
});

async function outputOf(stage: Stage, run: RunId): Promise<ApprovalDecision> {
  const value = await stage.place.store.findOutput(run, 0, ROOT_ITEM);
  return value?.kind === "inline" ? JSON.parse(value.text) : expect.unreachable();
}
