/** A circle in the graph as its nodes in order, or undefined. Depth first without recursion, so depth is no limit. */
export function findCycle(downstream: readonly Int32Array[]): readonly number[] | undefined {
  const OPEN = 1;
  const DONE = 2;
  const mark = new Uint8Array(downstream.length);
  const next = new Uint32Array(downstream.length);
  const path: number[] = [];
  for (let root = 0; root < downstream.length; root += 1) {
    if (mark[root] === 0) path.push(root);
    while (path.length > 0) {
      const at = path[path.length - 1] as number;
      mark[at] = OPEN;
      const edges = downstream[at] as Int32Array;
      const edge = next[at] as number;
      if (edge === edges.length) {
        mark[at] = DONE;
        path.pop();
        continue;
      }
      next[at] = edge + 1;
      const to = edges[edge] as number;
      if (mark[to] === OPEN) return path.slice(path.indexOf(to));
      if (mark[to] === 0) path.push(to);
    }
  }
  return undefined;
}
