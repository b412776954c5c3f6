import type { CompiledScope } from "../graph/compiled-flow.ts";
import type { TaskRunState } from "../states/task-run.ts";
import { armMembers, choose } from "./choose.ts";

/**
 * What a run does with a node: runs it; takes over what it gave in an earlier run; or leaves it out, as if it were not
 * in the flow.
 */
export type NodePlan = "run" | "reuse" | "leave_out";

/**
 * How a node ended in the run that is repeated. `left_out`: that run was one of a part of the flow, without this node.
 * Undefined: it had not ended when the run did, or was not in the flow then.
 */
export type FormerState = TaskRunState | "left_out" | undefined;

/** Which nodes of a scope a rerun repeats. Locals are numbers within the scope. */
export type RepeatChoice =
  | { readonly kind: "all" }
  /** What did not end well. What the former run left out stays out. */
  | { readonly kind: "failed" }
  | { readonly kind: "tasks"; readonly locals: readonly number[]; readonly downstream: boolean };

/**
 * Plans a rerun, by local number, from how the nodes ended before. What is repeated drags with it:
 *
 * - all that waits for it, unless single tasks were asked for without;
 * - the branches around it and, where a branch's condition may come out differently, everything in that branch's arms;
 * - what it needs directly and nobody can give it: upstreams that did not end well.
 */
export function planRepeat(
  scope: CompiledScope,
  former: readonly FormerState[],
  choice: RepeatChoice,
): readonly NodePlan[] {
  if (choice.kind === "all") return former.map(() => "run");
  const onlyFailed = choice.kind === "failed";
  const repeated = choose(scope, onlyFailed ? failedIn(scope, former) : choice.locals, {
    downstream: onlyFailed || choice.downstream,
    isBarred: (local) => onlyFailed && former[local] === "left_out",
    isMissing: (local) => !endedWell(former[local]),
    openBranch: (branch) => {
      const failed = onlyFailed ? failedIn(scope, former, branch) : [];
      return failed.length > 0 ? failed : armMembers(scope, branch);
    },
  });
  const plans: NodePlan[] = [];
  for (const [local, state] of former.entries()) {
    // A branch stands before its arms, and what is in a branch that is left out is left out with it.
    const isInside = plans[scope.branchOf[local] as number] === "leave_out";
    if (repeated[local] === 1) plans.push("run");
    else plans.push(endedWell(state) && !isInside ? "reuse" : "leave_out");
  }
  return plans;
}

/**
 * Plans a first run of a part of a flow: the chosen nodes run (with `downstream`, all that waits for them too), what
 * they need directly is taken from an earlier run, and the rest is left out.
 */
export function planPart(scope: CompiledScope, locals: readonly number[], downstream: boolean): readonly NodePlan[] {
  const runs = choose(scope, locals, {
    downstream,
    isBarred: () => false,
    isMissing: () => false,
    openBranch: (branch) => armMembers(scope, branch),
  });
  const plan: NodePlan[] = Array.from(runs, (run) => (run === 1 ? "run" : "leave_out"));
  for (const [local, upstream] of scope.upstream.entries()) {
    if (runs[local] === 0) continue;
    for (const needed of upstream) if (runs[needed] === 0) plan[needed] = "reuse";
  }
  return plan;
}

function endedWell(state: FormerState): boolean {
  return state === "success" || state === "skipped";
}

/** What did not end well, in all or in the arms of one branch; but what failed inside a branch that did was dealt with. */
function failedIn(scope: CompiledScope, former: readonly FormerState[], inside = -1): readonly number[] {
  const candidates = inside === -1 ? scope.nodes.keys() : armMembers(scope, inside);
  return [...candidates].filter((local) => {
    if (endedWell(former[local]) || former[local] === "left_out") return false;
    for (let around = scope.branchOf[local] as number; around !== inside; around = scope.branchOf[around] as number) {
      if (endedWell(former[around])) return false;
    }
    return true;
  });
}
