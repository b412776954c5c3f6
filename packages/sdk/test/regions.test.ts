import { compileFlow, type FlowSpec, type NodeSpec } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { choose, flow, group, type Ref, task, when } from "../src/index.ts";

const list = task("list", () => [{ code: "FRA" }]);
const load = task("load", ({ code, n = 0 }: { code: string; n?: number }) => ({ rows: n, code }));
const sum = task("sum", ({ rows }: { rows: unknown }) => Number(rows));
const size = task("size", (): "big" | "small" => "big");

function ids(spec: FlowSpec): readonly string[] {
  return spec.nodes.map(({ id }) => id);
}

function node<Kind extends NodeSpec["kind"]>(
  spec: FlowSpec,
  kind: Kind,
  id: string,
): Extract<NodeSpec, { kind: Kind }> {
  const found = spec.nodes.find((each) => each.id === id);
  if (found?.kind !== kind) throw new Error(`there is no ${kind} ${id}`);
  return found as Extract<NodeSpec, { kind: Kind }>;
}

function compiles(spec: FlowSpec): boolean {
  const result = compileFlow(spec);
  if (!result.ok) throw new Error(result.problems.map(({ error }) => error.message).join("\n"));
  return true;
}

describe("maps", () => {
  test("a single task: the map, then its body", () => {
    const { spec } = flow("single", () => {
      const loaded = load.with({ priority: 3, maxItems: 7 }).each(list(), ({ code }, index) => ({ code, n: index }));
      sum({ rows: loaded[0]?.rows });
      sum.named("partly").with({ triggerRule: "all_done" })({ rows: loaded.outcomes });
    });
    expect(ids(spec)).toEqual(["list", "load", "load[]", "sum", "partly"]);
    expect(node(spec, "map", "load")).toMatchObject({
      list: { kind: "output", node: 0, path: [] },
      result: { kind: "output", node: 2, path: [] },
      maxItems: 7,
      map: null,
      arm: null,
      triggerRule: "all_success",
    });
    expect(node(spec, "task", "load[]")).toMatchObject({
      map: 1,
      policies: { priority: 3 },
      input: {
        kind: "record",
        fields: { code: { kind: "item", map: 1, path: ["code"] }, n: { kind: "index", map: 1 } },
      },
    });
    expect(node(spec, "task", "sum").input).toMatchObject({
      fields: { rows: { kind: "output", node: 1, path: [0, "rows"] } },
    });
    expect(node(spec, "task", "partly").input).toMatchObject({ fields: { rows: { kind: "outcomes", node: 1 } } });
    expect(compiles(spec)).toBe(true);
  });

  test("the rule and the waits are the map's, for it waits for all that its body uses", () => {
    const { spec } = flow("rules", () => {
      const extra = size();
      load
        .after(extra)
        .with({ triggerRule: "none_failed" })
        .each(["a", "b"], (code) => ({ code }));
    });
    expect(node(spec, "map", "load")).toMatchObject({ triggerRule: "none_failed", after: [0] });
    expect(node(spec, "task", "load[]")).toMatchObject({ triggerRule: "all_success", after: [] });
    expect(compiles(spec)).toBe(true);
  });

  test("over constants, and over constants with references in them", () => {
    const { spec } = flow("constants", () => {
      load.each(["a", "b"], (code) => ({ code }));
      load.named("mixed").each(["a", size()], (code) => ({ code }));
    });
    expect(node(spec, "map", "load").list).toEqual({ kind: "value", text: '["a","b"]' });
    expect(node(spec, "map", "mixed").list).toEqual({
      kind: "list",
      items: [
        { kind: "value", text: '"a"' },
        { kind: "output", node: 2, path: [] },
      ],
    });
  });

  test("nested, with references to every scope around", () => {
    const perAirport = group(
      "airport",
      ({ airport, all }: { airport: Ref<{ code: string }>; all: Ref<{ code: string }[]> }) => {
        const own = load({ code: airport.code });
        const inner = sum.each(all, (other, index) => ({ rows: [own.rows, other.code, airport.code, index] }));
        return { own, inner };
      },
    );
    const { spec } = flow("nested", () => {
      const all = list();
      return perAirport.each(all, (airport) => ({ airport, all }));
    });
    expect(ids(spec)).toEqual(["list", "airport", "airport[]/load", "airport[]/sum", "airport[]/sum[]"]);
    expect(node(spec, "map", "airport").result).toEqual({
      kind: "record",
      fields: { own: { kind: "output", node: 2, path: [] }, inner: { kind: "output", node: 3, path: [] } },
    });
    expect(node(spec, "map", "airport[]/sum")).toMatchObject({ map: 1, list: { kind: "output", node: 0, path: [] } });
    expect(node(spec, "task", "airport[]/sum[]")).toMatchObject({
      map: 3,
      input: {
        fields: {
          rows: {
            items: [
              { kind: "output", node: 2, path: ["rows"] },
              { kind: "item", map: 3, path: ["code"] },
              { kind: "item", map: 1, path: ["code"] },
              { kind: "index", map: 3 },
            ],
          },
        },
      },
    });
    expect(spec.output).toEqual({ kind: "output", node: 1, path: [] });
    expect(compiles(spec)).toBe(true);
  });
});

