import {
  type CompiledFlow,
  type CompiledScope,
  compileChecked,
  compileFlow,
  type FlowSpec,
  type NodeSpec,
  type Template,
} from "@millrace/core";
import { describe, expect, it } from "vitest";
import { NOTHING, output, SpecBuilder } from "../spec-builder.ts";

/** What is wrong with the flow: codes and the lines where. */
function problemsOf(flow: SpecBuilder, returned: Template | null = null): readonly string[] {
  const result = compileFlow(flow.spec("flow", returned));
  return result.ok ? [] : result.problems.map(({ error, place }) => `${error.code} at ${place?.line}`);
}

function messagesOf(flow: SpecBuilder, returned: Template | null = null): readonly string[] {
  const result = compileFlow(flow.spec("flow", returned));
  return result.ok ? [] : result.problems.map(({ error }) => error.message);
}

function scopeAt(flow: CompiledFlow, index: number): CompiledScope {
  const scope = flow.scopes[index];
  if (scope === undefined) throw new Error(`there is no scope ${index}`);
  return scope;
}

function lists(arrays: readonly Int32Array[]): readonly (readonly number[])[] {
  return arrays.map((array) => [...array]);
}

describe("the edges", () => {
  it("come from inputs, lists, conditions, results and after, each once", () => {
    const flow = new SpecBuilder();
    const a = flow.task("a");
    const b = flow.taskWith("b", {
      kind: "record",
      fields: { one: output(a), two: output(a), three: NOTHING, four: { kind: "params", path: [] } },
    });
    const map = flow.map("map", { uses: [b], after: [a] }, () => undefined);
    const branch = flow.branch("branch", { uses: [map] }, { yes: () => ({ kind: "outcomes", node: map }) });
    flow.task("last", { uses: [branch], after: [branch, a] });
    const { upstream, downstream } = scopeAt(compileChecked(flow.spec()), 0);
    expect(lists(downstream)).toEqual([[1, 2, 4], [2], [3], [4], []]);
    expect(lists(upstream)).toEqual([[], [0], [0, 1], [2], [0, 3]]);
  });

  it("come from how a map's items ended as well", () => {
    const flow = new SpecBuilder();
    const map = flow.map("map", {}, () => undefined);
    flow.taskWith("report", { kind: "outcomes", node: map });
    expect(lists(scopeAt(compileChecked(flow.spec()), 0).downstream)).toEqual([[1], []]);
  });

  it("lead to the map when its body uses something outside, and from there into deeper bodies", () => {
    const flow = new SpecBuilder();
    const outside = flow.task("outside");
    flow.map("map", {}, (map) => {
      const inside = flow.task("map[]/inside", { uses: [outside] });
      flow.map("map[]/inner", {}, (inner) => {
        flow.taskWith("map[]/inner[]/deep", {
          kind: "list",
          items: [output(outside), output(inside), { kind: "item", map, path: [] }, { kind: "index", map: inner }],
        });
        return undefined;
      });
      return { kind: "list", items: [output(inside), output(outside), { kind: "item", map, path: [] }] };
    });
    const compiled = compileChecked(flow.spec());
    expect(compiled.scopes.map(({ map, index }) => [index, map])).toEqual([
      [0, -1],
      [1, 1],
      [2, 3],
    ]);
    expect(compiled.scopes.map(({ downstream }) => lists(downstream))).toEqual([[[1], []], [[1], []], [[]]]);
    expect([...compiled.scopeOf]).toEqual([0, 0, 1, 1, 2]);
    expect([...compiled.localOf]).toEqual([0, 1, 0, 1, 0]);
    expect([...compiled.bodyOf]).toEqual([-1, 1, -1, 2, -1]);
  });
});

describe("regions", () => {
  it("know their arms, what is outside of any, and what nothing in its own region waits for", () => {
    const flow = new SpecBuilder();
    const a = flow.task("a");
    const branch = flow.branch(
      "branch",
      { uses: [a] },
      {
        yes: () => {
          const x = flow.task("x", { uses: [a] });
          flow.branch("inner", {}, { only: () => output(flow.task("y", { uses: [x] })) });
          return output(x);
        },
        no: () => undefined,
        third: () => output(flow.task("z")),
      },
    );
    flow.task("last", { uses: [branch] });
    const { top, branchOf, arms, leaf } = scopeAt(compileChecked(flow.spec()), 0);
    expect([...top]).toEqual([0, 1, 6]);
    expect([...branchOf]).toEqual([-1, -1, 1, 1, 3, 1, -1]);
    expect(arms.map((byName) => byName && [...byName].map(([name, locals]) => [name, ...locals]))).toEqual([
      undefined,
      [
        ["yes", 2, 3],
        ["third", 5],
      ],
      undefined,
      [["only", 4]],
      undefined,
      undefined,
      undefined,
    ]);
    // The edge from a leads to the branch, the one from x only into an arm further inside.
    expect([...leaf]).toEqual([0, 0, 1, 1, 1, 1, 1]);
  });
});

