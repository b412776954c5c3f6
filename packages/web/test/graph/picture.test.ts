import fc from "fast-check";
import { expect, test } from "vitest";
import type { GraphNode } from "../../src/features/graph/dependencies.ts";
import { dependenciesOf, reachOf } from "../../src/features/graph/dependencies.ts";
import { membersNamed, openFor, shownIn } from "../../src/features/graph/graph-address.ts";
import { layoutOf } from "../../src/features/graph/layout.ts";
import { besideOf, neighbourOf } from "../../src/features/graph/neighbours.ts";
import { packed, unpacked } from "../../src/features/graph/packed-picture.ts";
import { aroundOf, type Picture, pictureOf } from "../../src/features/graph/picture.ts";

const task = (id: string, upstream: readonly string[] = [], rest: Partial<GraphNode> = {}): GraphNode => ({
  id,
  kind: "task",
  upstream: [...upstream],
  map: null,
  arm: null,
  ...rest,
});

/** A graph whose edges lead from earlier nodes to later ones. */
const graphs = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 40 })
  .map((rows) =>
    rows.flatMap((row, to) =>
      [...new Set(row.map((value) => value % (to + 1)))].filter((from) => from < to).map((from) => [from, to] as const),
    ),
  )
  .chain((edges) =>
    fc.record({ edges: fc.constant(edges), size: fc.constant(Math.max(1, ...edges.map(([, to]) => to + 1))) }),
  );

const sized = (size: number) =>
  Array.from({ length: size }, (_, at) => ({ width: 100 + (at % 3) * 20, height: 30 + (at % 4) * 25 }));

test("layers grow along every edge, nothing overlaps, and the same graph always looks the same", () => {
  fc.assert(
    fc.property(graphs, ({ edges, size }) => {
      const sizes = sized(size);
      const layout = layoutOf({ sizes, edges });
      for (const [from, to] of edges) expect(layout.layer[to]).toBeGreaterThan(layout.layer[from] ?? 0);
      const pairs = sizes.flatMap((_, one) => sizes.slice(one + 1).map((__, rest) => [one, one + 1 + rest] as const));
      expect(pairs.filter((pair) => overlap(layout, sizes, pair))).toEqual([]);
      expect(layoutOf({ sizes, edges })).toEqual(layout);
    }),
    { numRuns: 40 },
  );
});

function overlap(
  { x, y }: { readonly x: readonly number[]; readonly y: readonly number[] },
  sizes: readonly { readonly width: number; readonly height: number }[],
  [one, other]: readonly [number, number],
): boolean {
  const box = (at: number) => ({
    left: x[at] ?? 0,
    top: y[at] ?? 0,
    right: (x[at] ?? 0) + (sizes[at]?.width ?? 0),
    bottom: (y[at] ?? 0) + (sizes[at]?.height ?? 0),
  });
  const [a, b] = [box(one), box(other)];
  return a.left < b.right && b.left < a.right && a.top < b.bottom - 1e-6 && b.top < a.bottom - 1e-6;
}

test("a diamond is even, and a long edge is straight", () => {
  const sizes = sized(1).concat(Array.from({ length: 4 }, () => ({ width: 100, height: 30 })));
  const { y, routes } = layoutOf({
    sizes,
    edges: [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
      [3, 4],
      [0, 4],
    ],
  });
  expect((y[1] ?? 0) + (y[2] ?? 0)).toBeCloseTo(2 * (y[3] ?? 0), -1);
  const passing = routes[5]?.slice(4, -2).filter((_, at) => at % 2 === 1) ?? [];
  expect(passing.length).toBe(4);
  expect(new Set(passing).size).toBe(1);
});

const FLOW: readonly GraphNode[] = [
  task("list"),
  task("load/a", ["list"]),
  task("load/b", ["list"]),
  task("load/c", ["load/a"]),
  { ...task("airport", ["list"]), kind: "map" },
  task("airport[]/weather", [], { map: "airport" }),
  task("airport[]/card", ["airport[]/weather"], { map: "airport" }),
  { ...task("score", ["load/b"]), kind: "map" },
  task("score[]", [], { map: "score" }),
  { ...task("big", ["score"]), kind: "branch" },
  task("split", [], { arm: { branch: "big", name: "then" } }),
  task("skip", [], { arm: { branch: "big", name: "otherwise" } }),
  task("end", ["big", "airport", "load/c"]),
];
const named = (picture: Picture, name: string): number => picture.items.findIndex(({ key }) => key === name);

