export type Edge = readonly [from: number, to: number];

/** A graph whose long edges have a point in each layer that they pass. */
export interface Layered {
  /** How many of the points are nodes. Those behind them lie on the way of long edges. */
  readonly size: number;
  readonly layer: number[];
  /** By layer: its points, from the top down. */
  readonly columns: number[][];
  readonly before: number[][];
  readonly after: number[][];
  /** By edge: the points between its ends. */
  readonly ways: readonly (readonly number[])[];
}

/**
 * Layers by the longest way from the beginning, and then as late as possible for what has more after it than before it,
 * which makes edges short. The edges of one node that are long share their points: they leave one trunk one after another.
 */
export function layered(
  size: number,
  edges: readonly Edge[],
  { first, last }: { readonly first?: number | undefined; readonly last?: number | undefined } = {},
): Layered {
  const before: number[][] = Array.from({ length: size }, () => []);
  const after: number[][] = Array.from({ length: size }, () => []);
  for (const [from, to] of edges) {
    after[from]?.push(to);
    before[to]?.push(from);
  }
  const sorted = topological(before, after);
  const layer = longestWays(sorted, before, first);
  pullBack(sorted, layer, { before, after, first });
  if (last !== undefined) layer[last] = Math.max(0, ...layer.filter((_, node) => node !== last)) + 1;
  return withWays(size, edges, layer);
}

function topological(before: readonly number[][], after: readonly number[][]): number[] {
  const missing = before.map(({ length }) => length);
  const sorted = missing.flatMap((count, node) => (count === 0 ? [node] : []));
  for (const node of sorted) {
    for (const next of after[node] ?? []) {
      missing[next] = (missing[next] ?? 0) - 1;
      if (missing[next] === 0) sorted.push(next);
    }
  }
  return sorted;
}

/** A ring, which no flow has, would count as nothing. */
function longestWays(sorted: readonly number[], before: readonly number[][], first: number | undefined): number[] {
  const least = first === undefined ? 0 : 1;
  const layer: number[] = before.map((_, node) => (node === first ? 0 : least));
  for (const node of sorted) {
    for (const from of before[node] ?? []) layer[node] = Math.max(layer[node] ?? 0, (layer[from] ?? 0) + 1);
  }
  return layer;
}

interface Neighbours {
  readonly before: readonly number[][];
  readonly after: readonly number[][];
  readonly first: number | undefined;
}

function pullBack(sorted: readonly number[], layer: number[], { before, after, first }: Neighbours): void {
  for (const node of sorted.toReversed()) {
    const nexts = after[node] ?? [];
    if (node === first || nexts.length <= (before[node]?.length ?? 0)) continue;
    let least = Number.POSITIVE_INFINITY;
    for (const next of nexts) least = Math.min(least, layer[next] ?? 0);
    layer[node] = Math.max(layer[node] ?? 0, least - 1);
  }
}

function withWays(size: number, edges: readonly Edge[], layer: number[]): Layered {
  const before: number[][] = Array.from({ length: size }, () => []);
  const after: number[][] = Array.from({ length: size }, () => []);
  const trunks = new Map<number, number[]>();
  const join = (from: number, to: number): void => {
    after[from]?.push(to);
    before[to]?.push(from);
  };
  const ways = edges.map(([from, to]) => {
    const [start, end] = [layer[from] ?? 0, layer[to] ?? 0];
    const length = end - start - 1;
    if (length <= 0) {
      if (length === 0) join(from, to);
      return [];
    }
    const trunk = trunks.get(from) ?? [];
    trunks.set(from, trunk);
    while (trunk.length < length) {
      const point = layer.push(start + trunk.length + 1) - 1;
      before.push([]);
      after.push([]);
      join(trunk.at(-1) ?? from, point);
      trunk.push(point);
    }
    const way = trunk.slice(0, length);
    join(way.at(-1) ?? from, to);
    return way;
  });
  const columns: number[][] = [];
  for (const [point, own] of layer.entries()) {
    for (let at = columns.length; at <= own; at += 1) columns.push([]);
    columns[own]?.push(point);
  }
  return { size, layer, columns, before, after, ways };
}
