import type { CompiledFlow, CompiledScope } from "../graph/compiled-flow.ts";
import { decideTrigger, type UpstreamCounts } from "../trigger-rule.ts";
import {
  ACTIVE,
  CANCELLED,
  EXCLUDED,
  FAILED,
  Frame,
  LEAF_FAILED,
  LEAF_OTHER,
  LEAF_SKIPPED,
  outcomeOfLeaves,
  PENDING,
  SKIPPED,
  SUCCESS,
  UPSTREAM_FAILED,
} from "./frame.ts";

/** How a slot can end. */
export type FinalCode =
  | typeof SUCCESS
  | typeof FAILED
  | typeof SKIPPED
  | typeof UPSTREAM_FAILED
  | typeof CANCELLED;

/** What progress tells whoever acts on it. Called while `settle`, `begin`, `expand` or `takeArm` runs. */
export interface ProgressListener {
  /** The rule says run: a task wants an attempt, a map its list, a branch its condition. */
  ready(frame: Frame, slot: number): void;
  /** Decided without running: skipped or upstream_failed. */
  decided(frame: Frame, slot: number, state: typeof SKIPPED | typeof UPSTREAM_FAILED): void;
  /**
   * All items of a map, or all of a branch's taken arm, have ended. Whoever acts must put the result together and then
   * `settle` the slot with this outcome.
   */
  complete(frame: Frame, slot: number, outcome: typeof SUCCESS | typeof FAILED | typeof SKIPPED): void;
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

  /** Takes nodes of the top out of the run, with the arms of a branch among them. Only before `begin`. */
  exclude(locals: Iterable<number>): void {
    for (const local of locals) this.#excludeOne(local);
  }

