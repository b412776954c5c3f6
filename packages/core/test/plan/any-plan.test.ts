import {
  type CompiledFlow,
  type CompiledScope,
  compileChecked,
  type FlowSpec,
  type FormerState,
  type NodePlan,
  planMark,
  planPart,
  planRepeat,
  type RepeatChoice,
  type TaskRunState,
} from "@millrace/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NaiveModel } from "../progress/naive-model.ts";
import { RANDOM_FLOWS } from "../progress/random-flows.ts";
import { chanceOf, keyOf, randomScript, type Script, sunny } from "../progress/script.ts";
import { ScriptedRun } from "../progress/scripted-run.ts";
import type { Outcome } from "../rule-meaning.ts";

const MARKS = ["success", "failed", "skipped"] as const;

interface Trial {
  readonly spec: FlowSpec;
  readonly flow: CompiledFlow;
  readonly scope: CompiledScope;
  readonly script: Script;
  readonly chance: () => number;
  /** How the nodes at the top ended in a run before: whole or in part, to its end or cancelled on the way. */
  readonly former: readonly FormerState[];
}

function forAnyFormerRun(check: (trial: Trial) => void): void {
  fc.assert(
    fc.property(RANDOM_FLOWS, fc.nat(), fc.nat(), (spec, outcomes, order) => {
      const flow = compileChecked(spec);
      const scope = flow.scopes[0] as CompiledScope;
      const script = randomScript(outcomes);
      const chance = chanceOf(order);
      check({ spec, flow, scope, script, chance, former: formerRun(flow, script, chance) });
    }),
    { numRuns: 250 },
  );
}

function formerRun(flow: CompiledFlow, script: Script, chance: () => number): readonly FormerState[] {
  const scope = flow.scopes[0] as CompiledScope;
  const isPart = chance() < 0.3;
  const part = isPart ? planPart(scope, randomLocals(scope, chance), chance() < 0.5) : [];
  const run = new ScriptedRun(flow, { script, chance }, partOf(part)).begin();
  const steps = chance() < 0.3 ? Math.floor(chance() * 8) : Number.POSITIVE_INFINITY;
  for (let step = 0; step < steps && run.step(); step += 1);
  if (run.finished.length === 0) run.cancel();
  while (run.step());
  return Array.from(scope.nodes, (node) => {
    const key = keyOf(node, "");
    const state = run.states().get(key);
    // What was cancelled before it began was never written down.
    const isUnknown = state === "cancelled" && !run.readied.has(key);
    return isUnknown ? undefined : (state as TaskRunState | "left_out");
  });
}

function randomLocals(scope: CompiledScope, chance: () => number): readonly number[] {
  return [...scope.nodes.keys()].filter(() => chance() < 0.2);
}

function randomChoice(
  scope: CompiledScope,
  chance: () => number,
): RepeatChoice & { readonly kind: "failed" | "tasks" } {
  if (chance() < 0.5) return { kind: "failed" };
  return { kind: "tasks", locals: randomLocals(scope, chance), downstream: chance() < 0.5 };
}

function partOf(plans: readonly NodePlan[], former: readonly FormerState[] = []) {
  const given = new Map<number, "success" | "skipped">();
  for (const [local, plan] of plans.entries()) {
    if (plan === "reuse") given.set(local, former[local] === "skipped" ? "skipped" : "success");
  }
  return { leftOut: [...plans.keys()].filter((local) => plans[local] === "leave_out"), given };
}

function isWell(state: FormerState): boolean {
  return state === "success" || state === "skipped";
}

/** The branches around a node, from the inside out. */
function around(scope: CompiledScope, local: number): readonly number[] {
  const branch = scope.branchOf[local] as number;
  return branch === -1 ? [] : [branch, ...around(scope, branch)];
}

function runsOf(plans: readonly NodePlan[]): readonly number[] {
  return [...plans.keys()].filter((local) => plans[local] === "run");
}

