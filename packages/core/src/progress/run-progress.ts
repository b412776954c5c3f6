import { type CompiledFlow, type CompiledScope, NO_NODES } from "../graph/compiled-flow.ts";
import type { NodeSpec } from "../spec/flow-spec.ts";
import { decideTrigger, type UpstreamCounts } from "../trigger-rule.ts";
import { ACTIVE, CANCELLED, EXCLUDED, FAILED, Frame, PENDING, SKIPPED, SUCCESS, UPSTREAM_FAILED } from "./frame.ts";
import { outcomeOfArm, outcomeOfItem, type RegionOutcome } from "./region-outcome.ts";

/** How a slot can end. */
export type FinalCode = typeof SUCCESS | typeof FAILED | typeof SKIPPED | typeof UPSTREAM_FAILED | typeof CANCELLED;

/** Decided without running. */
type DecidedCode = typeof SKIPPED | typeof UPSTREAM_FAILED;

/**
 * What progress tells whoever acts on it. Called while `settle`, `begin`, `beginItems` or `takeArm` runs, and may call
 * these in turn. After `cancelPending` it is told nothing any more.
 */
export interface ProgressListener {
  /** The rule says run: a task wants an attempt, a map its list, a branch its condition. */
  ready(frame: Frame, slot: number): void;
  /** Decided without running: skipped or upstream_failed. */
  decided(frame: Frame, slot: number, state: DecidedCode): void;
  /**
   * All items of a map, or all of a branch's taken arm, have ended. Whoever acts must put the result together and then
   * `settle` the slot with this outcome.
   */
  complete(frame: Frame, slot: number, outcome: RegionOutcome): void;
  /** Every node has ended. */
  finished(outcome: typeof SUCCESS | typeof FAILED): void;
}

/**
 * How far a run is: which task runs have ended, and which are ready because of it. Readiness is counted: ending a task
 * run costs its out-degree. Nothing here recurses, so a chain of 100,000 skipped tasks is no deeper than one.
 */
