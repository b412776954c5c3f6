import type { GraphNode } from "./dependencies.ts";
import type { Item, Line, Picture } from "./picture.ts";

/**
 * A picture as a few arrays of numbers, which a worker hands over without a copy: one of ten thousand tasks would cost as
 * much as the layout.
 */
export interface PackedPicture {
  readonly size: readonly [width: number, height: number];
  readonly open: readonly string[];
  readonly openable: readonly string[];
  readonly itemOf: Int32Array;
  /** Of each item its place, its size, its frame, and its node if it is a task; -1 else. */
  readonly items: Float64Array;
  /** The items that are no tasks, in their order. */
  readonly containers: readonly Pick<Item, "key" | "label" | "kind" | "isOpen" | "members">[];
  /** Of each line its ends, and where its route begins and ends. */
  readonly ends: Int32Array;
  readonly routes: Float64Array;
  readonly arms: readonly (readonly [line: number, arm: string])[];
}

const OF_ITEM = 6;
const OF_LINE = 4;

export function packed({ items, lines, itemOf, width, height, open, openable }: Picture): PackedPicture {
  const numbers = new Float64Array(items.length * OF_ITEM);
  for (const [at, { x, y, width: wide, height: high, parent, kind, members }] of items.entries()) {
    numbers.set([x, y, wide, high, parent, kind === "task" ? (members[0] ?? -1) : -1], at * OF_ITEM);
  }
  const ends = new Int32Array(lines.length * OF_LINE);
  const routes = new Float64Array(lines.reduce((sum, { route }) => sum + route.length, 0));
  let start = 0;
  for (const [at, { from, to, route }] of lines.entries()) {
    ends.set([from, to, start, start + route.length], at * OF_LINE);
    routes.set(route, start);
    start += route.length;
  }
  return {
    size: [width, height],
    open,
    openable,
    itemOf: Int32Array.from(itemOf),
    items: numbers,
    containers: items.flatMap(({ key, label, kind, isOpen, members }) =>
      kind === "task" ? [] : [{ key, label, kind, isOpen, members }],
    ),
    ends,
    routes,
    arms: lines.flatMap(({ arm }, at) => (arm === undefined ? [] : [[at, arm] as const])),
  };
}

/** What may be handed over instead of being copied. */
export function transferable({ itemOf, items, ends, routes }: PackedPicture): ArrayBuffer[] {
  return [itemOf, items, ends, routes].map(({ buffer }) => buffer as ArrayBuffer);
}

export function unpacked(picture: PackedPicture, nodes: readonly GraphNode[]): Picture {
  const { size, open, openable, itemOf, items: numbers, ends, routes } = picture;
  const containers = picture.containers.values();
  const items: Item[] = [];
  for (let at = 0; at < numbers.length; at += OF_ITEM) {
    const [x = 0, y = 0, width = 0, height = 0, parent = -1, node = -1] = numbers.subarray(at, at + OF_ITEM);
    const place = { x, y, width, height, parent };
    if (node >= 0) {
      const id = nodes[node]?.id ?? "";
      items.push({ key: id, label: id, kind: "task", isOpen: undefined, members: [node], ...place });
    } else {
      const container = containers.next().value;
      if (container !== undefined) items.push({ ...container, ...place });
    }
  }
  const arms = new Map(picture.arms);
  const lines: Line[] = [];
  for (let at = 0; at < ends.length; at += OF_LINE) {
    const [from = -1, to = -1, start = 0, end = 0] = ends.subarray(at, at + OF_LINE);
    lines.push({ from, to, route: routes.subarray(start, end), arm: arms.get(at / OF_LINE) });
  }
  return { width: size[0], height: size[1], items, lines, itemOf: [...itemOf], open, openable };
}
