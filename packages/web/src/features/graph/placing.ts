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
  for (const column of graph.columns) for (const [index, point] of column.entries()) at[point] = index;
  const refused = conflicts(graph, at);
  const all: Float64Array[] = [];
  for (const isForward of [true, false]) {
    for (const isDown of [true, false]) {
      const alignment = align({ graph, at, refused }, isForward, isDown);
      all.push(compact(graph, heights, { alignment, at, isDown }));
    }
  }
  const rows = balanced(all);
  const rounds = count > MANY ? ROUNDS / 2 : ROUNDS;
  for (let round = 0; round < rounds; round += 1) settle(graph, heights, { rows, isForward: round % 2 === 0 });
  return rows;
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
      const neighbours = (side[point] as number[]).toSorted((a, b) => (at[a] as number) - (at[b] as number));
      if (!isDown) neighbours.reverse();
      // An edge that goes on is followed first.
      const inner = point >= graph.size ? neighbours.find((each) => each >= graph.size) : undefined;
      for (const each of inner === undefined ? medians(neighbours) : [inner]) {
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

function medians(sorted: readonly number[]): readonly number[] {
  if (sorted.length === 0) return [];
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
  return low === high ? [sorted[low] as number] : [sorted[low] as number, sorted[high] as number];
}

interface Compacting {
  readonly alignment: Alignment;
  readonly at: Int32Array;
  readonly isDown: boolean;
}

/** Puts each line as far to its side as those before it allow, and then back to those behind it: lines are whole. */
function compact(graph: Layered, heights: Heights, { alignment: { root }, at, isDown }: Compacting): Float64Array {
  const count = graph.layer.length;
  const gaps = gapsBetween(graph, heights, { root, isDown });
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
  const rows = new Float64Array(at.length);
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
  graph: Layered,
  heights: Heights,
  { root, isDown }: { readonly root: Int32Array; readonly isDown: boolean },
): Gaps {
  const count = graph.layer.length;
  const start = new Int32Array(count + 2);
  const each = (act: (from: number, to: number, pair: readonly [number, number]) => void): void => {
    for (const column of graph.columns) {
      for (let index = 1; index < column.length; index += 1) {
        const pair = [column[index - 1] as number, column[index] as number] as const;
        const [from, to] = isDown ? pair : [pair[1], pair[0]];
        act(root[from] as number, root[to] as number, pair);
      }
    }
  };
  // Counted two places on, so that they are starts when all have been put in.
  each((from) => {
    start[from + 2] = (start[from + 2] as number) + 1;
  });
  for (let at = 1; at < start.length; at += 1) start[at] = (start[at] as number) + (start[at - 1] as number);
  const edges = start[count + 1] as number;
  const to = new Int32Array(edges);
  const gap = new Float64Array(edges);
  each((from, next, pair) => {
    const place = start[from + 1] as number;
    start[from + 1] = place + 1;
    to[place] = next;
    gap[place] = gapBetween(graph, heights, pair);
  });
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

function gapBetween(
  { size }: Layered,
  { height, nodeGap, wayGap }: Heights,
  [above, below]: readonly [number, number],
): number {
  const gap = above < size && below < size ? nodeGap : wayGap;
  return ((height[above] as number) + (height[below] as number)) / 2 + gap;
}

/** All four moved to the one that takes the least room, and of each point the mean of the middle two. */
function balanced(all: readonly Float64Array[]): Float64Array {
  const bounds = all.map((rows) => boundsOf(rows));
  const [narrow] = bounds.toSorted((a, b) => a.most - a.least - (b.most - b.least));
  const shifts = bounds.map(({ least, most }, at) =>
    at % 2 === 0 ? (narrow?.least ?? 0) - least : (narrow?.most ?? 0) - most,
  );
  const four = new Float64Array(all.length);
  return (all[0] as Float64Array).map((_, point) => {
    for (const [at, rows] of all.entries()) four[at] = (rows[point] as number) + (shifts[at] as number);
    four.sort();
    return ((four[1] as number) + (four[2] as number)) / 2;
  });
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
  readonly isForward: boolean;
}

/** Moves each node as near to the mean of its neighbours as those above and below it allow. Long edges stay. */
function settle(graph: Layered, heights: Heights, { rows, isForward }: Settling): void {
  const { columns, before, after, size } = graph;
  for (let step = 0; step < columns.length; step += 1) {
    const column = columns[isForward ? step : columns.length - 1 - step] as number[];
    for (const [index, point] of column.entries()) {
      if (point >= size) continue;
      const wanted = wantedRow([before[point] as number[], after[point] as number[]], size, rows);
      if (wanted === undefined) continue;
      const [above, below] = [column[index - 1], column[index + 1]];
      const least =
        above === undefined
          ? Number.NEGATIVE_INFINITY
          : (rows[above] as number) + gapBetween(graph, heights, [above, point]);
      const most =
        below === undefined
          ? Number.POSITIVE_INFINITY
          : (rows[below] as number) - gapBetween(graph, heights, [point, below]);
      rows[point] = Math.max(least, Math.min(most, wanted));
    }
  }
}

/** Between the median of what is before and of what is after it. Edges that pass by count where there is nothing else. */
function wantedRow(sides: readonly (readonly number[])[], size: number, rows: Float64Array): number | undefined {
  let sum = 0;
  let count = 0;
  const hasNodes = sides.some((side) => side.some((each) => each < size));
  for (const side of sides) {
    const own = medianRow(side, hasNodes ? size : Number.POSITIVE_INFINITY, rows);
    if (own === undefined) continue;
    sum += own;
    count += 1;
  }
  return count === 0 ? undefined : sum / count;
}

/** Of the points before a place in the list of all. Most have one or two. */
function medianRow(points: readonly number[], end: number, rows: Float64Array): number | undefined {
  if (points.length === 1) return (points[0] as number) < end ? rows[points[0] as number] : undefined;
  const own = points.filter((each) => each < end).map((each) => rows[each] as number);
  if (own.length === 0) return undefined;
  own.sort((a, b) => a - b);
  const middle = (own.length - 1) / 2;
  return ((own[Math.floor(middle)] as number) + (own[Math.ceil(middle)] as number)) / 2;
}
