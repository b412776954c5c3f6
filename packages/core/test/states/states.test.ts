import { readFileSync } from "node:fs";
import { ATTEMPT_STOP, TASK_RUN_EVENTS, type TaskRunState, transitionAttempt, transitionTaskRun } from "@millrace/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DIAGRAM_FILE, MACHINES, MATRIX_FILE, renderDocument, renderMatrix } from "../../scripts/state-diagram.ts";

const REMEDY = "run packages/core/scripts/state-diagram.ts and look at what changed";

describe("the committed files", () => {
  it("hold every state with every event as the machines have it", () => {
    expect(renderMatrix(), REMEDY).toBe(readFileSync(MATRIX_FILE, "utf8"));
  });

  it("show the diagrams of the machines", () => {
    expect(renderDocument(), REMEDY).toBe(readFileSync(DIAGRAM_FILE, "utf8"));
  });
});

describe.each(Object.values(MACHINES))("the machine of $title", ({ states, events, initial, isFinal, next }) => {
  const eventLists = fc.array(fc.constantFrom(...events), { maxLength: 30 });

  it("stays in a final state, and only there for good", () => {
    for (const state of states) {
      const leads = events.some((event) => next(state, event) !== undefined);
      expect(leads, state).toBe(!isFinal(state));
    }
  });

  it("reaches every state, and an end from every state", () => {
    expect(reachedFrom(initial)).toEqual(new Set(states));
    for (const state of states) expect([...reachedFrom(state)].some(isFinal), state).toBe(true);
  });

  it("gives states it knows, and a late or repeated event changes nothing", () => {
    fc.assert(
      fc.property(eventLists, (list) => {
        let state = initial;
        for (const event of list) {
          const following = next(state, event);
          if (isFinal(state)) expect(following).toBe(undefined);
          state = following ?? state;
          expect(states).toContain(state);
        }
      }),
    );
  });

  function reachedFrom(start: string): Set<string> {
    const reached = new Set([start]);
    for (const state of reached) {
      for (const event of events) reached.add(next(state, event) ?? state);
    }
    return reached;
  }
});

describe("transitionAttempt", () => {
  it("takes reports as they are", () => {
    const report = { kind: "ended", attempt: 7, epoch: 1, atMs: 5, outcome: { state: "cancelled" } } as const;
    expect(transitionAttempt("stopping", report)).toBe("cancelled");
    expect(transitionAttempt("cancelled", report)).toBe(undefined);
  });

  it("refuses the data of an attempt that has ended", () => {
    expect(transitionAttempt("stopping", { kind: "data" })).toBe("stopping");
    expect(transitionAttempt("lost", { kind: "data" })).toBe(undefined);
  });

  it("stops once", () => {
    expect(transitionAttempt("running", ATTEMPT_STOP)).toBe("stopping");
    expect(transitionAttempt("stopping", ATTEMPT_STOP)).toBe(undefined);
  });
});

describe("transitionTaskRun", () => {
  it("goes through a retry and a wait to its end", () => {
    const { ready, queued, started, retry, resumed, deferred, succeeded } = TASK_RUN_EVENTS;
    const story = [ready, queued, started, retry, resumed, queued, started, deferred, resumed, queued, succeeded];
    const states: (TaskRunState | undefined)[] = ["pending"];
    for (const event of story) states.push(transitionTaskRun(states.at(-1) ?? "pending", event));
    expect(states.join(" ")).toBe(
      "pending ready queued running retry_wait ready queued running deferred ready queued success",
    );
  });
});
