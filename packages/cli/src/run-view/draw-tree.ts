import type { Style } from "../output/style.ts";
import type { TreeItem } from "./flow-tree.ts";

/** A tree with its branches drawn, a line for each item. */
export function drawTree(items: readonly TreeItem[], textOf: (item: TreeItem) => string, style: Style): string[] {
  const draw = (inside: readonly TreeItem[], prefix: string): string[] =>
    inside.flatMap((item, index) => {
      const last = index === inside.length - 1;
      const line = `${style.dim(`${prefix}${last ? "└─" : "├─"}`)} ${textOf(item)}`;
      return [line, ...draw(item.children, `${prefix}${last ? "   " : "│  "}`)];
    });
  return draw(items, "");
}
