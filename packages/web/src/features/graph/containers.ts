import { type GraphNode, regionOf } from "./dependencies.ts";

/** Tasks that belong together: those of a group, the body of a map, the arms of a branch. */
export interface Container {
  /** In addresses: `load/`, `airport[]`, `publish?`. Empty for the flow itself. */
  readonly key: string;
  readonly label: string;
  readonly kind: "flow" | "group" | "map" | "branch";
  /** Of a map or a branch: its own node. */
  readonly node: number | undefined;
  readonly children: (Container | number)[];
}

/** The name of the container that a map or a branch is. */
function regionKey({ id, kind }: GraphNode): string {
  return kind === "map" ? `${id}[]` : `${id}?`;
}

/**
 * What stands in what. Groups are the beginnings of names (`load/orders`), which the authoring of groups makes so. A
 * group of one is none, and neither is one that would wait for itself: there, its tasks stand where it would.
 */
export function containersOf(nodes: readonly GraphNode[]): Container {
  const refused = new Set<string>();
  for (;;) {
    const tree = new TreeBuilder(nodes, refused).build();
    const before = refused.size;
    for (const key of tangledIn(nodes, tree)) refused.add(key);
    if (refused.size === before) return simplified(tree);
  }
}

class TreeBuilder {
  readonly #nodes: readonly GraphNode[];
  readonly #refused: ReadonlySet<string>;
  readonly #root: Container = {
    key: "",
    label: "",
    kind: "flow",
    node: undefined,
    children: [],
  };
  readonly #known = new Map<string, Container>([["", this.#root]]);
  readonly #places: ReadonlyMap<string, number>;

  constructor(nodes: readonly GraphNode[], refused: ReadonlySet<string>) {
    this.#nodes = nodes;
    this.#refused = refused;
    this.#places = new Map(nodes.map(({ id }, place) => [id, place]));
  }

  build(): Container {
    for (const [place, node] of this.#nodes.entries()) {
      const around = this.#around(node);
      if (node.kind === "task") around.children.push(place);
      else this.#make(regionKey(node), node.id, { kind: node.kind, around, node: place });
    }
    return this.#root;
  }

  #around(node: GraphNode): Container {
    const region = this.#nodes[this.#places.get(regionOf(node) ?? "") ?? -1];
    let at = this.#root;
    let own = "";
    if (region !== undefined) {
      at = this.#known.get(regionKey(region)) ?? this.#around(region);
      own = region.kind === "map" ? `${region.id}[]/` : folderOf(region.id);
    }
    const folder = folderOf(node.id);
    const rest = folder.startsWith(own) ? folder.slice(own.length) : "";
    let key = own;
    for (const name of rest.split("/").slice(0, -1)) {
      key += `${name}/`;
      if (this.#refused.has(key)) continue;
      at = this.#known.get(key) ?? this.#make(key, key.slice(0, -1), { kind: "group", around: at, node: undefined });
    }
    return at;
  }

  #make(
    key: string,
    label: string,
    { around, ...rest }: Pick<Container, "kind" | "node"> & { readonly around: Container },
  ): Container {
    const made: Container = { key, label, ...rest, children: [] };
    this.#known.set(key, made);
    around.children.push(made);
    return made;
  }
}

/** `load/` of `load/orders`. */
function folderOf(id: string): string {
  return id.slice(0, id.lastIndexOf("/") + 1);
}

/** Groups of fewer than two stand for what is in them. */
function simplified(container: Container): Container {
  const children = container.children.map((child) => {
    if (typeof child === "number") return child;
    const own = simplified(child);
    const [only, ...others] = own.children;
    return own.kind === "group" && only !== undefined && others.length === 0 ? only : own;
  });
  return { ...container, children };
}

