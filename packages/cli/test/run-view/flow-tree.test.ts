import { describe, expect, test } from "vitest";
import { showText } from "../../src/commands/show.ts";
import { makeStyle } from "../../src/output/style.ts";
import { flowTree, policyTexts, type TreeItem, upstreamIds } from "../../src/run-view/flow-tree.ts";
import { branchNode, flowSpec, from, mapNode, SAMPLE, taskNode } from "./sample-flow.ts";

function outline(items: readonly TreeItem[]): unknown[] {
  return items.map((item) => (item.children.length === 0 ? item.label : [item.label, ...outline(item.children)]));
}

describe("the tree of a flow", () => {
  test("shows what contains what", () => {
    expect(outline(flowTree(SAMPLE))).toEqual([
      "extract",
      "process",
      ["airport", "fetch", "load"],
      ["big", ["yes", "notify"]],
      ["audit", "count"],
    ]);
  });

  test("goes through groups in groups, maps in maps and branches in both", () => {
    const spec = flowSpec([
      taskNode("g/h/a"),
      mapNode("g/outer"),
      mapNode("g/outer[]/inner", { map: 1 }),
      taskNode("g/outer[]/inner[]/x", { map: 2 }),
      taskNode("g/outer[]/inner[]/y", { map: 2 }),
      branchNode("g/outer[]/pick", { map: 1, form: "choose", results: { one: from(6), two: from(6) } }),
      taskNode("g/outer[]/deep", { map: 1, arm: { branch: 5, name: "one" } }),
    ]);
    expect(outline(flowTree(spec))).toEqual([
      ["g", ["h", "a"], ["outer", ["inner", "x", "y"], ["pick", ["one", "deep"], "two"]]],
    ]);
  });

  test("names the upstreams of a node and its policies", () => {
    const node = taskNode("b", {
      after: [0],
      input: { kind: "record", fields: { x: from(1), y: { kind: "list", items: [from(0)] } } },
    });
    expect(upstreamIds(flowSpec([taskNode("a"), taskNode("c"), node]), node)).toEqual(["a", "c"]);
    const { policies } = taskNode("p");
    const busy = {
      ...policies,
      retries: { ...policies.retries, limit: 3 },
      timeoutMs: 600_000,
      cache: { expiresMs: null, customKey: false, salt: "" },
      pools: [{ pool: "api", slots: 2 }],
      isolation: "process",
    } as const;
    expect(policyTexts(taskNode("p", { policies: busy }))).toEqual([
      "retries 3",
      "timeout 10m 00s",
      "cached",
      "pool api×2",
      "own process",
    ]);
  });
});

test("show prints parameters, the tree, edges and policies", () => {
  const jsonSchema = {
    properties: { region: { enum: ["eu", "us"], default: "eu" }, day: { type: "string", description: "Which." } },
    required: ["day"],
  };
  const spec = { ...SAMPLE, description: "Daily work", params: { jsonSchema }, connections: ["warehouse"] };
  expect(showText(spec, makeStyle(false))).toEqual([
    "daily  Daily work",
    "uses      warehouse",
    'params    region: "eu" | "us" = "eu"',
    "          day: string (required)  Which.",
    "",
    "├─ extract  function",
    "├─ process  map of function  ← extract",
    "├─ airport  map  ← extract",
    "│  ├─ fetch  function",
    "│  └─ load  function  ← airport[]/fetch",
    "├─ big  choose  ← extract",
    "│  └─ yes:",
    "│     └─ notify  function",
    "└─ audit/",
    "   └─ count  function  ← process  all_done",
  ]);
});
