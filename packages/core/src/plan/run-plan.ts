import type { CompiledScope } from "../graph/compiled-flow.ts";
import type { TaskRunState } from "../states/task-run.ts";
import { armMembers, choose } from "./choose.ts";

/**
 * What a run does with a node: runs it, if its trigger rule says so; takes over how it ended in an earlier run; takes it to
 * have ended as a person says; or leaves it out, as if it were not in the flow.
 */
export type NodePlan = "run" | "reuse" | "mark" | "leave_out";

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

/** Which nodes of a scope a person says the end of. */
export interface MarkChoice {
  readonly marked: readonly number[];
  /** Maps of which items are marked: they run again, to come to an end with those. */
  readonly around: readonly number[];
}

/**
 * Plans the run that a mark makes. The marked nodes stand as they are said to, and all that waits for them is decided anew
 * by its rule. Everything else is taken over as it ended, failures too: a mark changes one thing. What is in a marked
 * branch has no part in it, and what the former run left out stays out.
 */
export function planMark(
  scope: CompiledScope,
  former: readonly FormerState[],
  choice: MarkChoice,
): readonly NodePlan[] {
  const isMarked = new Set(choice.marked);
  const isInMarked = new Set(choice.marked.flatMap((local) => armMembers(scope, local)));
  const repeated = choose(scope, [...choice.marked, ...choice.around], {
    downstream: true,
    isBarred: (local) => isInMarked.has(local) || former[local] === "left_out",
    isMissing: () => false,
    openBranch: () => [],
  });
  const plans: NodePlan[] = [];
  for (const [local, state] of former.entries()) {
    const around = plans[scope.branchOf[local] as number];
    if (around === "leave_out" || around === "mark") plans.push("leave_out");
    else if (isMarked.has(local)) plans.push("mark");
    else if (repeated[local] === 1) plans.push("run");
    // An arm that was taken over holds nothing that the branch did not come to.
    else if (state === "left_out" || (state === undefined && around === "reuse")) plans.push("leave_out");
    else plans.push("reuse");
  }
  return plans;
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