/** For each node and each container, all that is around it, from the outside in; and itself at the end. */
export function waysTo(tree: Container, nodes: readonly GraphNode[]): (Container | number)[][] {
  const ways: (Container | number)[][] = nodes.map(() => []);
  const walk = (container: Container, around: readonly (Container | number)[]): void => {
    const way = container.kind === "flow" ? [] : [...around, container];
    if (container.node !== undefined) ways[container.node] = way;
    for (const child of container.children) {
      if (typeof child === "number") ways[child] = [...way, child];
      else walk(child, way);
    }
  };
  walk(tree, []);
  return ways;
}

/** Where two ways part. */
export function forkOf<Step>(one: readonly Step[], other: readonly Step[]): number {
  let at = 0;
  while (at < one.length && at < other.length && one[at] === other[at]) at += 1;
  return at;
}

/** The groups that would wait for themselves, if they were one task each. */
function tangledIn(nodes: readonly GraphNode[], tree: Container): string[] {
  if (!hasGroups(tree)) return [];
  const places = new Map(nodes.map(({ id }, place) => [id, place]));
  const ways = waysTo(tree, nodes);
  const after = new Map<Container | number, Set<Container | number>>();
  for (const [to, { upstream }] of nodes.entries()) {
    for (const id of upstream) {
      const [one, other] = [ways[places.get(id) ?? -1] ?? [], ways[to] ?? []];
      const fork = forkOf(one, other);
      const [from, next] = [one[fork], other[fork]];
      if (from === undefined || next === undefined) continue;
      const known = after.get(from);
      if (known === undefined) after.set(from, new Set([next]));
      else known.add(next);
    }
  }
  return ringOf(after).flatMap((step) => (typeof step !== "number" && step.kind === "group" ? [step.key] : []));
}

function hasGroups({ children }: Container): boolean {
  return children.some((child) => typeof child !== "number" && (child.kind === "group" || hasGroups(child)));
}

/** What is left when all that is in no ring, before or behind one, is taken away; empty where there is none. */
function ringOf<Step>(after: ReadonlyMap<Step, ReadonlySet<Step>>): Step[] {
  const left = new Set<Step>(after.keys());
  for (const nexts of after.values()) for (const next of nexts) left.add(next);
  const before = new Map<Step, Step[]>();
  for (const [from, nexts] of after) {
    for (const next of nexts) {
      const known = before.get(next);
      if (known === undefined) before.set(next, [from]);
      else known.push(from);
    }
  }
  const peel = (towards: (step: Step) => Iterable<Step>, away: (step: Step) => Iterable<Step>): void => {
    const missing = new Map([...left].map((step) => [step, [...away(step)].filter((each) => left.has(each)).length]));
    const ready = [...left].filter((step) => missing.get(step) === 0);
    for (const step of ready) {
      left.delete(step);
      for (const next of towards(step)) {
        const count = (missing.get(next) ?? 0) - 1;
        missing.set(next, count);
        if (count === 0) ready.push(next);
      }
    }
  };
  const nextsOf = (step: Step): Iterable<Step> => after.get(step) ?? [];
  const lastsOf = (step: Step): Iterable<Step> => before.get(step) ?? [];
  peel(nextsOf, lastsOf);
  peel(lastsOf, nextsOf);
  return [...left];
}

/** All nodes in a container, its own too. */
export function membersOf(container: Container): number[] {
  const members = container.node === undefined ? [] : [container.node];
  for (const child of container.children) {
    if (typeof child === "number") members.push(child);
    else members.push(...membersOf(child));
  }
  return members;
}

/** A map of a single task is that task, as often as there are items: nothing to open. */
export function isOneTask({ kind, children }: Container): boolean {
  return kind === "map" && (children.length === 0 || (children.length === 1 && typeof children[0] === "number"));
}

/** All that can be opened. */
export function openableIn(tree: Container): Container[] {
  return tree.children.flatMap((child) =>
    typeof child === "number" || isOneTask(child) ? [] : [child, ...openableIn(child)],
  );
}
