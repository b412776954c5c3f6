import { type CompiledFlow, compileChecked, type FlowSpec } from "@millrace/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NaiveModel, type Part } from "./naive-model.ts";
import { RANDOM_FLOWS } from "./random-flows.ts";
import { chanceOf, randomScript } from "./script.ts";
import { ScriptedRun, type TopPart } from "./scripted-run.ts";

const SEEDS = fc.nat();
const RUNS = { numRuns: 300 };

/** Some nodes of the top with the branches around none of which is left out without them. */
function leftOutBy(flow: CompiledFlow, seed: number): readonly number[] {
  const chance = chanceOf(seed);
  const [top] = flow.scopes;
  const out = new Set<number>();
  for (const local of top?.nodes.keys() ?? []) {
    if (chance() < 0.25 || out.has(top?.branchOf[local] ?? -1)) out.add(local);
  }
  return [...out];
}

function modelPart(flow: CompiledFlow, { leftOut = [] }: TopPart): Part {
  return { leftOut: new Set(leftOut.map((local) => flow.scopes[0]?.nodes[local] ?? -1)) };
}

/** Compares how a run ended with what the model says of it. */
function expectAsModelled(run: ScriptedRun, model: NaiveModel): void {
  const states = run.states();
  const expected = new Map<string, string>();
  for (const [key, state] of states) {
    const [node = "", item = ""] = key.split(":");
    expected.set(key, state === "left_out" ? state : model.stateOf(Number(node), item));
  }
  expect(Object.fromEntries(states)).toEqual(Object.fromEntries(expected));
  expect(run.finished).toEqual([model.outcome()]);
}

function expectEachEndsOnce(run: ScriptedRun): void {
  for (const [key, state] of run.states()) {
    expect(run.ended.get(key) ?? [], key).toEqual(state === "left_out" ? [] : [state]);
    if (state === "left_out") expect(run.readied.has(key), key).toBe(false);
  }
}

interface Trial {
  readonly spec: FlowSpec;
  readonly flow: CompiledFlow;
  readonly script: ReturnType<typeof randomScript>;
  readonly chance: () => number;
  readonly seed: number;
}

function forAnyRun(check: (trial: Trial) => void): void {
  fc.assert(
    fc.property(RANDOM_FLOWS, SEEDS, SEEDS, (spec, outcomes, order) => {
      const script = randomScript(outcomes);
      check({ spec, flow: compileChecked(spec), script, chance: chanceOf(order), seed: outcomes });
    }),
    RUNS,
  );
}

describe("any run of any flow", () => {
  it("ends as its definition says, in whatever order attempts end, each task run once", () => {
    forAnyRun(({ spec, flow, script, chance }) => {
      const run = new ScriptedRun(flow, { script, chance }).begin();
      while (run.step());
      expectAsModelled(run, new NaiveModel(spec, script));
      expectEachEndsOnce(run);
      for (const [key, times] of run.readied) expect(times, key).toBe(1);
    });
  });

  it("ends so without the nodes that were left out, which never run", () => {
    forAnyRun(({ spec, flow, script, chance, seed }) => {
      const part = { leftOut: leftOutBy(flow, seed) };
      const run = new ScriptedRun(flow, { script, chance }, part).begin();
      while (run.step());
      expectAsModelled(run, new NaiveModel(spec, script, modelPart(flow, part)));
      expectEachEndsOnce(run);
    });
  });

  it("ends so when memory is lost at any moment and put back from what was written", () => {
    forAnyRun(({ spec, flow, script, chance, seed }) => {
      const part = seed % 2 === 0 ? {} : { leftOut: leftOutBy(flow, seed) };
      const run = new ScriptedRun(flow, { script, chance }, part).begin();
      do {
        while (run.finished.length === 0 && chance() < 0.3) run.crash();
      } while (run.step());
      expectAsModelled(run, new NaiveModel(spec, script, modelPart(flow, part)));
      expectEachEndsOnce(run);
    });
  });

  it("begins nothing and says nothing once it is cancelled, and leaves nothing waiting", () => {
    forAnyRun(({ flow, script, chance, seed }) => {
      const run = new ScriptedRun(flow, { script, chance }).begin();
      for (let steps = seed % 7; steps > 0; steps -= 1) run.step();
      run.cancel();
      while (run.step());
      expect(run.heardAfterCancel).toEqual([]);
      for (const [key, state] of run.states()) {
        expect(["pending", "active"], key).not.toContain(state);
        const ends = run.ended.get(key) ?? [];
        if (run.readied.has(key)) expect(ends, key).toEqual([state]);
        else expect(ends.length, key).toBe(state === "cancelled" ? 0 : 1);
      }
    });
  });
});
