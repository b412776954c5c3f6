import { type Dependencies, reachOf } from "./dependencies.ts";
import type { Item, Picture } from "./picture.ts";

/** A picture, and what in it waits for what: its lines are gathered at the borders of frames. */
export interface Connected {
  readonly picture: Picture;
  readonly dependencies: Dependencies;
}

/** The items that show what an item waits for itself, or what waits for it. */
export function besideOf(
  { picture, dependencies }: Connected,
  item: number,
  side: "before" | "after",
): readonly number[] {
  const members = new Set(picture.items[item]?.members);
  const found = new Set<number>();
  for (const member of members) {
    const direction = side === "before" ? "up" : "down";
    for (const node of reachOf(dependencies, member, { direction, depth: 1 })) {
      const isTask = dependencies.endOf[node] === node;
      const shown = picture.itemOf[node] ?? -1;
      if (isTask && !members.has(node) && shown >= 0 && shown !== item) found.add(shown);
    }
  }
  return [...found];
}

/** The item that an arrow key leads to: along an edge, or up and down in a column. */
export function neighbourOf(graph: Connected, selected: number, key: string): number | undefined {
  const { picture } = graph;
  if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(key)) return undefined;
  const own = picture.items[selected];
  if (own === undefined) return picture.items.length > 0 ? 0 : undefined;
  const middleOf = ({ y, height }: Item): number => y + height / 2;
  const closest = (all: readonly number[]): number | undefined =>
    all.toSorted((a, b) => distance(picture.items[a]) - distance(picture.items[b]))[0];
  const distance = (item: Item | undefined): number =>
    item === undefined
      ? Number.POSITIVE_INFINITY
      : Math.abs(middleOf(item) - middleOf(own)) + Math.abs(item.x - own.x) / 1_000;
  if (key === "ArrowRight") return closest(besideOf(graph, selected, "after"));
  if (key === "ArrowLeft") return closest(besideOf(graph, selected, "before"));
  const isDown = key === "ArrowDown";
  const column = picture.items.flatMap((item, at) => {
    const isBeside =
      at !== selected && item.parent === own.parent && item.x < own.x + own.width && own.x < item.x + item.width;
    return isBeside && (isDown ? middleOf(item) > middleOf(own) : middleOf(item) < middleOf(own)) ? [at] : [];
  });
  // From the first in a frame up to the frame.
  return closest(column) ?? (isDown || own.parent < 0 ? undefined : own.parent);
}
