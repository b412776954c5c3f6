import { EXCLUDED, FAILED, type Frame, SKIPPED, SUCCESS } from "./frame.ts";

/** How an item of a map, an arm, or all of a run can come out. */
export type RegionOutcome = typeof SUCCESS | typeof FAILED | typeof SKIPPED;

/** How an item (at the top: the run) comes out, once all in it have ended. */
export function outcomeOfItem(frame: Frame, item: number): RegionOutcome {
  return outcomeOfLeaves(frame, item * frame.width, frame.scope.top);
}

/** How a branch comes out, once all in the arm that it has taken have ended. With nothing in it, well. */
export function outcomeOfArm(frame: Frame, slot: number): RegionOutcome {
  const local = slot % frame.width;
  const base = slot - local;
  for (const arm of frame.scope.arms[local]?.values() ?? []) {
    if (frame.gate[base + (arm[0] as number)] === 0) return outcomeOfLeaves(frame, base, arm);
  }
  return SUCCESS;
}

/**
 * Failed when a leaf did not end well; skipped when all were skipped; else success. Looked at once, at the end, and not
 * counted on the way: what is a leaf depends on what is left out of the run, which may be known later than how some
 * have ended.
 */
function outcomeOfLeaves(frame: Frame, base: number, locals: Int32Array): RegionOutcome {
  let leaves = 0;
  let skipped = 0;
  for (const local of locals) {
    const state = frame.state[base + local];
    if (state === EXCLUDED || !isLeaf(frame, base, local)) continue;
    leaves += 1;
    if (state === SKIPPED) skipped += 1;
    else if (state !== SUCCESS) return FAILED;
  }
  return leaves > 0 && skipped === leaves ? SKIPPED : SUCCESS;
}

/** A node is a leaf too when all that waits for it in its own region was left out of the run. */
function isLeaf({ scope, state }: Frame, base: number, local: number): boolean {
  if (scope.leaf[local] === 1) return true;
  for (const to of scope.downstream[local] as Int32Array) {
    if (scope.branchOf[to] === scope.branchOf[local] && state[base + to] !== EXCLUDED) return false;
  }
  return true;
}
