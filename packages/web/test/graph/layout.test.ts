import { expect, test } from "vitest";
import { layoutOf } from "../../src/features/graph/layout.ts";

/** A graph of some size, the same each time: each task waits for up to three of those just before it. */
function wide(count: number): number[][] {
  return Array.from({ length: count }, (_, node) =>
    [1, 7, 40].map((step) => node - step - (node % 5)).filter((from) => from >= 0 && node % 9 !== 0),
  );
}

test("a chain is a straight line", () => {
  const { layer, row } = layoutOf({ upstream: [[], [0], [1], [2]] });
  expect(layer).toEqual([0, 1, 2, 3]);
  expect(new Set(row).size).toBe(1);
});

test("what waits for something stands after it, and nothing stands on another", () => {
  const upstream = wide(300);
  const { layer, row, edges } = layoutOf({ upstream });
  for (const { from, to, via } of edges) {
    expect(layer[to]).toBeGreaterThan(layer[from] as number);
    expect(via).toHaveLength((layer[to] as number) - (layer[from] as number) - 1);
  }
  const columns = Map.groupBy(row.keys(), (node) => layer[node]);
  for (const nodes of columns.values()) {
    const rows = nodes.map((node) => row[node] as number).toSorted((a, b) => a - b);
    for (const [at, each] of rows.entries()) {
      expect(at === 0 ? 1 : each - (rows[at - 1] as number)).toBeGreaterThan(0.999);
    }
  }
});

test("one task and none are graphs, too", () => {
  expect(layoutOf({ upstream: [] })).toEqual({ layer: [], row: [], edges: [] });
  expect(layoutOf({ upstream: [[]] })).toEqual({ layer: [0], row: [0], edges: [] });
});
