import { type Edge, layered } from "./layers.ts";
import { order } from "./ordering.ts";
import { type Heights, place } from "./placing.ts";

export interface LayoutInput {
  readonly sizes: readonly { readonly width: number; readonly height: number }[];
  readonly edges: readonly Edge[];
  /** Where all begins, and where all ends, if there are such: in a layer of their own. */
  readonly first?: number | undefined;
  readonly last?: number | undefined;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** By node: its top left corner, and the layer in which it is. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly layer: readonly number[];
  /**
   * By edge: x and y in turn. Between the first two points it is straight, between the next two it bends, and so on: it
   * passes layers straight, and bends between them.
   */
  readonly routes: readonly (readonly number[])[];
}

/** Between layers, between nodes of one, and beside an edge that passes. */
const GAPS = { layer: 56, port: 28, node: 16, way: 9 } as const;

/**
 * A layered layout, after Sugiyama: layers, an order within each in which few edges cross, and then places. A thousand
 * tasks take tens of milliseconds, so that no refinement is needed to open a large graph.
 */
export function layoutOf({ sizes, edges, first, last }: LayoutInput): Layout {
  const graph = layered(sizes.length, edges, { first, last });
  order(graph);
  const height = Float64Array.from(graph.layer, (_, point) => sizes[point]?.height ?? 0);
  const heights: Heights = { height, nodeGap: GAPS.node, wayGap: GAPS.way };
  const rows = place(graph, heights);
  const columns = columnsOf(graph.columns, sizes);
  let [top, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [point, row] of rows.entries()) {
    const half = (height[point] as number) / 2;
    top = Math.min(top, row - half);
    bottom = Math.max(bottom, row + half);
  }
  if (sizes.length === 0) [top, bottom] = [0, 0];
  const columnAt = (point: number) => columns[graph.layer[point] ?? 0] ?? { left: 0, right: 0 };
  const routes = edges.map(([from, to], at) => {
    const start = columnAt(from);
    const route = [start.left + (sizes[from]?.width ?? 0), rows[from] as number, start.right, rows[from] as number];
    for (const point of graph.ways[at] ?? []) {
      const { left, right } = columnAt(point);
      route.push(left, rows[point] as number, right, rows[point] as number);
    }
    route.push(columnAt(to).left, rows[to] as number);
    for (let y = 1; y < route.length; y += 2) route[y] = (route[y] as number) - top;
    return route;
  });
  return {
    width: columns.at(-1)?.right ?? 0,
    height: bottom - top,
    x: sizes.map((_, node) => columnAt(node).left),
    y: sizes.map((_, node) => (rows[node] as number) - (height[node] as number) / 2 - top),
    layer: graph.layer.slice(0, sizes.length),
    routes,
  };
}

/** Each as wide as its widest node. What has no width stands close. */
function columnsOf(
  columns: readonly (readonly number[])[],
  sizes: LayoutInput["sizes"],
): readonly { readonly left: number; readonly right: number }[] {
  const placed: { left: number; right: number }[] = [];
  let left = 0;
  let lastWidth: number | undefined;
  for (const column of columns) {
    let width = 0;
    for (const point of column) width = Math.max(width, sizes[point]?.width ?? 0);
    if (lastWidth !== undefined) left += width === 0 || lastWidth === 0 ? GAPS.port : GAPS.layer;
    placed.push({ left, right: left + width });
    left += width;
    lastWidth = width;
  }
  return placed;
}