describe("refusals", () => {
  it("DUPLICATE_TASK names the first place", () => {
    const flow = new SpecBuilder();
    flow.task("a");
    flow.task("a");
    expect(problemsOf(flow)).toEqual(["DUPLICATE_TASK at 1"]);
    expect(messagesOf(flow)[0]).toContain("flow.ts:0");
  });

  it("DUPLICATE_TASK without a first place says as much as it knows", () => {
    const flow = new SpecBuilder();
    flow.task("a");
    flow.task("a");
    const spec = flow.spec();
    const result = compileFlow({ ...spec, nodes: spec.nodes.map((node) => ({ ...node, place: null })) });
    expect(result).toMatchObject({
      ok: false,
      problems: [{ place: null, error: { message: "flow flow has two tasks called a" } }],
    });
  });

  it("FOREIGN_REF for a node that is not there", () => {
    const flow = new SpecBuilder();
    flow.task("a", { uses: [7] });
    flow.task("b", { after: [-1] });
    flow.map("c", {}, () => output(8));
    flow.branch("d", {}, { yes: () => output(8) });
    expect(problemsOf(flow, output(9))).toEqual([
      "FOREIGN_REF at 0",
      "FOREIGN_REF at 1",
      "FOREIGN_REF at 2",
      "FOREIGN_REF at 3",
      "FOREIGN_REF at 1000",
    ]);
  });

  it("REF_OUTSIDE_REGION for what stands in an arm, in another arm, or in a map's body", () => {
    const flow = new SpecBuilder();
    const branch = flow.branch("branch", {}, { yes: () => output(flow.task("x")), no: () => undefined });
    const inArm = branch + 1;
    flow.task("outside", { uses: [inArm] });
    flow.branch("other", { uses: [inArm] }, { yes: () => output(flow.task("y", { after: [inArm] })) });
    const map = flow.map("map", {}, () => output(flow.task("map[]/x")));
    flow.task("after-map", { uses: [map + 1] });
    flow.map("second", {}, () => output(flow.task("second[]/x", { uses: [map + 1] })));
    expect(problemsOf(flow)).toEqual([2, 3, 4, 7, 9].map((line) => `REF_OUTSIDE_REGION at ${line}`));
  });

  it("REF_OUTSIDE_REGION between the arms of one branch", () => {
    const flow = new SpecBuilder();
    let first = -1;
    const yes = () => {
      first = flow.task("x");
      return undefined;
    };
    flow.branch("branch", {}, { yes, no: () => output(flow.task("y", { uses: [first] })) });
    expect(problemsOf(flow)).toEqual(["REF_OUTSIDE_REGION at 2"]);
  });

  it("REF_OUTSIDE_REGION for a result out of another arm, or of something deeper", () => {
    const flow = new SpecBuilder();
    flow.branch("arms", {}, { yes: () => output(flow.task("x")), no: () => output(1) });
    flow.branch("deep-arm", {}, { yes: () => output(flow.branch("in", {}, { a: () => output(flow.task("y")) }) + 1) });
    flow.map("map", {}, () => output(flow.map("map[]/in", {}, () => output(flow.task("map[]/in[]/z"))) + 1));
    flow.map("with-arm", {}, () => output(flow.branch("within", {}, { a: () => output(flow.task("w")) }) + 1));
    expect(problemsOf(flow)).toEqual([0, 2, 5, 8].map((line) => `REF_OUTSIDE_REGION at ${line}`));
  });

  it("REF_OUTSIDE_REGION for an item outside of its map's body", () => {
    const flow = new SpecBuilder();
    const map = flow.map("map", {}, () => undefined);
    flow.taskWith("task", { kind: "item", map, path: [] });
    flow.map("other", {}, () => output(flow.taskWith("other[]/x", { kind: "index", map })));
    flow.branch("branch", {}, { yes: () => ({ kind: "index", map: 40 }) });
    expect(problemsOf(flow)).toEqual([1, 3, 4].map((line) => `REF_OUTSIDE_REGION at ${line}`));
    expect(messagesOf(flow)[2]).toBe("branch uses an item of node 40 outside its body");
  });

  it("REF_OUTSIDE_REGION for what the flow returns", () => {
    const flow = new SpecBuilder();
    const branch = flow.branch("branch", {}, { yes: () => output(flow.task("x")) });
    const map = flow.map("map", {}, () => output(flow.task("map[]/x")));
    const all: Template = { kind: "list", items: [output(branch), { kind: "outcomes", node: map }, NOTHING] };
    expect(problemsOf(flow, all)).toEqual([]);
    for (const wrong of [output(branch + 1), output(map + 1), { kind: "item", map, path: [] } as const]) {
      expect(problemsOf(flow, wrong)).toEqual(["REF_OUTSIDE_REGION at 1000"]);
    }
    expect(problemsOf(flow, { kind: "index", map })).toEqual(["REF_OUTSIDE_REGION at 1000"]);
  });

  it("RULE_WITHOUT_UPSTREAM where there is nothing to look at", () => {
    const flow = new SpecBuilder();
    const a = flow.task("a", { rule: "all_done" });
    flow.task("b", { rule: "always" });
    flow.map("map", { uses: [a], rule: "none_failed" }, () =>
      // The map has waited for it, so there is nothing left for a rule of the item.
      output(flow.task("map[]/x", { uses: [a], rule: "one_success" })),
    );
    expect(problemsOf(flow)).toEqual(["RULE_WITHOUT_UPSTREAM at 0", "RULE_WITHOUT_UPSTREAM at 3"]);
  });

  it.each<[string, string, (flow: SpecBuilder) => void]>([
    ["itself", "a -> a", (flow) => flow.task("a", { after: [0] })],
    [
      "two others",
      "b -> c -> b",
      (flow) => {
        flow.task("a", { after: [1] });
        flow.task("b", { after: [2] });
        flow.task("c", { after: [1] });
      },
    ],
    [
      "two others, and not through the one that leads there",
      "b -> c -> b",
      (flow) => {
        flow.task("a");
        flow.task("b", { after: [0, 2] });
        flow.task("c", { after: [1] });
      },
    ],
    [
      "a branch that stands after another task",
      "b -> x -> b",
      (flow) => {
        flow.task("a");
        flow.branch("b", {}, { t: (b) => output(flow.task("x", { after: [b] })) });
      },
    ],
    ["its own map", "m -> m", (flow) => flow.map("m", {}, (map) => output(flow.task("m[]/x", { after: [map] })))],
    [
      "its own branch",
      "b -> x -> b",
      (flow) => flow.branch("b", {}, { t: (b) => output(flow.task("x", { after: [b] })) }),
    ],
    [
      "another in its body",
      "m[]/x -> m[]/y -> m[]/x",
      (flow) =>
        flow.map("m", {}, () => {
          flow.task("m[]/x", { after: [2] });
          return output(flow.task("m[]/y", { after: [1] }));
        }),
    ],
  ])("CYCLE through %s", (_through, circle, write) => {
    const flow = new SpecBuilder();
    write(flow);
    expect(messagesOf(flow).map((message) => message.replace(/^.*circle: /, ""))).toEqual([circle]);
    const id = circle.slice(0, circle.indexOf(" "));
    expect(problemsOf(flow)).toEqual([`CYCLE at ${flow.spec().nodes.findIndex((node) => node.id === id)}`]);
  });

  it("are a bug for a flow that has been checked before", () => {
    const flow = new SpecBuilder();
    flow.task("a", { uses: [0] });
    expect(() => compileChecked(flow.spec())).toThrow("the stored graph of flow flow is broken: ");
  });
});

