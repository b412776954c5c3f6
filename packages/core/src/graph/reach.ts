/**
 * Everything that can be reached from the given nodes along the edges, themselves included: with a scope's `downstream`
 * all that waits for them, with its `upstream` all they wait for.
 */
export function reach(edges: readonly Int32Array[], from: Iterable<number>): Uint8Array {
  const reached = new Uint8Array(edges.length);
  const stack: number[] = [];
  for (const start of from) {
    if (reached[start] === 0) {
      reached[start] = 1;
      stack.push(start);
    }
  }
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    for (const to of edges[at] as Int32Array) {
      if (reached[to] === 1) continue;
      reached[to] = 1;
      stack.push(to);
    }
  }
  return reached;
}
