import type { CompiledScope } from "../graph/compiled-flow.ts";

/** What comes along when a node is chosen. */
export interface ChoiceRules {
  /** All that waits for a chosen node is chosen too. */
  readonly downstream: boolean;
  /** Is never chosen. */
  isBarred(local: number): boolean;
  /** Has no output that a chosen node could use, and is chosen with that. */
  isMissing(local: number): boolean;
  /** What of a branch's arms is chosen when the branch is, by itself and not for something in it. */
  openBranch(branch: number): readonly number[];
}

/** Chooses nodes of a scope: the given ones and all that comes along, as a 1 by local number. */
export function choose(scope: CompiledScope, roots: readonly number[], rules: ChoiceRules): Uint8Array {
  const chosen = new Uint8Array(scope.nodes.length);
  const reopened = new Uint8Array(scope.nodes.length);
  const stack: number[] = [];
  const add = (local: number): void => {
    if (chosen[local] === 1 || rules.isBarred(local)) return;
    chosen[local] = 1;
    stack.push(local);
  };
  const isNamed = new Set(roots);
  for (const root of roots) {
    add(root);
    // A branch is asked for with its arms, unless something in them is asked for.
    const inside = armMembers(scope, root);
    if (!inside.some((local) => isNamed.has(local))) rules.openBranch(root).forEach(add);
  }
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const around = scope.branchOf[at] as number;
    if (around !== -1) add(around);
    for (const needed of scope.upstream[at] as Int32Array) {
      if (chosen[needed] === 1 || !rules.isMissing(needed)) continue;
      add(needed);
      rules.openBranch(needed).forEach(add);
    }
    if (!rules.downstream) continue;
    for (const to of scope.downstream[at] as Int32Array) {
      add(to);
      // A branch's condition may come out differently now, and lead into any arm.
      if (reopened[to] === 1) continue;
      reopened[to] = 1;
      armMembers(scope, to).forEach(add);
    }
  }
  return chosen;
}

/** Everything in a branch's arms, branches within them included; nothing for other nodes. */
export function armMembers(scope: CompiledScope, branch: number): readonly number[] {
  const inside: number[] = [];
  const stack = [branch];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    for (const arm of scope.arms[at]?.values() ?? []) {
      for (const local of arm) {
        inside.push(local);
        stack.push(local);
      }
    }
  }
  return inside;
}
