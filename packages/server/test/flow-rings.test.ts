import type { FlowSpec } from "@millrace/core";
import { expect, test } from "vitest";
import { flowRings } from "../src/versions/flow-rings.ts";

/** A flow that is started by the ends of others. */
function after(name: string, ...flows: string[]): FlowSpec {
  const triggers = flows.map((flow) => ({ kind: "flow_finished", name: `after-${flow}`, flow }));
  return { name, triggers } as unknown as FlowSpec;
}

function ringsOf(...flows: FlowSpec[]): string[][] {
  return flowRings(flows).map((ring) => ring.map(({ flow, trigger }) => `${trigger.flow}>${flow.name}`));
}

test("flows that start each other are a ring, from any of them on", () => {
  expect(ringsOf(after("a", "c"), after("b", "a"), after("c", "b"))).toEqual([["a>b", "b>c", "c>a"]]);
  expect(ringsOf(after("b", "a"), after("a", "b"))).toEqual([["b>a", "a>b"]]);
});

test("what leads to a ring or away from it is none, and neither are two ways to one flow", () => {
  const ring = [after("x", "y", "start"), after("y", "x")];
  expect(ringsOf(after("start"), ...ring, after("end", "y"))).toEqual([["x>y", "y>x"]]);
  expect(ringsOf(after("a"), after("b", "a"), after("c", "a"), after("d", "b", "c", "elsewhere"))).toEqual([]);
});

test("rings are told one by one, of those that share a flow the shortest", () => {
  const flows = [
    after("a", "b", "d"),
    after("b", "a"),
    after("c", "a"),
    after("d", "c"),
    after("e", "f"),
    after("f", "e"),
  ];
  expect(ringsOf(...flows)).toEqual([
    ["a>b", "b>a"],
    ["e>f", "f>e"],
  ]);
});