/** Runs a plan with nothing failing, and compares it with the model. */
function expectToRun({ spec, flow, scope, script, chance, former }: Trial, plans: readonly NodePlan[]): void {
  const part = partOf(plans, former);
  const nodeAt = (local: number): number => scope.nodes[local] as number;
  const run = new ScriptedRun(flow, { script: sunny(script), chance }, part).begin();
  while (run.step());
  const model = new NaiveModel(spec, sunny(script), {
    leftOut: new Set(part.leftOut.map(nodeAt)),
    given: new Map([...part.given].map(([local, state]) => [keyOf(nodeAt(local), ""), state])),
  });
  expect(model.outcome()).toBe("success");
  expect(run.finished).toEqual(["success"]);
  for (const [local, plan] of plans.entries()) {
    const key = keyOf(nodeAt(local), "");
    expect(run.states().get(key), key).toBe(plan === "leave_out" ? "left_out" : model.stateOf(nodeAt(local), ""));
    if (plan !== "run") expect(run.readied.has(key), key).toBe(false);
  }
}

describe("any rerun", () => {
  it("has whatever it needs, closes over what waits, and takes over only what went well", () => {
    forAnyFormerRun(({ scope, former, chance }) => {
      const choice = randomChoice(scope, chance);
      const plans = planRepeat(scope, former, choice);
      const stays = (local: number): boolean => choice.kind === "failed" && former[local] === "left_out";
      for (const local of runsOf(plans)) {
        for (const branch of around(scope, local)) expect(plans[branch]).toBe("run");
        for (const needed of scope.upstream[local] as Int32Array) {
          expect(stays(needed) ? "reuse" : plans[needed]).not.toBe("leave_out");
        }
        if (choice.kind === "tasks" && !choice.downstream) continue;
        for (const to of scope.downstream[local] as Int32Array) if (!stays(to)) expect(plans[to]).toBe("run");
      }
      for (const [local, plan] of plans.entries()) if (plan === "reuse") expect(isWell(former[local])).toBe(true);
    });
  });

  it("repeats all that failed and was not dealt with, or all that is asked for", () => {
    forAnyFormerRun(({ scope, former, chance }) => {
      const choice = randomChoice(scope, chance);
      const plans = planRepeat(scope, former, choice);
      const wanted = [...former.keys()].filter((local) => {
        if (choice.kind === "tasks") return choice.locals.includes(local);
        if (isWell(former[local]) || former[local] === "left_out") return false;
        return !around(scope, local).some((branch) => isWell(former[branch]));
      });
      expect(wanted.filter((local) => plans[local] !== "run")).toEqual([]);
    });
  });

  it("repeats nothing that went well without a reason", () => {
    forAnyFormerRun(({ scope, former, chance }) => {
      const choice = randomChoice(scope, chance);
      const plans = planRepeat(scope, former, choice);
      const runs = (local: number): boolean => plans[local] === "run";
      const isNamed = (local: number): boolean => choice.kind === "tasks" && choice.locals.includes(local);
      const spreads = choice.kind === "failed" || choice.downstream;
      const isAfterRepeated = (local: number): boolean => spreads && (scope.upstream[local] as Int32Array).some(runs);
      for (const local of runsOf(plans)) {
        if (!isWell(former[local]) || isNamed(local) || isAfterRepeated(local)) continue;
        const isForSomethingInside = plans.some((plan, other) => plan === "run" && scope.branchOf[other] === local);
        const isInReopened = around(scope, local).some(
          (branch) => isAfterRepeated(branch) || isNamed(branch) || !isWell(former[branch]),
        );
        expect(isForSomethingInside || isInReopened, `${local}`).toBe(true);
      }
    });
  });

  it("runs to a good end when nothing fails any more", () => {
    forAnyFormerRun((trial) => {
      expectToRun(trial, planRepeat(trial.scope, trial.former, randomChoice(trial.scope, trial.chance)));
    });
  });
});

