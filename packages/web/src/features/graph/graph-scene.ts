import type { FlowNode } from "../../api/shapes.ts";
import type { Dependencies } from "./dependencies.ts";
import type { NodeSummary } from "./node-summary.ts";
import { aroundOf, type Picture } from "./picture.ts";

/** Of a line: not of what is looked at, as usual, or of the way that decided how long the run took. */
export type LineLook = "dim" | "plain" | "lit";

/** All that a graph shows. */
export interface GraphScene {
  readonly picture: Picture;
  readonly nodes: readonly FlowNode[];
  readonly dependencies: Dependencies;
  /** By item; undefined where the graph is of no run. */
  readonly summaries: readonly NodeSummary[] | undefined;
  /** An item, or -1. */
  readonly selected: number;
  /** The nodes that are looked at; undefined: all. */
  readonly related: ReadonlySet<number> | undefined;
  /** The nodes whose task runs decided how long the run took, in their order. */
  readonly critical: readonly number[];
}

/** The part of a picture that is in the window. */
export interface Seen {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What is dim and what is lit, found once for each scene. */
export interface Looks {
  readonly isDim: (item: number) => boolean;
  readonly isCritical: (item: number) => boolean;
  readonly ofLine: readonly LineLook[];
}

export function looksOf({ picture, related, critical }: GraphScene): Looks {
  const shown = related === undefined ? undefined : itemsOf(picture, related);
  const marked = itemsOf(picture, critical);
  const lit = linesAlong(picture, critical);
  return {
    isDim: (item) => shown !== undefined && !shown.has(item),
    isCritical: (item) => marked.has(item),
    ofLine: picture.lines.map(({ from, to }, at) => {
      if (lit.has(at)) return "lit";
      return shown !== undefined && !(shown.has(from) && shown.has(to)) ? "dim" : "plain";
    }),
  };
}

/** The items that show nodes, and all frames around them. */
function itemsOf(picture: Picture, nodes: Iterable<number>): ReadonlySet<number> {
  const items = new Set<number>();
  for (const node of nodes) for (const item of aroundOf(picture, picture.itemOf[node] ?? -1)) items.add(item);
  return items;
}

/** The lines on the way from each node to the next: out of frames, between, and into frames. */
function linesAlong(picture: Picture, nodes: readonly number[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [at, node] of nodes.slice(1).entries()) {
    const from = new Set(aroundOf(picture, picture.itemOf[nodes[at] ?? -1] ?? -1));
    const to = new Set(aroundOf(picture, picture.itemOf[node] ?? -1));
    for (const [index, line] of picture.lines.entries()) {
      const [leaves, enters] = [from.has(line.from), to.has(line.to)];
      const isOut = leaves && !to.has(line.from) && picture.items[line.from]?.parent === line.to && from.has(line.to);
      const isIn = enters && !from.has(line.to) && picture.items[line.to]?.parent === line.from && to.has(line.from);
      const isBetween = leaves && enters && !to.has(line.from) && !from.has(line.to);
      if (isBetween || (isOut && !to.has(line.to)) || (isIn && !from.has(line.from))) found.add(index);
    }
  }
  return found;
}
