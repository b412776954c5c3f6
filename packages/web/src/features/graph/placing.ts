import type { Layered } from "./layers.ts";

export interface Heights {
  /** By point: how high it is. */
  readonly height: Float64Array;
  /** Between two nodes. */
  readonly nodeGap: number;
  /** Beside an edge that passes. */
  readonly wayGap: number;
}

interface Alignment {
  readonly root: Int32Array;
  readonly next: Int32Array;
}

/**
 * How far down the middle of each point is, after Brandes and Köpf: points that follow each other along an edge are put
 * onto one line, in four ways (from the left or the right, and from the top or the bottom), and each point is where the
 * middle two of the four are. Long edges are straight, and nothing overlaps, since each of the four keeps the gaps.
 */
export function place(graph: Layered, heights: Heights): Float64Array {
  const count = graph.layer.length;
  const at = new Int32Array(count);
  for (const column of graph.columns)
    for (let index = 0; index < column.length; index += 1) at[column[index] as number] = index;
  sortSides(graph, at);
  const above = gapsAbove(graph, heights);
  const refused = count === graph.size ? new Set<number>() : conflicts(graph, at);
  const all: Float64Array[] = [];
  for (const isForward of [true, false]) {
    for (const isDown of [true, false]) {
      const alignment = align({ graph, at, refused }, isForward, isDown);
      all.push(compact(graph, above, { alignment, isDown }));
    }
  }
  const rows = balanced(all);
  const rounds = count > MANY ? ROUNDS / 2 : ROUNDS;
  const holds = holdsOf(graph);
  const ways = [graph.columns, graph.columns.toReversed()] as const;
  for (let round = 0; round < rounds; round += 1) settle(ways[round % 2 === 0 ? 0 : 1], { rows, above, holds });
  return rows;
}

/** From the top down, as all that follows takes them. Most have one or two. */
function sortSides({ before, after }: Layered, at: Int32Array): void {
  const byPlace = (one: number, other: number): number => (at[one] as number) - (at[other] as number);
  for (const sides of [before, after]) for (const side of sides) if (side.length > 1) side.sort(byPlace);
}

/** Of moving what no line holds to its neighbours. */
const ROUNDS = 8;
/** Of so many points it is done half as often. */
const MANY = 2_500;

/** Whether a point lies on the way of an edge that goes on. */
function isInner({ size, after }: Layered, point: number): boolean {
  return point >= size && (after[point] as number[]).some((next) => next >= size);
}

/** Edges that would bend a long one, which cross it or leave its trunk: nothing is put onto a line along them. */
function conflicts(graph: Layered, at: Int32Array): ReadonlySet<number> {
  const { columns, before, size } = graph;
  const count = graph.layer.length;
  const refused = new Set<number>();
  for (let layer = 1; layer < columns.length; layer += 1) {
    const column = columns[layer] as number[];
    let least = 0;
    let scanned = 0;
    for (const [index, point] of column.entries()) {
      const inner = point >= size ? (before[point] as number[])[0] : undefined;
      const isLast = index === column.length - 1;
      const bound = inner !== undefined && inner >= size ? inner : undefined;
      if (bound === undefined && !isLast) continue;
      const most = bound === undefined ? Number.POSITIVE_INFINITY : (at[bound] as number);
      for (; scanned <= index; scanned += 1) {
        const own = column[scanned] as number;
        for (const from of before[own] as number[]) {
          const place = at[from] as number;
          const isOfTrunk = own < size && isInner(graph, from);
          if (place < least || place > most || isOfTrunk) refused.add(from * count + own);
        }
      }
      least = most;
    }
  }
  return refused;
}

interface Aligning {
  readonly graph: Layered;
  readonly at: Int32Array;
  readonly refused: ReadonlySet<number>;
}

