import type { PlacedGraph } from "./use-layout.ts";

/** The node that an arrow key leads to: along an edge, or up and down within a layer. */
export function neighbourOf(
  { nodes, layout }: PlacedGraph,
  selected: string | undefined,
  key: string,
): string | undefined {
  const at = nodes.findIndex(({ id }) => id === selected);
  const isArrow = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(key);
  if (!isArrow) return undefined;
  if (at < 0) return nodes[0]?.id;
  const rowOf = (node: number): number => layout.row[node] ?? 0;
  const closest = (all: readonly number[]): string | undefined => {
    const [first] = all.toSorted((a, b) => Math.abs(rowOf(a) - rowOf(at)) - Math.abs(rowOf(b) - rowOf(at)));
    return first === undefined ? undefined : nodes[first]?.id;
  };
  if (key === "ArrowRight") return closest(layout.edges.filter(({ from }) => from === at).map(({ to }) => to));
  if (key === "ArrowLeft") return closest(layout.edges.filter(({ to }) => to === at).map(({ from }) => from));
  const isDown = key === "ArrowDown";
  const beside = nodes.flatMap((_, node) => (layout.layer[node] === layout.layer[at] && node !== at ? [node] : []));
  return closest(beside.filter((node) => (isDown ? rowOf(node) > rowOf(at) : rowOf(node) < rowOf(at))));
}
