import type { CompiledScope } from "../graph/compiled-flow.ts";
import { type ItemPath, itemPathOf } from "../ids.ts";

/** State codes as they stand in a frame's array. Numbers, since a map of 100,000 items has as many of them. */
export const PENDING = 0;
/** The engine has it: ready, queued, running, waiting to retry, deferred. */
export const ACTIVE = 1;
export const SUCCESS = 2;
export const FAILED = 3;
export const SKIPPED = 4;
export const UPSTREAM_FAILED = 5;
export const CANCELLED = 6;
/** Not part of this run: left out by its selection. Counts for its downstream as if the edge were not there. */
export const EXCLUDED = 7;

export type StateCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/**
 * The task runs of one scope instance: the top of a run (one item), or all items of one map. A task run is a **slot**:
 * `item * width + local number`. Everything is in arrays by slot, so that a slot costs bytes and not objects.
 */
export class Frame {
  readonly scope: CompiledScope;
  /** The frame and slot of the map whose items these are; undefined at the top. */
  readonly parent: { readonly frame: Frame; readonly slot: number } | undefined;
  /** Items; 1 at the top. */
  readonly count: number;
  /** Slots per item: the nodes in the scope; one that is never part of the run when there are none. */
  readonly width: number;
  readonly state: Uint8Array;
  /** How many upstreams of the slot ended in each way; `total` of them are part of the run. */
  readonly total: Uint32Array;
  readonly success: Uint32Array;
  readonly failed: Uint32Array;
  readonly skipped: Uint32Array;
  readonly upstreamFailed: Uint32Array;
  /** 1 while the branch around the slot has not taken its arm. */
  readonly gate: Uint8Array;
  /** By slot of a branch: slots of the taken arm that are not final. By any other slot: unused. */
  readonly open: Uint32Array;
  /** By item: slots outside any arm that are not final. */
  readonly openTop: Uint32Array;
  /** By item: 1 once it is final. */
  readonly ended: Uint8Array;
  /** Items not final. */
  openItems: number;
  /** Items that ended in failure. */
  failedItems = 0;
  /** By slot of a map: the frame of its items, once expanded. */
  readonly bodies = new Map<number, Frame>();

  constructor(scope: CompiledScope, parent: Frame["parent"], count: number) {
    const nodes = scope.nodes.length;
    const width = Math.max(1, nodes);
    const slots = count * width;
    this.scope = scope;
    this.parent = parent;
    this.count = count;
    this.width = width;
    this.state = new Uint8Array(slots);
    this.total = new Uint32Array(slots);
    this.success = new Uint32Array(slots);
    this.failed = new Uint32Array(slots);
    this.skipped = new Uint32Array(slots);
    this.upstreamFailed = new Uint32Array(slots);
    this.gate = new Uint8Array(slots);
    this.open = new Uint32Array(slots);
    this.openTop = new Uint32Array(count);
    this.ended = new Uint8Array(count);
    this.openItems = count;
    if (nodes === 0) this.state.fill(EXCLUDED);
    for (let slot = 0; slot < slots && nodes > 0; slot += 1) {
      const local = slot % width;
      this.total[slot] = (scope.upstream[local] as Int32Array).length;
      this.gate[slot] = scope.branchOf[local] === -1 ? 0 : 1;
    }
    this.openTop.fill(scope.top.length);
  }

  /** The node of a slot, as an index into the flow's spec. */
  nodeAt(slot: number): number {
    return this.scope.nodes[slot % this.width] as number;
  }

  itemAt(slot: number): number {
    return Math.floor(slot / this.width);
  }

  /** The item path of a slot: the path of the map around it, and its own item. */
  pathAt(slot: number): ItemPath {
    return this.parent === undefined ? ("" as ItemPath) : this.pathOfItem(this.itemAt(slot));
  }

  /** The item path of one of the frame's items. */
  pathOfItem(item: number): ItemPath {
    if (this.parent === undefined) return "" as ItemPath;
    return itemPathOf(this.parent.frame.pathAt(this.parent.slot), item);
  }
}