describe("a large flow", () => {
  /** Counts each look at the list of nodes or into one of them. */
  function looksAt(spec: FlowSpec): number {
    let looks = 0;
    const counting = <Seen extends object>(seen: Seen): Seen =>
      new Proxy(seen, {
        get: (target, name, receiver) => {
          looks += 1;
          return Reflect.get(target, name, receiver);
        },
      });
    const nodes = counting(spec.nodes.map((node): NodeSpec => counting(node)));
    expect(compileFlow({ ...spec, nodes }).ok).toBe(true);
    return looks;
  }

  const SHAPES: Readonly<Record<string, (count: number) => FlowSpec>> = {
    "a chain": (count) => {
      const flow = new SpecBuilder();
      for (let node = 0; node < count; node += 1) flow.task(`t${node}`, { uses: node === 0 ? [] : [node - 1] });
      return flow.spec();
    },
    "a fan": (count) => {
      const flow = new SpecBuilder();
      const source = flow.task("source");
      const all = Array.from({ length: count - 2 }, (_, node) => flow.task(`t${node}`, { uses: [source] }));
      flow.task("sink", { uses: all });
      return flow.spec();
    },
    "maps and branches": (count) => {
      const flow = new SpecBuilder();
      const source = flow.task("source");
      for (let node = 1; node + 4 <= count; node += 4) {
        flow.map(`m${node}`, {}, () => output(flow.task(`m${node}[]/x`, { uses: [source] })));
        flow.branch(`b${node}`, { uses: [node] }, { yes: () => output(flow.task(`y${node}`, { uses: [source] })) });
      }
      return flow.spec();
    },
  };

  it.each(Object.keys(SHAPES))("costs the same per node: %s", (shape) => {
    const write = SHAPES[shape] as (count: number) => FlowSpec;
    const [few, many] = [looksAt(write(1_000)), looksAt(write(10_000))];
    expect(many / 10_000).toBeLessThan((few / 1_000) * 1.01);
    expect(many / 10_000).toBeLessThan(60);
  });

  it("may be 100,000 deep, and its circle as long", () => {
    const flow = new SpecBuilder();
    const count = 100_000;
    flow.task("t0", { after: [count - 1] });
    for (let node = 1; node < count; node += 1) flow.task(`t${node}`, { uses: [node - 1] });
    expect(problemsOf(flow)).toEqual(["CYCLE at 0"]);
    expect(messagesOf(flow)[0]).toMatch(/circle: t0 -> .* -> t9 -> … 99990 more … -> t0$/);
  });
});
