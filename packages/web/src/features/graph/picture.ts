import { type Container, containersOf, forkOf, isOneTask, membersOf, openableIn, waysTo } from "./containers.ts";
import type { GraphNode } from "./dependencies.ts";
import type { Edge } from "./layers.ts";
import { type Layout, layoutOf } from "./layout.ts";

export interface PictureInput {
  readonly nodes: readonly GraphNode[];
  /** The containers that are open; undefined leaves it to the size of the graph. */
  readonly open: readonly string[] | undefined;
}

/** A task, a container that is closed, or the frame of one that is open. */
export interface Item {
  /** A task's name, or the key of the container. */
  readonly key: string;
  readonly label: string;
  readonly kind: "task" | "group" | "map" | "branch";
  /** Of a container that can be opened: whether it is. */
  readonly isOpen: boolean | undefined;
  /** The frame around it, or -1. */
  readonly parent: number;
  /** The nodes that it stands for, its own and those inside. */
  readonly members: readonly number[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Line {
  readonly from: number;
  readonly to: number;
  /** x and y in turn: straight, bent, straight and so on. */
  readonly route: ArrayLike<number>;
  /** The arm of a branch that begins with it. */
  readonly arm: string | undefined;
}

/** All that is drawn, and where. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** A frame comes before what is in it. */
  readonly items: readonly Item[];
  readonly lines: readonly Line[];
  /** By node: the item that shows it. */
  readonly itemOf: readonly number[];
  /** The containers that are open, and all that could be. */
  readonly open: readonly string[];
  readonly openable: readonly string[];
}

const NODE = { width: 184, height: 44 } as const;
const FRAME = { top: 32, side: 14, bottom: 14, arms: 12 } as const;
/** A frame may be so much higher than what is in it, for lines that are straight through its border. */
const STRAIGHT = 30;
/** A graph of so many tasks begins with all that can be opened open. */
const SMALL = 60;

export function pictureOf({ nodes, open: asked }: PictureInput): Picture {
  const tree = containersOf(nodes);
  const openable = openableIn(tree).map(({ key }) => key);
  const open = asked ?? (nodes.length <= SMALL ? openable : []);
  return new Painter(nodes, { tree, open: new Set(open), openable }).paint();
}

type Step = Container | number;

/** What stands in one container, laid out with its top left corner at 0. */
interface Inside {
  readonly width: number;
  readonly height: number;
  readonly children: readonly { readonly step: Step; readonly x: number; readonly y: number }[];
  readonly routes: readonly (readonly number[])[];
  readonly edges: readonly (readonly [from: Step, to: Step])[];
}

interface Plan {
  readonly tree: Container;
  readonly open: ReadonlySet<string>;
  readonly openable: readonly string[];
}

class Painter {
  readonly #nodes: readonly GraphNode[];
  readonly #plan: Plan;
  /** By container: what in it waits for what. The container itself as an end is its border. */
  readonly #edges = new Map<Container, Map<Step, Set<Step>>>();
  readonly #insides = new Map<Container, Inside>();
  readonly #items: Item[] = [];
  readonly #lines: Line[] = [];
  readonly #itemOf: number[];

  constructor(nodes: readonly GraphNode[], plan: Plan) {
    this.#nodes = nodes;
    this.#plan = plan;
    this.#itemOf = nodes.map(() => -1);
  }

  paint(): Picture {
    const { tree, open, openable } = this.#plan;
    this.#connect();
    this.#joinBorders(tree);
    const { width, height } = this.#inside(tree);
    this.#put(tree, { x: 0, y: 0, parent: -1 });
    return {
      width,
      height,
      items: this.#items,
      lines: this.#lines,
      itemOf: this.#itemOf,
      open: openable.filter((key) => open.has(key)),
      openable,
    };
  }

  #isOpen(step: Step): step is Container {
    if (typeof step === "number") return false;
    return step.kind === "flow" || (!isOneTask(step) && this.#plan.open.has(step.key));
  }

