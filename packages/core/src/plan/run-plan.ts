import type { CompiledScope } from "../graph/compiled-flow.ts";
import { reach } from "../graph/reach.ts";
import type { TaskRunState } from "../states/task-run.ts";

/**
 * What a run does with a node: runs it; takes over what it gave in an earlier run; or leaves it out, as if it were not
 * in the flow.
 */
export type NodePlan = "run" | "reuse" | "leave_out";

/** Which nodes of a scope a rerun repeats. Locals are numbers within the scope. */
export type RepeatChoice =
  | { readonly kind: "all" }
  | { readonly kind: "failed" }
  | { readonly kind: "tasks"; readonly locals: readonly number[]; readonly downstream: boolean };

/**
 * Plans a rerun, by local number, from how the nodes ended before (undefined: never). What is repeated drags its
 * downstream with it (unless single tasks were asked for without), the branch around it, and, where a branch's
 * condition may come out differently, everything in that branch's arms.
 */
export function planRepeat(
  scope: CompiledScope,
  former: readonly (TaskRunState | undefined)[],
  choice: RepeatChoice,
): readonly NodePlan[] {
  if (choice.kind === "all") return former.map(() => "run");
  const roots = choice.kind === "failed" ? failedRoots(scope, former) : choice.locals;
  const repeated =
    choice.kind === "tasks" && !choice.downstream ? withRegions(scope, roots) : withDownstream(scope, roots);
  return former.map((state, local) => {
    if (repeated[local] === 1) return "run";
    return state === "success" || state === "skipped" ? "reuse" : "leave_out";
  });
}

/**
 * Plans a first run of a part of a flow: the chosen nodes run (with `downstream`, all that waits for them too), what
 * they need directly is taken from an earlier run, and the rest is left out.
 */
export function planPart(scope: CompiledScope, locals: readonly number[], downstream: boolean): readonly NodePlan[] {
  const runs = downstream ? withDownstream(scope, locals) : withRegions(scope, locals);
  const plan: NodePlan[] = Array.from(runs, (run) => (run === 1 ? "run" : "leave_out"));
  for (const [local, upstream] of scope.upstream.entries()) {
    if (runs[local] === 0) continue;
    for (const needed of upstream) if (runs[needed] === 0) plan[needed] = "reuse";
  }
  return plan;
}

/** What did not succeed; but what failed inside a branch that came out well was dealt with there. */
function failedRoots(scope: CompiledScope, former: readonly (TaskRunState | undefined)[]): readonly number[] {
  const roots: number[] = [];
  for (const [local, state] of former.entries()) {
    if (state === "success" || state === "skipped") continue;
    const branch = scope.branchOf[local] as number;
    const around = branch === -1 ? undefined : former[branch];
    if (around !== "success" && around !== "skipped") roots.push(local);
  }
  return roots;
}

function withDownstream(scope: CompiledScope, roots: readonly number[]): Uint8Array {
  const edges = scope.downstream.map((list, local) => {
    const branch = scope.branchOf[local] as number;
    return branch === -1 ? list : Int32Array.of(...list, branch);
  });
  let repeated = reach(edges, [...roots, ...armsOfRoots(scope, roots)]);
  for (;;) {
    const more = reopenedArms(scope, repeated);
    if (more.length === 0) return repeated;
    repeated = reach(edges, [...members(repeated), ...more]);
  }
}

/** The nodes, all in their arms, and the branches around them. */
function withRegions(scope: CompiledScope, roots: readonly number[]): Uint8Array {
  const taken = new Uint8Array(scope.nodes.length);
  for (const local of [...roots, ...armsOfRoots(scope, roots)]) {
    for (let at = local; at !== -1; at = scope.branchOf[at] as number) taken[at] = 1;
  }
  return taken;
}

/** A branch that is asked for by name is asked for with its arms. */
function armsOfRoots(scope: CompiledScope, roots: readonly number[]): readonly number[] {
  const failedInside = new Set(roots);
  const inside: number[] = [];
  for (const root of roots) {
    const arms = armMembers(scope, root);
    if (!arms.some((local) => failedInside.has(local))) inside.push(...arms);
  }
  return inside;
}

/** Arms of repeated branches whose condition is repeated too. */
function reopenedArms(scope: CompiledScope, repeated: Uint8Array): readonly number[] {
  const more: number[] = [];
  for (const [local, upstream] of scope.upstream.entries()) {
    if (repeated[local] === 0 || scope.arms[local] === undefined) continue;
    if (!upstream.some((needed) => repeated[needed] === 1)) continue;
    for (const inside of armMembers(scope, local)) if (repeated[inside] === 0) more.push(inside);
  }
  return more;
}

/** Everything in a branch's arms, branches within them included. */
function armMembers(scope: CompiledScope, branch: number): readonly number[] {
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

function members(flags: Uint8Array): readonly number[] {
  const list: number[] = [];
  for (const [local, flag] of flags.entries()) if (flag === 1) list.push(local);
  return list;
}