function align({ graph, at, refused }: Aligning, isForward: boolean, isDown: boolean): Alignment {
  const count = graph.layer.length;
  const root = Int32Array.from({ length: count }, (_, point) => point);
  const next = Int32Array.from(root);
  const side = isForward ? graph.before : graph.after;
  const steps = graph.columns.length;
  for (let step = 0; step < steps; step += 1) {
    const column = graph.columns[isForward ? step : steps - 1 - step] as number[];
    let last = -1;
    for (let index = 0; index < column.length; index += 1) {
      const point = column[isDown ? index : column.length - 1 - index] as number;
      const neighbours = side[point] as number[];
      if (neighbours.length === 0) continue;
      // An edge that goes on is followed first.
      const inner = point >= graph.size ? neighbours.find((each) => each >= graph.size) : undefined;
      const [high, low] = [neighbours.length >> 1, (neighbours.length - 1) >> 1];
      for (let turn = 0; turn < 2; turn += 1) {
        const each = inner ?? (neighbours[(turn === 0) === isDown ? low : high] as number);
        if (next[point] !== point) break;
        const key = isForward ? each * count + point : point * count + each;
        const own = at[each] as number;
        const place = isDown ? own : (graph.columns[graph.layer[each] as number] as number[]).length - 1 - own;
        if (refused.has(key) || place <= last) continue;
        next[each] = point;
        root[point] = root[each] as number;
        next[point] = root[point] as number;
        last = place;
      }
    }
  }
  return { root, next };
}

interface Compacting {
  readonly alignment: Alignment;
  readonly isDown: boolean;
}

/** Puts each line as far to its side as those before it allow, and then back to those behind it: lines are whole. */
function compact(graph: Layered, above: Float64Array, { alignment: { root }, isDown }: Compacting): Float64Array {
  const count = graph.layer.length;
  const gaps = gapsBetween(graph, above, { root, isDown });
  const sorted = sortedBlocks(root, gaps);
  const row = new Float64Array(count);
  for (const block of sorted) {
    for (let edge = gaps.start[block] as number; edge < (gaps.start[block + 1] as number); edge += 1) {
      const to = gaps.to[edge] as number;
      row[to] = Math.max(row[to] as number, (row[block] as number) + (gaps.gap[edge] as number));
    }
  }
  for (let index = sorted.length - 1; index >= 0; index -= 1) {
    const block = sorted[index] as number;
    let most = Number.POSITIVE_INFINITY;
    for (let edge = gaps.start[block] as number; edge < (gaps.start[block + 1] as number); edge += 1) {
      most = Math.min(most, (row[gaps.to[edge] as number] as number) - (gaps.gap[edge] as number));
    }
    if (most !== Number.POSITIVE_INFINITY) row[block] = Math.max(row[block] as number, most);
  }
  const rows = new Float64Array(count);
  for (let point = 0; point < count; point += 1) {
    const own = row[root[point] as number] as number;
    rows[point] = isDown ? own : -own;
  }
  return rows;
}

/** Which lines stand right before which, and how far apart they have to be: those of a line from its start on. */
interface Gaps {
  readonly start: Int32Array;
  readonly to: Int32Array;
  readonly gap: Float64Array;
}

function gapsBetween(
  { columns, layer }: Layered,
  above: Float64Array,
  { root, isDown }: { readonly root: Int32Array; readonly isDown: boolean },
): Gaps {
  const count = layer.length;
  const start = new Int32Array(count + 2);
  // Counted two places on, so that they are starts when all have been put in.
  for (const column of columns) {
    for (let index = 1; index < column.length; index += 1) {
      const from = root[column[isDown ? index - 1 : index] as number] as number;
      start[from + 2] = (start[from + 2] as number) + 1;
    }
  }
  for (let at = 1; at < start.length; at += 1) start[at] = (start[at] as number) + (start[at - 1] as number);
  const edges = start[count + 1] as number;
  const to = new Int32Array(edges);
  const gap = new Float64Array(edges);
  for (const column of columns) {
    for (let index = 1; index < column.length; index += 1) {
      const [upper, lower] = [column[index - 1] as number, column[index] as number];
      const from = root[isDown ? upper : lower] as number;
      const place = start[from + 1] as number;
      start[from + 1] = place + 1;
      to[place] = root[isDown ? lower : upper] as number;
      gap[place] = above[lower] as number;
    }
  }
  return { start, to, gap };
}

function sortedBlocks(root: Int32Array, { start, to }: Gaps): number[] {
  const missing = new Int32Array(root.length);
  for (const next of to) missing[next] = (missing[next] as number) + 1;
  const sorted: number[] = [];
  for (let point = 0; point < root.length; point += 1) {
    if (root[point] === point && missing[point] === 0) sorted.push(point);
  }
  for (const block of sorted) {
    for (let edge = start[block] as number; edge < (start[block + 1] as number); edge += 1) {
      const next = to[edge] as number;
      missing[next] = (missing[next] as number) - 1;
      if (missing[next] === 0) sorted.push(next);
    }
  }
  return sorted;
}

