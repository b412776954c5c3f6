import type { Layered } from "./layers.ts";

/** More sweeps change little; fewer where the graph is large. */
const SWEEPS = 14;
const SWEEPS_OF_MANY = 6;
/** A few that bring nothing, and there is no more to come. */
const PATIENCE = 4;
/** Neighbours are exchanged one by one only where that takes milliseconds. */
const SMALL = 2_500;

/** Puts each layer into an order in which few edges cross: means of neighbours, and then exchanges. */
export function order(graph: Layered): void {
  const place = new Float64Array(graph.layer.length);
  startFromTop(graph);
  renumber(graph, place);
  let best = graph.columns.map((column) => [...column]);
  let least = crossings(graph, place);
  const sweeps = graph.layer.length > SMALL ? SWEEPS_OF_MANY : SWEEPS;
  for (let sweep = 0, idle = 0; sweep < sweeps && idle < PATIENCE && least > 0; sweep += 1) {
    sweepOnce(graph, place, sweep % 2 === 0);
    if (graph.layer.length <= SMALL) exchange(graph, place);
    const count = crossings(graph, place);
    idle += 1;
    if (count >= least) continue;
    least = count;
    idle = 0;
    best = graph.columns.map((column) => [...column]);
  }
  for (const [layer, column] of best.entries()) graph.columns[layer] = column;
}

/** In the order in which a walk along the edges meets them: what hangs together stands together. */
function startFromTop({ columns, after, before, layer }: Layered): void {
  const seen = new Uint8Array(layer.length);
  const sorted: number[][] = columns.map(() => []);
  const visit = (start: number): void => {
    const stack = [start];
    for (let point = stack.pop(); point !== undefined; point = stack.pop()) {
      if (seen[point] === 1) continue;
      seen[point] = 1;
      sorted[layer[point] ?? 0]?.push(point);
      const nexts = after[point] ?? [];
      for (let at = nexts.length - 1; at >= 0; at -= 1) stack.push(nexts[at] as number);
    }
  };
  for (const column of columns) for (const point of column) if (before[point]?.length === 0) visit(point);
  for (const column of columns) for (const point of column) visit(point);
  for (const [at, column] of sorted.entries()) columns[at] = column;
}

function renumber({ columns }: Layered, place: Float64Array): void {
  for (const column of columns) for (let at = 0; at < column.length; at += 1) place[column[at] as number] = at;
}

function sweepOnce(graph: Layered, place: Float64Array, isForward: boolean): void {
  const { columns, before, after } = graph;
  const wanted = new Float64Array(place.length);
  for (let step = 0; step < columns.length; step += 1) {
    const column = columns[isForward ? step : columns.length - 1 - step] as number[];
    for (const point of column) {
      const neighbours = (isForward ? before : after)[point] as number[];
      let sum = 0;
      for (const each of neighbours) sum += place[each] as number;
      wanted[point] = neighbours.length === 0 ? (place[point] as number) : sum / neighbours.length;
    }
    column.sort((a, b) => (wanted[a] as number) - (wanted[b] as number) || (place[a] as number) - (place[b] as number));
    for (let at = 0; at < column.length; at += 1) place[column[at] as number] = at;
  }
}

/** How many pairs of edges cross, between all layers. */
function crossings(graph: Layered, place: Float64Array): number {
  let count = 0;
  for (let layer = 1; layer < graph.columns.length; layer += 1) {
    const tree = new Int32Array((graph.columns[layer]?.length ?? 0) + 1);
    let seen = 0;
    for (const point of graph.columns[layer - 1] ?? []) {
      const ends = graph.after[point] as number[];
      // First all are counted: edges of one point do not cross each other.
      for (const end of ends) {
        let above = 0;
        for (let at = (place[end] as number) + 1; at > 0; at -= at & -at) above += tree[at] as number;
        count += seen - above;
      }
      for (const end of ends) {
        for (let at = (place[end] as number) + 1; at < tree.length; at += at & -at) tree[at] = (tree[at] as number) + 1;
      }
      seen += ends.length;
    }
  }
  return count;
}

/** Exchanges neighbours for as long as that takes crossings away. */
function exchange(graph: Layered, place: Float64Array): void {
  for (let round = 0, isBetter = true; isBetter && round < PATIENCE; round += 1) {
    isBetter = false;
    for (const column of graph.columns) {
      for (let at = 0; at + 1 < column.length; at += 1) {
        const [one, other] = [column[at] as number, column[at + 1] as number];
        const gain =
          excess(place, graph.before[one] as number[], graph.before[other] as number[]) +
          excess(place, graph.after[one] as number[], graph.after[other] as number[]);
        if (gain <= 0) continue;
        column[at] = other;
        column[at + 1] = one;
        place[other] = at;
        place[one] = at + 1;
        isBetter = true;
      }
    }
  }
}

/** How many more crossings there are on one side with the first above the second than the other way round. */
function excess(place: Float64Array, ofOne: readonly number[], ofOther: readonly number[]): number {
  let gain = 0;
  for (let one = 0; one < ofOne.length; one += 1) {
    const above = place[ofOne[one] as number] as number;
    for (let other = 0; other < ofOther.length; other += 1) {
      const below = place[ofOther[other] as number] as number;
      gain += above > below ? 1 : above < below ? -1 : 0;
    }
  }
  return gain;
}