  /** What each node takes becomes an edge where the ways to both part, and one to each border in between. */
  #connect(): void {
    const { tree } = this.#plan;
    const places = new Map(this.#nodes.map(({ id }, place) => [id, place]));
    const ways = waysTo(tree, this.#nodes).map((way) => {
      const closed = way.findIndex((step) => !this.#isOpen(step));
      return closed < 0 ? way : way.slice(0, closed + 1);
    });
    for (const [place, { upstream }] of this.#nodes.entries()) {
      for (const id of upstream) {
        const [from, to] = [ways[places.get(id) ?? -1], ways[place]];
        if (from === undefined || to === undefined) continue;
        const fork = forkOf(from, to);
        const [one, other] = [from[fork], to[fork]];
        if (one === undefined || other === undefined) continue;
        const around = (fork === 0 ? tree : from[fork - 1]) as Container;
        this.#join(around, one, other);
        for (let at = fork + 1; at < from.length; at += 1) {
          this.#join(from[at - 1] as Container, from[at] as Step, from[at - 1] as Step);
        }
        for (let at = fork + 1; at < to.length; at += 1) {
          this.#join(to[at - 1] as Container, to[at - 1] as Step, to[at] as Step);
        }
      }
    }
  }

  #join(around: Container, from: Step, to: Step): void {
    const own = this.#edges.get(around) ?? new Map<Step, Set<Step>>();
    this.#edges.set(around, own);
    const known = own.get(from);
    if (known === undefined) own.set(from, new Set([to]));
    else known.add(to);
  }

  /** All in the body of a map or the arms of a branch waits for it to begin, and it ends with the last of them. */
  #joinBorders(tree: Container, isLast = true): void {
    const nexts = this.#edges.get(tree);
    for (const child of tree.children) if (this.#isOpen(child)) this.#joinBorders(child, !nexts?.has(child));
    if (tree.node === undefined) return;
    const own = this.#edges.get(tree) ?? new Map<Step, Set<Step>>();
    const waiting = new Set([...own.values()].flatMap((nexts) => [...nexts]));
    for (const child of tree.children) {
      if (!waiting.has(child)) this.#join(tree, tree, child);
      if (!isLast && !own.has(child)) this.#join(tree, child, tree);
    }
  }

  #inside(container: Container): Inside {
    const sizes = container.children.map((child) => this.#sizeOf(child));
    const places = new Map<Step, number>(container.children.map((child, place) => [child, place]));
    const edges: Edge[] = [];
    const ends: (readonly [Step, Step])[] = [];
    let first: number | undefined;
    let last: number | undefined;
    for (const [from, nexts] of this.#edges.get(container) ?? []) {
      for (const to of nexts) {
        if (from === container) first ??= sizes.push({ width: 0, height: 0 }) - 1;
        if (to === container) last ??= sizes.push({ width: 0, height: 0 }) - 1;
        const start = from === container ? first : places.get(from);
        const end = to === container ? last : places.get(to);
        if (start === undefined || end === undefined) continue;
        edges.push([start, end]);
        ends.push([from, to]);
      }
    }
    const layout = layoutOf({ sizes, edges, first, last });
    const isFlow = container.kind === "flow";
    const left = isFlow || first !== undefined ? 0 : FRAME.side;
    const right = isFlow || last !== undefined ? 0 : FRAME.side;
    const width = left + layout.width + right;
    const { top, height } = heightOf(container, layout, [first, last]);
    const inside: Inside = {
      width: isFlow ? width : Math.max(width, NODE.width),
      height,
      children: container.children.map((step, at) => ({
        step,
        x: (layout.x[at] ?? 0) + left,
        y: (layout.y[at] ?? 0) + top,
      })),
      edges: ends,
      routes: layout.routes.map((route, at) => {
        const [from, to] = ends[at] ?? [];
        const moved = route.map((value, index) => value + (index % 2 === 0 ? left : top));
        // At a border all go through its middle.
        if (from === container) moved[1] = moved[3] = height / 2;
        if (to === container) moved[moved.length - 1] = height / 2;
        return moved;
      }),
    };
    this.#insides.set(container, inside);
    return inside;
  }