/** By point: how far its middle has to be below that of the one above it. */
function gapsAbove({ columns, layer, size }: Layered, { height, nodeGap, wayGap }: Heights): Float64Array {
  const gaps = new Float64Array(layer.length);
  for (const column of columns) {
    for (let index = 1; index < column.length; index += 1) {
      const [above, below] = [column[index - 1] as number, column[index] as number];
      const gap = above < size && below < size ? nodeGap : wayGap;
      gaps[below] = ((height[above] as number) + (height[below] as number)) / 2 + gap;
    }
  }
  return gaps;
}

/** All four moved to the one that takes the least room, and of each point the mean of the middle two. */
function balanced(all: readonly Float64Array[]): Float64Array {
  const bounds = all.map((rows) => boundsOf(rows));
  const [narrow] = bounds.toSorted((a, b) => a.most - a.least - (b.most - b.least));
  const shifts = bounds.map(({ least, most }, at) =>
    at % 2 === 0 ? (narrow?.least ?? 0) - least : (narrow?.most ?? 0) - most,
  );
  const rows = new Float64Array(all[0]?.length ?? 0);
  for (let point = 0; point < rows.length; point += 1) {
    const own = (at: number): number => (all[at]?.[point] as number) + (shifts[at] as number);
    const [a, b, c, d] = [own(0), own(1), own(2), own(3)];
    // The larger of the two smaller ones, and the smaller of the two larger ones.
    const [low, high] = [Math.max(Math.min(a, b), Math.min(c, d)), Math.min(Math.max(a, b), Math.max(c, d))];
    rows[point] = (low + high) / 2;
  }
  return rows;
}

function boundsOf(rows: Float64Array): { readonly least: number; readonly most: number } {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    least = Math.min(least, row);
    most = Math.max(most, row);
  }
  return { least, most };
}

interface Settling {
  readonly rows: Float64Array;
  readonly above: Float64Array;
  readonly holds: Holds;
}

/** What holds a point on the way of an edge. */
const NOTHING: Holds[number] = [];

/** By node: the neighbours on both sides that it is to stand between. */
type Holds = readonly (readonly (readonly number[])[])[];

/** Edges that pass by count where there is nothing else. */
function holdsOf({ before, after, layer, size }: Layered): Holds {
  return Array.from({ length: size }, (_, node) => {
    const sides = [before[node] as number[], after[node] as number[]];
    if (layer.length === size) return sides;
    const ofNodes = sides.map((side) => side.filter((each) => each < size));
    return ofNodes.some(({ length }) => length > 0) ? ofNodes : sides;
  });
}

/** Moves each node as near to the mean of its neighbours as those above and below it allow. Long edges stay. */
function settle(columns: Layered["columns"], { rows, above, holds }: Settling): void {
  for (const column of columns) {
    for (let index = 0; index < column.length; index += 1) {
      const point = column[index] as number;
      const wanted = wantedRow(rows, holds[point]);
      if (wanted === undefined) continue;
      let row = wanted;
      if (index + 1 < column.length) {
        const next = column[index + 1] as number;
        row = Math.min((rows[next] as number) - (above[next] as number), row);
      }
      if (index > 0) row = Math.max((rows[column[index - 1] as number] as number) + (above[point] as number), row);
      rows[point] = row;
    }
  }
}

/** Between the median of what is before and of what is after it. */
function wantedRow(rows: Float64Array, sides: Holds[number] = NOTHING): number | undefined {
  let sum = 0;
  let count = 0;
  for (const side of sides) {
    if (side.length === 0) continue;
    sum += medianRow(side, rows);
    count += 1;
  }
  return count === 0 ? undefined : sum / count;
}

/** Most have one or two. */
function medianRow(points: readonly number[], rows: Float64Array): number {
  const first = rows[points[0] as number] as number;
  if (points.length === 1) return first;
  if (points.length === 2) return (first + (rows[points[1] as number] as number)) / 2;
  const own = points.map((each) => rows[each] as number).sort((a, b) => a - b);
  const middle = (own.length - 1) / 2;
  return ((own[Math.floor(middle)] as number) + (own[Math.ceil(middle)] as number)) / 2;
}