test("what belongs together is one item until it is opened, and then stands in its frame", () => {
  const closed = pictureOf({ nodes: FLOW, open: [] });
  expect(closed.items.map(({ key }) => key)).toEqual(["list", "load/", "airport[]", "score", "big?", "end"]);
  expect(closed.openable).toEqual(["load/", "airport[]", "big?"]);
  const open = pictureOf({ nodes: FLOW, open: ["load/", "big?"] });
  const frame = named(open, "load/");
  expect(open.items.filter(({ parent }) => parent === frame).map(({ key }) => key)).toEqual([
    "load/a",
    "load/b",
    "load/c",
  ]);
  for (const [at, item] of open.items.entries()) {
    const [, around] = aroundOf(open, at);
    const box = open.items[around ?? -1];
    if (box === undefined) continue;
    expect(item.x >= box.x && item.x + item.width <= box.x + box.width).toBe(true);
    expect(item.y >= box.y && item.y + item.height <= box.y + box.height).toBe(true);
  }
  // Small flows begin open, and every node is shown by something.
  expect(pictureOf({ nodes: FLOW, open: undefined }).open).toEqual(["load/", "airport[]", "big?"]);
  expect(open.itemOf.every((item) => item >= 0)).toBe(true);
  // From the worker it comes as it was.
  const whole = pictureOf({ nodes: FLOW, open: undefined });
  const lines = whole.lines.map((line) => ({ ...line, route: Float64Array.from(line.route) }));
  expect(unpacked(packed(whole), FLOW)).toEqual({ ...whole, lines });
  expect(openFor(FLOW, "airport[]/card", [])).toEqual(["airport[]"]);
});

test("one task and none are graphs, too", () => {
  expect(pictureOf({ nodes: [], open: undefined })).toMatchObject({ items: [], lines: [], width: 0, height: 0 });
  expect(pictureOf({ nodes: [task("only")], open: undefined }).items).toHaveLength(1);
});

test("a group that would wait for itself is none", () => {
  const nodes = [task("x/a"), task("between", ["x/a"]), task("x/b", ["between"])];
  expect(pictureOf({ nodes, open: [] }).items.map(({ key }) => key)).toEqual(["x/a", "between", "x/b"]);
});

test("what comes before and after goes through maps and branches, as far as is asked for", () => {
  const dependencies = dependenciesOf(FLOW);
  const reach = (id: string, direction: "up" | "down", depth?: number) =>
    [
      ...reachOf(
        dependencies,
        FLOW.findIndex((node) => node.id === id),
        { direction, ...(depth === undefined ? {} : { depth }) },
      ),
    ]
      .map((place) => FLOW[place]?.id ?? "")
      .toSorted((a, b) => a.localeCompare(b, "en"));
  expect(reach("airport[]/card", "up")).toEqual(["airport", "airport[]/card", "airport[]/weather", "list"]);
  expect(reach("split", "up")).toEqual(["big", "list", "load/b", "score", "score[]", "split"]);
  expect(reach("load/b", "down")).toEqual(["big", "end", "load/b", "score", "score[]", "skip", "split"]);
  expect(reach("end", "up", 1)).toEqual([
    "airport",
    "airport[]/card",
    "airport[]/weather",
    "big",
    "end",
    "load/c",
    "skip",
    "split",
  ]);
  expect(membersNamed(FLOW, "load/")).toEqual([1, 2, 3]);
  expect(membersNamed(FLOW, "score[]")).toEqual([7, 8]);
  const shown = shownIn({ root: "load/c", around: "up" }, FLOW);
  expect(shown.map(({ id }) => id)).toEqual(["list", "load/a", "load/c"]);
});

test("arrow keys go along edges, into frames and out of them", () => {
  const picture = pictureOf({ nodes: FLOW, open: ["load/"] });
  const graph = { picture, dependencies: dependenciesOf(FLOW) };
  const step = (from: string, key: string): string | undefined =>
    picture.items[neighbourOf(graph, named(picture, from), key) ?? -1]?.key;
  expect(
    besideOf(graph, named(picture, "list"), "after")
      .map((at) => picture.items[at]?.key ?? "")
      .toSorted((a, b) => a.localeCompare(b, "en")),
  ).toEqual(["airport[]", "load/a", "load/b"]);
  expect(step("load/a", "ArrowLeft")).toBe("list");
  expect(step("load/a", "ArrowRight")).toBe("load/c");
  expect(["score", "end"]).toContain(step("load/c", "ArrowRight"));
  expect(neighbourOf(graph, -1, "ArrowDown")).toBe(0);
});
