import type { FlowNode } from "../../api/shapes.ts";

/** What the shape of a graph follows from. */
export type GraphNode = Pick<FlowNode, "id" | "kind" | "upstream" | "map" | "arm">;

/**
 * What waits for what, by the places of nodes. A map or a branch has two vertices, its beginning and its end: its tasks
 * come after the one and before the other. A task has one, which is both.
 */
export interface Dependencies {
  /** How many vertices there are: the first ones are the nodes, or the beginnings of those that are regions. */
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
  /** By node: the vertex at which it is over. */
  readonly endOf: readonly number[];
  /** By vertex: its node. */
  readonly nodeOf: readonly number[];
  /** By node: the map or the branch right around it, or -1. */
  readonly around: readonly number[];
}

/** The map or the branch right around a node, by its id. */
export function regionOf(node: GraphNode): string | null {
  return node.arm?.branch ?? node.map;
}

export function dependenciesOf(nodes: readonly GraphNode[]): Dependencies {
  const places = new Map(nodes.map(({ id }, place) => [id, place]));
  const nodeOf = nodes.map((_, place) => place);
  const endOf = nodes.map(({ kind }, place) => (kind === "task" ? place : nodeOf.push(place) - 1));
  const before: number[][] = nodeOf.map(() => []);
  const after: number[][] = nodeOf.map(() => []);
  const join = (from: number, to: number): void => {
    after[from]?.push(to);
    before[to]?.push(from);
  };
  for (const [place, node] of nodes.entries()) {
    const end = endOf[place] ?? place;
    for (const id of node.upstream) {
      const from = places.get(id);
      if (from !== undefined) join(endOf[from] ?? from, place);
    }
    const region = places.get(regionOf(node) ?? "");
    if (region === undefined) continue;
    join(region, place);
    join(end, endOf[region] ?? region);
  }
  const around = nodes.map((node) => places.get(regionOf(node) ?? "") ?? -1);
  // A region of which nothing is known inside is over when it has begun.
  for (const [place, end] of endOf.entries()) if (end !== place && !around.includes(place)) join(place, end);
  return { before, after, endOf, nodeOf, around };
}

export type Direction = "up" | "down" | "both";

/** A node with all that comes before it, or after it, at most so many tasks away; and the regions in which these are. */
export function reachOf(
  { before, after, endOf, nodeOf, around }: Dependencies,
  start: number,
  { direction, depth = Number.POSITIVE_INFINITY }: { readonly direction: Direction; readonly depth?: number },
): ReadonlySet<number> {
  const isTask = (vertex: number): boolean => endOf[vertex] === vertex;
  const reached = new Set([start]);
  const walk = (next: readonly (readonly number[])[], first: number): void => {
    const far = new Map([[first, 0]]);
    let edge = [first];
    while (edge.length > 0) {
      const later: number[] = [];
      // The borders of regions are no step away: they are walked together with what is added to them.
      for (const vertex of edge) {
        for (const other of next[vertex] ?? []) {
          const steps = (far.get(vertex) ?? 0) + (isTask(other) ? 1 : 0);
          if (steps > depth || (far.get(other) ?? Number.POSITIVE_INFINITY) <= steps) continue;
          far.set(other, steps);
          (isTask(other) ? later : edge).push(other);
        }
      }
      edge = later;
    }
    for (const vertex of far.keys()) if (isTask(vertex)) reached.add(nodeOf[vertex] ?? vertex);
  };
  if (direction !== "down") walk(before, endOf[start] === start ? start : (endOf[start] ?? start));
  if (direction !== "up") walk(after, start);
  // A set is walked together with what is added to it.
  for (const node of reached) {
    const region = around[node] ?? -1;
    if (region >= 0) reached.add(region);
  }
  return reached;
}
