import type { FlowSpec, NodeSpec } from "../spec/flow-spec.ts";
import { type CompiledFlow, type CompiledScope, NO_NODES } from "./compiled-flow.ts";

/** A checked flow, and by node the nodes of the same scope that wait for it. */
interface Graph {
  readonly spec: FlowSpec;
  readonly waiting: readonly ReadonlySet<number>[];
  readonly localOf: Int32Array;
}

/** The nodes of one scope, in the order of their local numbers. */
interface Members {
  readonly index: number;
  readonly map: number;
  readonly nodes: number[];
}

/** Sorts nodes into scopes and numbers them there. A map stands before its body in the spec, and a branch before its arms. */
export function buildScopes(spec: FlowSpec, waiting: readonly ReadonlySet<number>[]): CompiledFlow {
  const count = spec.nodes.length;
  const scopeOf = new Int32Array(count);
  const localOf = new Int32Array(count);
  const bodyOf = new Int32Array(count).fill(-1);
  const members: Members[] = [{ index: 0, map: -1, nodes: [] }];
  for (const [node, { map, kind }] of spec.nodes.entries()) {
    const scope = map === null ? 0 : (bodyOf[map] as number);
    const { nodes } = members[scope] as Members;
    scopeOf[node] = scope;
    localOf[node] = nodes.length;
    nodes.push(node);
    if (kind !== "map") continue;
    bodyOf[node] = members.length;
    members.push({ index: members.length, map: node, nodes: [] });
  }
  const scopes = members.map((scope) => buildScope({ spec, waiting, localOf }, scope));
  return { spec, scopes, scopeOf, localOf, bodyOf };
}

function buildScope(graph: Graph, { index, map, nodes }: Members): CompiledScope {
  const specs = nodes.map((node) => graph.spec.nodes[node] as NodeSpec);
  const downstream = nodes.map((node) => {
    const waiting = graph.waiting[node] as ReadonlySet<number>;
    return waiting.size === 0 ? NO_NODES : Int32Array.from(waiting, (other) => graph.localOf[other] as number);
  });
  const branchOf = Int32Array.from(specs, ({ arm }) => (arm === null ? -1 : (graph.localOf[arm.branch] as number)));
  return {
    index,
    map,
    nodes: Int32Array.from(nodes),
    downstream,
    upstream: reversed(downstream),
    branchOf,
    arms: armsOf(specs, branchOf),
    top: Int32Array.from(specs.keys().filter((local) => branchOf[local] === -1)),
    leaf: Uint8Array.from(downstream, (edges, local) => (isLeaf(edges, branchOf, local) ? 1 : 0)),
  };
}

function reversed(downstream: readonly Int32Array[]): readonly Int32Array[] {
  const counts = new Uint32Array(downstream.length);
  for (const edges of downstream) for (const to of edges) counts[to] = (counts[to] as number) + 1;
  const upstream = Array.from(counts, (count) => (count === 0 ? NO_NODES : new Int32Array(count)));
  const filled = new Uint32Array(downstream.length);
  for (const [from, edges] of downstream.entries()) {
    for (const to of edges) {
      const place = filled[to] as number;
      (upstream[to] as Int32Array)[place] = from;
      filled[to] = place + 1;
    }
  }
  return upstream;
}

function armsOf(specs: readonly NodeSpec[], branchOf: Int32Array): CompiledScope["arms"] {
  const arms = specs.map((): Map<string, number[]> | undefined => undefined);
  for (const [local, { arm }] of specs.entries()) {
    if (arm === null) continue;
    const branch = branchOf[local] as number;
    const byName = arms[branch] ?? new Map<string, number[]>();
    arms[branch] = byName;
    const inArm = byName.get(arm.name);
    if (inArm === undefined) byName.set(arm.name, [local]);
    else inArm.push(local);
  }
  return arms.map((byName) => byName && new Map(byName.entries().map(([name, list]) => [name, Int32Array.from(list)])));
}

/** Edges into a deeper arm do not count: that arm's branch stands in the same region and hands the outcome on. */
function isLeaf(edges: Int32Array, branchOf: Int32Array, local: number): boolean {
  return edges.every((to) => branchOf[to] !== branchOf[local]);
}