describe("groups", () => {
  const pair = group("pair", ({ code }: { code: Ref<string> }) => {
    const first = load({ code });
    return { first, total: sum({ rows: first.rows }) };
  });

  test("put their name in front and give back what they built", () => {
    const { spec } = flow("groups", () => {
      const ready = size();
      const { total } = pair.after(ready)({ code: "FRA" });
      pair.named("second")({ code: ready });
      sum({ rows: total });
    });
    expect(ids(spec)).toEqual(["size", "pair/load", "pair/sum", "second/load", "second/sum", "sum"]);
    expect(node(spec, "task", "pair/load").after).toEqual([0]);
    expect(node(spec, "task", "second/load").after).toEqual([]);
    expect(node(spec, "task", "sum").input).toMatchObject({ fields: { rows: { kind: "output", node: 2 } } });
    expect(compiles(spec)).toBe(true);
  });

  test("stand in groups, and hold maps and branches", () => {
    const outer = group("outer", () => {
      pair({ code: "a" });
      when(size(), () => sum.each([1], (rows) => ({ rows })));
    });
    const { spec } = flow("deep", () => outer.after(list())());
    expect(ids(spec)).toEqual([
      "list",
      "outer/pair/load",
      "outer/pair/sum",
      "outer/size",
      "outer/when",
      "outer/sum",
      "outer/sum[]",
    ]);
    expect(node(spec, "branch", "outer/when").after).toEqual([0]);
    expect(node(spec, "map", "outer/sum")).toMatchObject({ after: [], arm: { branch: 4, name: "then" } });
    expect(node(spec, "task", "outer/sum[]")).toMatchObject({ map: 5, arm: null });
    expect(compiles(spec)).toBe(true);
  });
});

describe("branches", () => {
  test("when: two arms, one node to the outside", () => {
    const { spec } = flow("when", () => {
      const loaded = load({ code: "a" });
      const result = when(
        loaded.rows,
        () => sum({ rows: loaded }),
        () => 0,
      );
      sum.named("next").after(result)({ rows: result });
    });
    expect(ids(spec)).toEqual(["load", "when", "sum", "next"]);
    expect(node(spec, "branch", "when")).toMatchObject({
      form: "when",
      condition: { kind: "output", node: 0, path: ["rows"] },
      otherwise: null,
    });
    expect(Object.entries(node(spec, "branch", "when").results)).toEqual([
      ["then", { kind: "output", node: 2, path: [] }],
      ["otherwise", { kind: "value", text: "0" }],
    ]);
    expect(node(spec, "task", "sum").arm).toEqual({ branch: 1, name: "then" });
    expect(node(spec, "task", "next")).toMatchObject({ after: [1], arm: null });
    expect(compiles(spec)).toBe(true);
  });

  test("are numbered from the second on, or named", () => {
    const { spec } = flow("names", () => {
      const loaded = load({ code: "a" });
      when(loaded.rows, () => undefined);
      when(loaded.rows, () => undefined, { name: "enough" });
      when(
        loaded.rows,
        () => undefined,
        () => undefined,
        { name: "both" },
      );
      when(loaded.rows, () => undefined);
      choose(size(), { big: () => undefined, otherwise: () => undefined }, { name: "by-size" });
    });
    expect(ids(spec)).toEqual(["load", "when", "enough", "both", "when-2", "size", "by-size"]);
  });

  test("choose: an arm for each text, and one for all others", () => {
    const { spec } = flow("choose", () => {
      const chosen = choose(size(), { big: () => load({ code: "big" }), small: () => list() });
      choose(size.named("size-2")(), { big: () => chosen, otherwise: () => {} });
    });
    expect(node(spec, "branch", "choose")).toMatchObject({ form: "choose", otherwise: null });
    expect(Object.keys(node(spec, "branch", "choose").results)).toEqual(["big", "small"]);
    expect(node(spec, "branch", "choose-2")).toMatchObject({
      otherwise: "otherwise",
      results: { big: { kind: "output", node: 1, path: [] }, otherwise: { kind: "value", text: '{"$":"undefined"}' } },
    });
    expect(compiles(spec)).toBe(true);
  });

  test("stand in arms and in maps", () => {
    const each = group("each", ({ code }: { code: Ref<string> }) =>
      when(code, () => when(code, () => load({ code })), { name: "outer" }),
    );
    const { spec } = flow("nested", () => each.each(["a"], (code) => ({ code })));
    expect(ids(spec)).toEqual(["each", "each[]/outer", "each[]/when", "each[]/load"]);
    expect(node(spec, "branch", "each[]/when")).toMatchObject({ map: 0, arm: { branch: 1, name: "then" } });
    expect(node(spec, "task", "each[]/load")).toMatchObject({ map: 0, arm: { branch: 2, name: "then" } });
    expect(compiles(spec)).toBe(true);
  });
});