  #excludeOne(local: number): void {
    const { root } = this;
    if (root.state[local] === EXCLUDED) return;
    root.state[local] = EXCLUDED;
    if (root.scope.branchOf[local] === -1) root.openTop[0] = (root.openTop[0] as number) - 1;
    for (const to of root.scope.downstream[local] as Int32Array) root.total[to] = (root.total[to] as number) - 1;
    for (const arm of root.scope.arms[local]?.values() ?? []) for (const inner of arm) this.#excludeOne(inner);
  }

  /** Starts: everything whose rule is decided goes on. Slots that were restored keep their state. */
  begin(): void {
    this.#working = false;
    if (this.root.openTop[0] === 0) this.#endItem(this.root, 0);
    else this.#consider(this.root, 0, this.root.state.length);
    this.#work();
  }

  /** Nothing that has not begun will begin. What is active must still be settled. */
  cancelPending(): void {
    const frames = [this.root];
    for (let frame = frames.pop(); frame !== undefined; frame = frames.pop()) {
      for (let slot = 0; slot < frame.state.length; slot += 1) {
        if (frame.state[slot] === PENDING) frame.state[slot] = CANCELLED;
      }
      frames.push(...frame.bodies.values());
    }
  }

  /** A slot has ended. A slot that has ended before is left as it is: final states are final. */
  settle(frame: Frame, slot: number, state: FinalCode): void {
    const before = frame.state[slot] as number;
    if (before !== PENDING && before !== ACTIVE) return;
    this.#end(frame, slot, state);
    this.#work();
  }

  /** The map's list is known. Gives the frame of its items; with none, the map is complete at once. */
  expand(frame: Frame, slot: number, count: number): Frame {
    const body = this.flow.scopes[this.flow.bodyOf[frame.nodeAt(slot)] as number] as CompiledScope;
    const items = new Frame(body, { frame, slot }, count);
    frame.bodies.set(slot, items);
    return items;
  }

  /** Lets items `from` (included) to `to` (not) of an expanded map begin; maps are begun in chunks. */
  beginItems(items: Frame, from: number, to: number): void {
    if (items.count === 0) {
      const { frame, slot } = items.parent as NonNullable<Frame["parent"]>;
      this.#listener.complete(frame, slot, SUCCESS);
      return;
    }
    const ended: number[] = [];
    for (let item = from; item < to; item += 1) if (items.openTop[item] === 0) ended.push(item);
    for (const item of ended) this.#endItem(items, item);
    this.#consider(items, from * items.width, to * items.width);
    this.#work();
  }

  /** The branch has taken the arm (or none, with undefined): its tasks may run, those of other arms are skipped. */
  takeArm(frame: Frame, slot: number, taken: string | undefined): void {
    const base = slot - (slot % frame.width);
    const arms = frame.scope.arms[slot % frame.width];
    const chosen = taken === undefined ? undefined : arms?.get(taken);
    let open = 0;
    for (const local of chosen ?? []) {
      frame.gate[base + local] = 0;
      if (isFinal(frame.state[base + local] as number)) this.#countLeaf(frame, base + local);
      else open += 1;
    }
    frame.open[slot] = open;
    this.#closeArms(frame, slot, taken, SKIPPED);
    for (const local of chosen ?? []) this.#push(frame, base + local);
    if (open === 0) this.#listener.complete(frame, slot, outcomeOfLeaves(frame.armLeaves[slot] as number));
    this.#work();
  }

  /** Puts a slot into a state it had in a former life (after a crash, or taken from an earlier run). */
  restore(frame: Frame, slot: number, state: FinalCode | typeof ACTIVE): void {
    if (state === ACTIVE) {
      frame.state[slot] = ACTIVE;
      return;
    }
    this.#end(frame, slot, state, true);
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

  #consider(frame: Frame, from: number, to: number): void {
    for (let slot = to - 1; slot >= from; slot -= 1) {
      if (frame.state[slot] === PENDING && (frame.total[slot] === 0 || this.#touched(frame, slot))) this.#push(frame, slot);
    }
  }

  /** Some upstream has ended: only then can a rule be decided (or when there is none). */
  #touched(frame: Frame, slot: number): boolean {
    const { success, failed, skipped, upstreamFailed } = this.counts(frame, slot);
    return success + failed + skipped + upstreamFailed > 0 || this.#ruleOf(frame, slot) === "always";
  }

  #ruleOf(frame: Frame, slot: number): Parameters<typeof decideTrigger>[0] {
    return (this.flow.spec.nodes[frame.nodeAt(slot)] as (typeof this.flow.spec.nodes)[number]).triggerRule;
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
    switch (decideTrigger(this.#ruleOf(frame, slot), this.counts(frame, slot))) {
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

  #decideWithoutRunning(frame: Frame, slot: number, state: typeof SKIPPED | typeof UPSTREAM_FAILED): void {
    this.#listener.decided(frame, slot, state);
    this.#end(frame, slot, state);
  }

  #end(frame: Frame, slot: number, state: FinalCode, restoring = false): void {
    frame.state[slot] = state;
    const local = slot % frame.width;
    const base = slot - local;
    for (const to of frame.scope.downstream[local] as Int32Array) {
      this.#count(frame, base + to, state);
      if (!restoring && frame.state[base + to] === PENDING) this.#push(frame, base + to);
    }
    // The arms of a branch that ends before taking one have nothing to wait for any more.
    if (!restoring && frame.scope.arms[local] !== undefined) {
      this.#closeArms(frame, slot, undefined, state === UPSTREAM_FAILED ? UPSTREAM_FAILED : SKIPPED);
    }
    this.#roll(frame, slot, restoring);
  }

  #count(frame: Frame, slot: number, state: FinalCode): void {
    const counter =
      state === SUCCESS
        ? frame.success
        : state === SKIPPED
          ? frame.skipped
          : state === UPSTREAM_FAILED
            ? frame.upstreamFailed
            : frame.failed;
    counter[slot] = (counter[slot] as number) + 1;
  }

  /** Tells the region around the slot (a branch's arm, or the item) that it has ended. */
  #roll(frame: Frame, slot: number, restoring: boolean): void {
    const local = slot % frame.width;
    const branch = frame.scope.branchOf[local] as number;
    if (branch === -1) {
      const item = frame.itemAt(slot);
      this.#countLeaf(frame, slot);
      const open = (frame.openTop[item] as number) - 1;
      frame.openTop[item] = open;
      if (open === 0 && !restoring) this.#endItem(frame, item);
      return;
    }
    const branchSlot = slot - local + branch;
    if (frame.gate[slot] === 1 || isFinal(frame.state[branchSlot] as number)) return;
    this.#countLeaf(frame, slot);
    const open = (frame.open[branchSlot] as number) - 1;
    frame.open[branchSlot] = open;
    if (open === 0 && !restoring) {
      this.#listener.complete(frame, branchSlot, outcomeOfLeaves(frame.armLeaves[branchSlot] as number));
    }
  }

  /** Notes how a leaf of its region ended. A node whose downstream was all left out of the run is a leaf too. */
  #countLeaf(frame: Frame, slot: number): void {
    const local = slot % frame.width;
    if (frame.scope.leaf[local] === 0 && !this.#bare(frame, slot)) return;
    const state = frame.state[slot] as number;
    const bit = state === SUCCESS ? LEAF_OTHER : state === SKIPPED ? LEAF_SKIPPED : LEAF_FAILED;
    const branch = frame.scope.branchOf[local] as number;
    if (branch === -1) {
      const item = frame.itemAt(slot);
      frame.topLeaves[item] = (frame.topLeaves[item] as number) | bit;
    } else {
      const at = slot - local + branch;
      frame.armLeaves[at] = (frame.armLeaves[at] as number) | bit;
    }
  }

  #bare(frame: Frame, slot: number): boolean {
    if (frame.parent !== undefined) return false;
    for (const to of frame.scope.downstream[slot] as Int32Array) if (frame.state[to] !== EXCLUDED) return false;
    return true;
  }

  #endItem(frame: Frame, item: number): void {
    const outcome = outcomeOfLeaves(frame.topLeaves[item] as number);
    frame.openItems -= 1;
    if (outcome === FAILED) frame.failedItems += 1;
    else if (outcome === SKIPPED) frame.skippedItems += 1;
    if (frame.openItems > 0) return;
    if (frame.parent === undefined) this.#listener.finished(outcome === FAILED ? FAILED : SUCCESS);
    else {
      const all = frame.failedItems > 0 ? FAILED : SUCCESS;
      this.#listener.complete(frame.parent.frame, frame.parent.slot, all);
    }
  }

  /** Ends the tasks of all arms but the taken one. All are marked before any is told, so that none can run. */
  #closeArms(frame: Frame, slot: number, taken: string | undefined, state: typeof SKIPPED | typeof UPSTREAM_FAILED): void {
    const base = slot - (slot % frame.width);
    const closed: number[] = [];
    this.#collectArms(frame, slot, taken, closed);
    const pending = closed.filter((inner) => frame.state[inner] === PENDING);
    for (const inner of pending) frame.state[inner] = state;
    for (const inner of pending) {
      this.#listener.decided(frame, inner, state);
      for (const to of frame.scope.downstream[inner - base] as Int32Array) {
        this.#count(frame, base + to, state);
        if (frame.state[base + to] === PENDING) this.#push(frame, base + to);
      }
    }
  }

  #collectArms(frame: Frame, slot: number, taken: string | undefined, into: number[]): void {
    const base = slot - (slot % frame.width);
    const stack = [slot];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      for (const [name, locals] of frame.scope.arms[at - base] ?? []) {
        if (at === slot && name === taken) continue;
        for (const local of locals) {
          into.push(base + local);
          if (frame.scope.arms[local] !== undefined) stack.push(base + local);
        }
      }
    }
  }
}

/** Whether a slot in this state has ended, or never was part of the run. */
export function isFinal(state: number): boolean {
  return state >= SUCCESS;
}
