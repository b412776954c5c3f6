import { containersOf, isOneTask, membersOf, openableIn, waysTo } from "./containers.ts";
import { type Direction, dependenciesOf, type GraphNode, reachOf } from "./dependencies.ts";

/** What of a graph's view is in the address. */
export interface GraphAddress {
  /** What is selected: a task, or a container by its key. */
  readonly task?: string | undefined;
  /** The containers that are open, or `none` or `all`; undefined leaves it to the size of the graph. */
  readonly open?: string[] | undefined;
  /** Only what comes before or after this task is shown. */
  readonly root?: string | undefined;
  readonly around?: Direction | undefined;
  /** So many tasks away at most. */
  readonly depth?: number | undefined;
  /** Whether the way is marked that decided how long the run took. */
  readonly path?: "critical" | undefined;
}

/** The containers that an address has open. Keys end in `/`, `[]` or `?`, so that these two words are none. */
export function openIn({ open }: GraphAddress, nodes: readonly GraphNode[]): readonly string[] | undefined {
  if (open?.includes("all")) return openableIn(containersOf(nodes)).map(({ key }) => key);
  return open?.filter((key) => key !== "none");
}

export function openAddress(open: readonly string[]): string[] {
  return open.length === 0 ? ["none"] : [...open];
}

/** The nodes that an address shows: all, or those around one. */
export function shownIn<Node extends GraphNode>(
  { root, around, depth }: GraphAddress,
  nodes: readonly Node[],
): readonly Node[] {
  const members = around === undefined ? [] : membersNamed(nodes, root);
  if (around === undefined || members.length === 0) return nodes;
  const dependencies = dependenciesOf(nodes);
  const shown = new Set<number>();
  for (const member of members) {
    const reached = reachOf(dependencies, member, { direction: around, ...(depth === undefined ? {} : { depth }) });
    for (const node of reached) shown.add(node);
  }
  return nodes.filter((_, place) => shown.has(place));
}

/** The nodes that a name stands for: a task, all in a container, or a map and the task that it repeats. */
export function membersNamed(nodes: readonly GraphNode[], name: string | undefined): readonly number[] {
  if (name === undefined) return [];
  const place = nodes.findIndex(({ id }) => id === name);
  if (nodes[place]?.kind === "task" && nodes[place]?.map === null) return [place];
  const tree = containersOf(nodes);
  for (const way of waysTo(tree, nodes)) {
    for (const step of way) {
      if (typeof step === "number") continue;
      const isNamed = step.key === name || (step.node === place && place >= 0);
      const isRepeated = isOneTask(step) && place >= 0 && step.children.includes(place);
      if (isNamed || isRepeated) return membersOf(step);
    }
  }
  return place < 0 ? [] : [place];
}

/** What has to be open for a task to be seen, beside what is open. */
export function openFor(nodes: readonly GraphNode[], id: string, open: readonly string[]): readonly string[] {
  const place = nodes.findIndex((node) => node.id === id);
  const around = (waysTo(containersOf(nodes), nodes)[place] ?? []).flatMap((step) =>
    typeof step === "number" || isOneTask(step) || step.node === place ? [] : [step.key],
  );
  return [...new Set([...open, ...around])];
}
