import type { Item, Picture } from "./picture.ts";

/** The items right before or after one; where an edge ends at a frame, what it comes from or leads to beyond. */
export function besideOf(picture: Picture, item: number, side: "before" | "after"): readonly number[] {
  const { items, lines } = picture;
  const [own, other] = side === "after" ? (["from", "to"] as const) : (["to", "from"] as const);
  const found = new Set<number>();
  const walk = (at: number, isEntered: boolean): void => {
    for (const line of lines) {
      if (line[own] !== at) continue;
      const next = line[other];
      const isInside = items[next]?.parent === at;
      if (isInside !== isEntered) continue;
      if (items[at]?.parent === next) walk(next, false);
      else if (items[next]?.isOpen === true) walk(next, true);
      else found.add(next);
    }
  };
  walk(item, false);
  if (items[item]?.isOpen === true && side === "after") walk(item, true);
  return [...found];
}

/** The item that an arrow key leads to: along an edge, or up and down in a column. */
export function neighbourOf(picture: Picture, selected: number, key: string): number | undefined {
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
  if (key === "ArrowRight") return closest(besideOf(picture, selected, "after"));
  if (key === "ArrowLeft") return closest(besideOf(picture, selected, "before"));
  const isDown = key === "ArrowDown";
  const column = picture.items.flatMap((item, at) => {
    const isBeside =
      at !== selected && item.parent === own.parent && item.x < own.x + own.width && own.x < item.x + item.width;
    return isBeside && (isDown ? middleOf(item) > middleOf(own) : middleOf(item) < middleOf(own)) ? [at] : [];
  });
  // From the first in a frame up to the frame.
  return closest(column) ?? (isDown || own.parent < 0 ? undefined : own.parent);
}
