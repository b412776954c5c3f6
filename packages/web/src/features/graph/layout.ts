/**
 * A layered layout, after Sugiyama: layers by the longest way from the beginning, fewer crossings by the mean place of
 * neighbours, and then places that are as close to the neighbours' as the gaps allow. A thousand tasks take tens of
 * milliseconds, so that no refinement is needed to open a large graph.
 */
export interface LayoutInput {
  /** For each node the places of those that it waits for. */
  readonly upstream: readonly (readonly number[])[];
}

export interface Layout {
  /** Where each node's middle is: along the flow, and across it. In units of a layer and of a row. */
  readonly layer: readonly number[];
  readonly row: readonly number[];
  /** For each edge the two nodes, and the rows through which it goes at the layers in between. */
  readonly edges: readonly { readonly from: number; readonly to: number; readonly via: readonly number[] }[];
}

/** Of ordering and of placing: more change little. */
const SWEEPS = 8;
/** Edges pass closer to each other than tasks stand. */
const WAY_GAP = 0.45;

interface Point {
  /** Which node; -1 for a place on the way of a long edge. */
  readonly node: number;
  readonly layer: number;
  readonly before: number[];
  readonly after: number[];
  row: number;
}

export function layoutOf({ upstream }: LayoutInput): Layout {
  const layers = layersOf(upstream);
  const points: Point[] = upstream.map((_, node) => ({
    node,
    layer: layers[node] ?? 0,
    before: [],
    after: [],
    row: 0,
  }));
  const edges = upstream.flatMap((sources, to) =>
    sources.map((from) => ({ from, to, way: joinPoints(points, from, to) })),
  );
  const columns = columnsOf(points);
  order(points, columns);
  place(points, columns);
  const lowest = Math.min(0, ...points.map(({ row }) => row));
  return {
    layer: layers,
    row: upstream.map((_, node) => (points[node]?.row ?? 0) - lowest),
    edges: edges.map(({ from, to, way }) => ({ from, to, via: way.map((each) => (points[each]?.row ?? 0) - lowest) })),
  };
}

/** The longest way to each node from those that wait for nothing. A ring, which no flow has, would count as nothing. */
function layersOf(upstream: readonly (readonly number[])[]): number[] {
  const layers: number[] = upstream.map(() => 0);
  const missing = upstream.map((sources) => sources.length);
  const downstream: number[][] = upstream.map(() => []);
  for (const [to, sources] of upstream.entries()) for (const from of sources) downstream[from]?.push(to);
  const ready = missing.flatMap((count, node) => (count === 0 ? [node] : []));
  for (const node of ready) {
    for (const next of downstream[node] ?? []) {
      layers[next] = Math.max(layers[next] ?? 0, (layers[node] ?? 0) + 1);
      missing[next] = (missing[next] ?? 0) - 1;
      if (missing[next] === 0) ready.push(next);
    }
  }
  return layers;
}

/** Joins two nodes, with a point in each layer between them. Gives those points. */
function joinPoints(points: Point[], from: number, to: number): number[] {
  const way: number[] = [];
  let last = from;
  const end = points[to]?.layer ?? 0;
  for (let layer = (points[from]?.layer ?? 0) + 1; layer < end; layer += 1) {
    const place = points.length;
    points.push({ node: -1, layer, before: [last], after: [], row: 0 });
    points[last]?.after.push(place);
    way.push(place);
    last = place;
  }
  points[last]?.after.push(to);
  points[to]?.before.push(last);
  return way;
}

function columnsOf(points: readonly Point[]): number[][] {
  const columns: number[][] = [];
  for (const [place, { layer }] of points.entries()) {
    columns[layer] ??= [];
    columns[layer].push(place);
  }
  return columns;
}

function order(points: readonly Point[], columns: readonly number[][]): void {
  for (const column of columns) number(points, column);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isForward = sweep % 2 === 0;
    for (const column of isForward ? columns : columns.toReversed()) {
      const means = new Map(column.map((place) => [place, meanRow(points, place, isForward)]));
      column.sort((a, b) => (means.get(a) ?? 0) - (means.get(b) ?? 0));
      number(points, column);
    }
  }
}

function number(points: readonly Point[], column: readonly number[]): void {
  for (const [row, place] of column.entries()) {
    const point = points[place];
    if (point !== undefined) point.row = row;
  }
}

/** The mean row of the neighbours on one side; its own where it has none there. */
function meanRow(points: readonly Point[], place: number, isForward: boolean): number {
  const point = points[place];
  if (point === undefined) return 0;
  const neighbours = isForward ? point.before : point.after;
  if (neighbours.length === 0) return point.row;
  return neighbours.reduce((sum, each) => sum + (points[each]?.row ?? 0), 0) / neighbours.length;
}

/** Moves each column to where its neighbours are, as far as its own gaps allow. */
function place(points: readonly Point[], columns: readonly number[][]): void {
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isForward = sweep % 2 === 0;
    for (const column of isForward ? columns : columns.toReversed()) {
      const wanted = column.map((each) => meanRow(points, each, isForward));
      for (const [at, row] of spread(wanted, gapsOf(points, column)).entries()) {
        const point = points[column[at] ?? -1];
        if (point !== undefined) point.row = row;
      }
    }
  }
}

/** How far each stands below the first, at the least. */
function gapsOf(points: readonly Point[], column: readonly number[]): number[] {
  let depth = 0;
  return column.map((each, at) => {
    const isWay = points[each]?.node === -1 || points[column[at - 1] ?? -1]?.node === -1;
    if (at > 0) depth += isWay ? WAY_GAP + 0.2 : 1;
    return depth;
  });
}

/**
 * The rows closest to the wanted ones (by least squares) that keep the gaps: an isotonic regression, by pooling
 * neighbours that are in each other's way.
 */
function spread(wanted: readonly number[], depths: readonly number[]): number[] {
  const pools: { sum: number; count: number }[] = [];
  for (const [at, row] of wanted.entries()) {
    pools.push({ sum: row - (depths[at] ?? 0), count: 1 });
    for (;;) {
      const [above, last] = pools.slice(-2);
      if (above === undefined || last === undefined || above.sum / above.count <= last.sum / last.count) break;
      pools.splice(-2, 2, { sum: above.sum + last.sum, count: above.count + last.count });
    }
  }
  const rows: number[] = [];
  for (const { sum, count } of pools) {
    for (let each = 0; each < count; each += 1) rows.push(sum / count + (depths[rows.length] ?? 0));
  }
  return rows;
}