export class RunProgress {
  readonly flow: CompiledFlow;
  readonly root: Frame;
  readonly #listener: ProgressListener;
  /** Slots whose counters changed and that may be decided now; used as a stack of pairs. */
  readonly #frames: Frame[] = [];
  readonly #slots: number[] = [];
  /** True while slots are being decided, and from the start until `begin`, while former states are put back. */
  #working = true;
  #cancelled = false;
  /** Reused for each decision, so that deciding allocates nothing. */
  readonly #counts: { -readonly [Field in keyof UpstreamCounts]: number } = {
    total: 0,
    success: 0,
    failed: 0,
    skipped: 0,
    upstreamFailed: 0,
  };

  constructor(flow: CompiledFlow, listener: ProgressListener) {
    this.flow = flow;
    this.#listener = listener;
    this.root = new Frame(flow.scopes[0] as CompiledScope, undefined, 1);
  }

  /**
   * Takes nodes of the top out of the run, with the arms of a branch among them. Only before `begin`; what was restored
   * stays.
   */
  exclude(locals: Iterable<number>): void {
    for (const local of locals) this.#excludeOne(local);
  }

  #excludeOne(local: number): void {
    const { root } = this;
    if (root.state[local] !== PENDING) return;
    root.state[local] = EXCLUDED;
    if (root.scope.branchOf[local] === -1) root.openTop[0] = (root.openTop[0] as number) - 1;
    for (const to of root.scope.downstream[local] as Int32Array) root.total[to] = (root.total[to] as number) - 1;
    for (const arm of root.scope.arms[local]?.values() ?? []) for (const inner of arm) this.#excludeOne(inner);
  }

  /** Starts: everything whose rule is decided goes on. Slots that were restored keep their state. */
  begin(): void {
    this.#working = false;
    this.#begin(this.root, 0, 1);
  }

  /** Nothing that has not begun will begin. What is active must still be settled. */
  cancelPending(): void {
    this.#cancelled = true;
    const frames = [this.root];
    for (let frame = frames.pop(); frame !== undefined; frame = frames.pop()) {
      cancelIn(frame);
      for (const items of frame.bodies.values()) frames.push(items);
    }
  }

  /** A slot has ended. A slot that has ended before is left as it is: final states are final. */
  settle(frame: Frame, slot: number, state: FinalCode): void {
    if (isFinal(frame.state[slot] as number)) return;
    this.#end(frame, slot, state);
    this.#work();
  }

  /** The map's list is known. Gives the frame of its items, which begin with `beginItems`. */
  expand(frame: Frame, slot: number, count: number): Frame {
    const body = this.flow.scopes[this.flow.bodyOf[frame.nodeAt(slot)] as number] as CompiledScope;
    const items = new Frame(body, { frame, slot }, count);
    frame.bodies.set(slot, items);
    if (this.#cancelled) cancelIn(items);
    return items;
  }

  /**
   * Lets items `from` (included) to `to` (not) of an expanded map begin; maps are begun in chunks. A map without items
   * is complete at once.
   */
  beginItems(items: Frame, from: number, to: number): void {
    this.#begin(items, from, to);
    if (items.count > 0) return;
    const { frame, slot } = items.parent as NonNullable<Frame["parent"]>;
    this.#complete(frame, slot, SUCCESS);
  }

  /** The branch has taken the arm (or none, with undefined): its tasks may run, those of other arms are skipped. */
  takeArm(frame: Frame, slot: number, taken: string | undefined): void {
    if (this.#cancelled) return;
    const local = slot % frame.width;
    const base = slot - local;
    const chosen = (taken === undefined ? undefined : frame.scope.arms[local]?.get(taken)) ?? NO_NODES;
    let open = 0;
    for (const inner of chosen) {
      frame.gate[base + inner] = 0;
      if (!isFinal(frame.state[base + inner] as number)) open += 1;
    }
    frame.open[slot] = open;
    this.#closeArms(frame, slot, SKIPPED);
    for (const inner of chosen) this.#push(frame, base + inner);
    if (open === 0) this.#complete(frame, slot, outcomeOfArm(frame, slot));
    this.#work();
  }

  /**
   * Puts a slot into a state it had in a former life (after a crash, or taken from an earlier run). Tells nobody. Before
   * `begin`, or for items before `beginItems`; a map or branch before what is in it.
   */
  restore(frame: Frame, slot: number, state: FinalCode | typeof ACTIVE): void {
    if (frame.state[slot] !== PENDING) return;
    frame.state[slot] = state;
    if (state === ACTIVE) return;
    this.#count(frame, slot, state);
    this.#leaveRegion(frame, slot);
  }

  /** How the upstreams of a slot have ended so far; valid until the next call. */
  counts(frame: Frame, slot: number): UpstreamCounts {
    const counts = this.#counts;
    counts.total = frame.total[slot] as number;
    counts.success = frame.success[slot] as number;
    counts.failed = frame.failed[slot] as number;
    counts.skipped = frame.skipped[slot] as number;
    counts.upstreamFailed = frame.upstreamFailed[slot] as number;
    return counts;
  }

  #begin(frame: Frame, from: number, to: number): void {
    if (this.#cancelled) return;
    for (let item = from; item < to; item += 1) if (frame.openTop[item] === 0) this.#endItem(frame, item);
    // Backwards, since they are taken from the end.
    for (let slot = to * frame.width - 1; slot >= from * frame.width; slot -= 1) {
      if (frame.state[slot] === PENDING) this.#push(frame, slot);
    }
    this.#work();
  }

  #push(frame: Frame, slot: number): void {
    this.#frames.push(frame);
    this.#slots.push(slot);
  }

  /** Decides slots until none is left. A call from inside a listener leaves the work to the loop that is running. */
  #work(): void {
    if (this.#working) return;
    this.#working = true;
    try {
      for (let slot = this.#slots.pop(); slot !== undefined; slot = this.#slots.pop()) {
        this.#decide(this.#frames.pop() as Frame, slot);
      }
    } finally {
      this.#working = false;
    }
  }

  #decide(frame: Frame, slot: number): void {
    if (frame.state[slot] !== PENDING || frame.gate[slot] === 1) return;
    const { triggerRule } = this.flow.spec.nodes[frame.nodeAt(slot)] as NodeSpec;
    switch (decideTrigger(triggerRule, this.counts(frame, slot))) {
      case "WAIT":
        return;
      case "RUN":
        frame.state[slot] = ACTIVE;
        this.#listener.ready(frame, slot);
        return;
      case "SKIPPED":
        this.#decideWithoutRunning(frame, slot, SKIPPED);
        return;
      case "UPSTREAM_FAILED":
        this.#decideWithoutRunning(frame, slot, UPSTREAM_FAILED);
        return;
    }
  }

  #decideWithoutRunning(frame: Frame, slot: number, state: DecidedCode): void {
    this.#listener.decided(frame, slot, state);
    this.#end(frame, slot, state);
  }

  #end(frame: Frame, slot: number, state: FinalCode): void {
    frame.state[slot] = state;
    if (this.#cancelled) return;
    const local = slot % frame.width;
    this.#count(frame, slot, state);
    for (const to of frame.scope.downstream[local] as Int32Array) this.#push(frame, slot - local + to);
    // The arms of a branch that ends before taking one have nothing to wait for any more.
    this.#closeArms(frame, slot, state === UPSTREAM_FAILED ? UPSTREAM_FAILED : SKIPPED);
    if (this.#leaveRegion(frame, slot) > 0) return;
    const branch = frame.scope.branchOf[local] as number;
    if (branch === -1) this.#endItem(frame, frame.itemAt(slot));
    else this.#complete(frame, slot - local + branch, outcomeOfArm(frame, slot - local + branch));
  }

  /** Lets those who wait for the slot know how it ended. */
  #count(frame: Frame, slot: number, state: FinalCode): void {
    const local = slot % frame.width;
    const counter = counterOf(frame, state);
    for (const to of frame.scope.downstream[local] as Int32Array) {
      counter[slot - local + to] = (counter[slot - local + to] as number) + 1;
    }
  }

  /** Takes a slot that has ended off its region, the arm or the item. Gives how many in that have not ended. */
  #leaveRegion(frame: Frame, slot: number): number {
    const branch = frame.scope.branchOf[slot % frame.width] as number;
    // An arm that has not been taken is not waited for, and nothing in it has been counted.
    if (branch !== -1 && frame.gate[slot] === 1) return Number.POSITIVE_INFINITY;
    const open = branch === -1 ? frame.openTop : frame.open;
    const at = branch === -1 ? frame.itemAt(slot) : slot - (slot % frame.width) + branch;
    const left = (open[at] as number) - 1;
    open[at] = left;
    return left;
  }

  #endItem(frame: Frame, item: number): void {
    // One whose last slot ended before it was to begin (in a run that was restored) has been counted.
    if (frame.ended[item] === 1) return;
    frame.ended[item] = 1;
    frame.openItems -= 1;
    if (outcomeOfItem(frame, item) === FAILED) frame.failedItems += 1;
    if (frame.openItems > 0) return;
    const all = frame.failedItems > 0 ? FAILED : SUCCESS;
    if (frame.parent === undefined) this.#listener.finished(all);
    else this.#complete(frame.parent.frame, frame.parent.slot, all);
  }

  /** A region that has been settled by itself is not completed again by what was left running in it. */
  #complete(frame: Frame, slot: number, outcome: RegionOutcome): void {
    if (!this.#cancelled && frame.state[slot] === ACTIVE) this.#listener.complete(frame, slot, outcome);
  }

  /**
   * Ends what waits in a branch's arms for being taken, in branches within them too. All are marked before any is told,
   * so that none can run.
   */
  #closeArms(frame: Frame, slot: number, state: DecidedCode): void {
    const local = slot % frame.width;
    if (frame.scope.arms[local] === undefined) return;
    const base = slot - local;
    const closed: number[] = [];
    const stack = [local];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      for (const arm of frame.scope.arms[at]?.values() ?? []) {
        // A branch that goes on has taken this one.
        if (frame.state[slot] === ACTIVE && frame.gate[base + (arm[0] as number)] === 0) continue;
        for (const inner of arm) {
          stack.push(inner);
          if (frame.state[base + inner] === PENDING) closed.push(base + inner);
        }
      }
    }
    for (const inner of closed) frame.state[inner] = state;
    for (const inner of closed) this.#listener.decided(frame, inner, state);
  }
}

function cancelIn({ state }: Frame): void {
  for (let slot = 0; slot < state.length; slot += 1) if (state[slot] === PENDING) state[slot] = CANCELLED;
}

function counterOf(frame: Frame, state: FinalCode): Uint32Array {
  switch (state) {
    case SUCCESS:
      return frame.success;
    case SKIPPED:
      return frame.skipped;
    case UPSTREAM_FAILED:
      return frame.upstreamFailed;
    case FAILED:
    case CANCELLED:
      return frame.failed;
  }
}

/** Whether a slot in this state has ended, or never was part of the run. */
export function isFinal(state: number): boolean {
  return state >= SUCCESS;
}
