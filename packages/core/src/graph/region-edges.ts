import type { CompiledScope } from "./compiled-flow.ts";

/** The scope's edges, and one from each node in an arm to its branch, which waits for it too. */
export function edgesWithRegions(scope: CompiledScope): readonly Int32Array[] {
  return scope.downstream.map((edges, local) => {
    const branch = scope.branchOf[local] as number;
    if (branch === -1) return edges;
    const more = new Int32Array(edges.length + 1);
    more.set(edges);
    more[edges.length] = branch;
    return more;
  });
}