  #sizeOf(step: Step): { readonly width: number; readonly height: number } {
    return this.#isOpen(step) ? this.#inside(step) : NODE;
  }

  /** Puts what is in a container where it is in the whole picture. */
  #put(
    container: Container,
    { x, y, parent }: { readonly x: number; readonly y: number; readonly parent: number },
  ): void {
    const inside = this.#insides.get(container);
    const items = new Map<Step, number>([[container, parent]]);
    for (const child of inside?.children ?? []) {
      const at = { x: x + child.x, y: y + child.y };
      const index = this.#add(child.step, { ...at, parent });
      items.set(child.step, index);
      if (this.#isOpen(child.step)) this.#put(child.step, { ...at, parent: index });
    }
    for (const [at, route] of (inside?.routes ?? []).entries()) {
      const [from, to] = inside?.edges[at] ?? [];
      if (from === undefined || to === undefined) continue;
      this.#lines.push({
        from: items.get(from) ?? -1,
        to: items.get(to) ?? -1,
        route: route.map((value, index) => value + (index % 2 === 0 ? x : y)),
        arm: from === container ? this.#armOf(to) : undefined,
      });
    }
  }

  #add(step: Step, at: { readonly x: number; readonly y: number; readonly parent: number }): number {
    const isOpen = this.#isOpen(step);
    const size = isOpen ? (this.#insides.get(step) ?? NODE) : NODE;
    const place = { ...at, width: size.width, height: size.height };
    const index = this.#items.length;
    if (typeof step === "number") {
      this.#items.push({
        key: this.#nodes[step]?.id ?? "",
        label: this.#nodes[step]?.id ?? "",
        kind: "task",
        isOpen: undefined,
        members: [step],
        ...place,
      });
      this.#itemOf[step] = index;
      return index;
    }
    const members = membersOf(step);
    // What can be opened goes by its key. A map of one task goes by the name that the flow gave it.
    const [key, openness] = isOneTask(step) ? [step.label, undefined] : [step.key, isOpen];
    this.#items.push({ key, label: step.label, kind: kindOf(step), isOpen: openness, members, ...place });
    for (const member of members) this.#itemOf[member] = index;
    return index;
  }

  #armOf(step: Step): string | undefined {
    const [node] = typeof step === "number" ? [step] : step.node === undefined ? membersOf(step) : [step.node];
    return this.#nodes[node ?? -1]?.arm?.name;
  }
}

/** With room for the name above; and with what leaves and enters it at its middle, where that takes little. */
function heightOf(
  { kind }: Container,
  layout: Layout,
  borders: readonly (number | undefined)[],
): { readonly top: number; readonly height: number } {
  if (kind === "flow") return { top: 0, height: layout.height };
  const top = FRAME.top + (kind === "branch" ? FRAME.arms : 0);
  const [row] = borders.flatMap((border) => layout.y[border ?? -1] ?? []);
  const least = { top, height: top + layout.height + FRAME.bottom };
  if (row === undefined) return least;
  const [above, below] = [top + row, layout.height - row + FRAME.bottom];
  if (Math.abs(above - below) > STRAIGHT) return least;
  return { top: Math.max(above, below) - row, height: 2 * Math.max(above, below) };
}

function kindOf({ kind }: Container): Item["kind"] {
  return kind === "flow" ? "group" : kind;
}

/** The item and all frames around it, from the inside out. */
export function aroundOf({ items }: Picture, item: number): number[] {
  const around: number[] = [];
  for (let at = item; at >= 0; at = items[at]?.parent ?? -1) around.push(at);
  return around;
}

/** Which item shows what a name says: a task, a container, or one that is inside of what is closed. */
export function itemNamed(picture: Picture, nodes: readonly GraphNode[], name: string | undefined): number {
  if (name === undefined) return -1;
  const own = picture.items.findIndex(({ key }) => key === name);
  if (own >= 0) return own;
  return picture.itemOf[nodes.findIndex(({ id }) => id === name)] ?? -1;
}
