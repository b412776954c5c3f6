import type { FlowSpec } from "../spec/flow-spec.ts";

/**
 * A flow's graph, made ready for counting: a scope for the top and one for the body of each map, each with its nodes
 * numbered from 0 and its edges as arrays of those numbers. Immutable, shared by all runs of a version.
 */
export interface CompiledFlow {
  readonly spec: FlowSpec;
  /** The top is scope 0. */
  readonly scopes: readonly CompiledScope[];
  /** By node: the scope it stands in. */
  readonly scopeOf: Int32Array;
  /** By node: its number within that scope. */
  readonly localOf: Int32Array;
  /** By map node: the scope of its body; -1 for other nodes. */
  readonly bodyOf: Int32Array;
}

export interface CompiledScope {
  readonly index: number;
  /** The map node whose body this is; -1 at the top. */
  readonly map: number;
  /** By local number: the node's index in the spec. */
  readonly nodes: Int32Array;
  /** By local number: those that wait for it. Each edge once. */
  readonly downstream: readonly Int32Array[];
  /** By local number: those it waits for. */
  readonly upstream: readonly Int32Array[];
  /** By local number: the branch in whose arm it stands (the innermost), or -1. */
  readonly branchOf: Int32Array;
  /** By local number of a branch: its arms. Undefined for other nodes. */
  readonly arms: readonly (ReadonlyMap<string, Int32Array> | undefined)[];
  /** Those outside any arm; they decide how the scope ends. */
  readonly top: Int32Array;
  /** By local number: 1 when nothing in its own region (the arm, or the scope's top) waits for it. */
  readonly leaf: Uint8Array;
}

/** No edges. One array for all, since most leaves have none. */
export const NO_NODES = new Int32Array(0);