describe("any mark", () => {
  it("stands as it is said, lets all after it be decided anew, and takes over the rest as it ended", () => {
    forAnyFormerRun((trial) => {
      const { spec, flow, scope, script, chance, former } = trial;
      const marked = randomLocals(scope, chance).filter((local) => former[local] !== "left_out");
      const saidOf = new Map(marked.map((local) => [local, MARKS[Math.floor(chance() * MARKS.length)] ?? "success"]));
      const plans = planMark(scope, former, { marked, around: [] });
      const given = new Map<number, Outcome>();
      for (const [local, plan] of plans.entries()) {
        // What was cancelled counts as a failure for those who wait for it.
        const before = former[local] === undefined || former[local] === "cancelled" ? "failed" : former[local];
        if (plan === "mark") given.set(local, saidOf.get(local) as Outcome);
        else if (plan === "reuse") given.set(local, before as Outcome);
      }
      const leftOut = [...plans.keys()].filter((local) => plans[local] === "leave_out");
      const run = new ScriptedRun(flow, { script, chance }, { leftOut, given }).begin();
      while (run.step());
      const model = new NaiveModel(spec, script, {
        leftOut: new Set(leftOut.map((local) => scope.nodes[local] as number)),
        given: new Map([...given].map(([local, state]) => [keyOf(scope.nodes[local] as number, ""), state])),
      });
      expect(run.finished).toEqual([model.outcome()]);
      for (const [local, plan] of plans.entries()) {
        const node = scope.nodes[local] as number;
        if (plan === "leave_out") expect(run.states().get(keyOf(node, ""))).toBe("left_out");
        else expect(run.states().get(keyOf(node, "")), `${local}`).toBe(model.stateOf(node, ""));
        expect(plan === "run" || !run.readied.has(keyOf(node, ""))).toBe(true);
      }
    });
  });

  it("repeats what waits for it with the branches around, and nothing else", () => {
    forAnyFormerRun(({ scope, former, chance }) => {
      const marked = randomLocals(scope, chance).filter((local) => former[local] !== "left_out");
      const plans = planMark(scope, former, { marked, around: [] });
      const isAnew = (local: number): boolean => plans[local] === "run" || plans[local] === "mark";
      for (const [local, plan] of plans.entries()) {
        const branches = around(scope, local);
        if (plan === "mark") expect(marked).toContain(local);
        else if (plan === "run") {
          const isAfter = [local, ...branches].some((at) => (scope.upstream[at] as Int32Array).some(isAnew));
          const isAround = [...plans.keys()].some((inner) => isAnew(inner) && around(scope, inner).includes(local));
          expect(isAfter || isAround, `${local}`).toBe(true);
        } else if (plan === "reuse" && branches.every((branch) => plans[branch] === "run")) {
          expect([...(scope.upstream[local] as Int32Array)].filter(isAnew)).toEqual([]);
        }
      }
    });
  });
});

describe("any part", () => {
  it("runs what is chosen with what it needs, and nothing else", () => {
    forAnyFormerRun((trial) => {
      const { scope, chance } = trial;
      const locals = randomLocals(scope, chance);
      const downstream = chance() < 0.5;
      const plans = planPart(scope, locals, downstream);
      const runs = (local: number): boolean => plans[local] === "run";
      expect(locals.filter((local) => !runs(local))).toEqual([]);
      for (const local of runsOf(plans)) {
        const isWanted =
          locals.includes(local) ||
          around(scope, local).some((branch) => locals.includes(branch)) ||
          plans.some((plan, inside) => plan === "run" && around(scope, inside).includes(local)) ||
          (downstream && [local, ...around(scope, local)].some((at) => (scope.upstream[at] as Int32Array).some(runs)));
        expect(isWanted, `${local}`).toBe(true);
        for (const branch of around(scope, local)) expect(runs(branch)).toBe(true);
        for (const needed of scope.upstream[local] as Int32Array) expect(plans[needed]).not.toBe("leave_out");
        if (downstream) for (const to of scope.downstream[local] as Int32Array) expect(runs(to)).toBe(true);
      }
      for (const [local, plan] of plans.entries()) {
        if (plan === "reuse") expect((scope.downstream[local] as Int32Array).some(runs)).toBe(true);
      }
      expectToRun({ ...trial, former: [] }, plans);
    });
  });
});
