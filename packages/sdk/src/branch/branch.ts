import { checkTaskName, type Template, UNDEFINED_TEXT } from "@millrace/core";
import { currentFlow } from "../flow/current-flow.ts";
import type { Asker, FlowBuilder } from "../flow/flow-builder.ts";
import { refStateOf } from "../ref/ref-state.ts";
import type { CallSite } from "../source/call-site.ts";
import { refusal, withPlace } from "../source/refuse.ts";
import { isThenable } from "../source/thenable.ts";

export interface BranchOptions {
  /** What the branch is called in the graph. Defaults to `when` or `choose`, with a number from the second on. */
  readonly name?: string;
}

/** A branch as its author wrote it. */
export interface BranchPlacement {
  readonly form: "when" | "choose";
  readonly condition: unknown;
  /** By name, in the order of the author; an arm that was not written is undefined. */
  readonly arms: readonly (readonly [string, (() => unknown) | undefined])[];
  readonly otherwise: string | null;
  readonly options: BranchOptions;
  readonly site: CallSite;
}

/** Records a branch, then the nodes of each arm, and gives the reference to what the arm that is taken returns. */
export function placeBranch<Reference>(placement: BranchPlacement): Reference {
  const { form, condition, arms, otherwise, options, site } = placement;
  const builder = currentFlow(form, site);
  const id = nameOf(builder, placement);
  const asker: Asker = { id, site, upstreams: new Set() };
  if (refStateOf(condition) === undefined) throw notARef(id, typeof condition, site);
  const branch = builder.add(
    {
      kind: "branch",
      id,
      form,
      condition: builder.template(condition, "condition", asker),
      after: [],
      triggerRule: "all_success",
      results: {},
      otherwise,
    },
    site,
  );
  const results = arms.flatMap(([arm, build]) =>
    build === undefined ? [] : [[arm, buildArm({ builder, branch, arm, asker }, build)] as const],
  );
  builder.complete(branch, { results: Object.fromEntries(results) });
  return builder.ref<Reference>({ kind: "output", node: branch }, options.name ?? id);
}

function nameOf(builder: FlowBuilder, { form, options, site }: BranchPlacement): string {
  if (options.name === undefined) return builder.claimNext(form, site);
  const { name } = options;
  return builder.claim(
    withPlace(site, () => checkTaskName(name)),
    "branch",
    site,
  );
}

function notARef(id: string, found: string, site: CallSite): Error {
  const hint = "Branch on what a task returned or on a parameter. For a constant write a plain if.";
  return refusal({ code: "INVALID_INPUT", message: `The condition of ${id} is a ${found}, no reference`, hint }, site);
}

interface Arm {
  readonly builder: FlowBuilder;
  readonly branch: number;
  readonly arm: string;
  readonly asker: Asker;
}

function buildArm({ builder, branch, arm, asker }: Arm, build: () => unknown): Template {
  return builder.inRegion({ kind: "arm", node: branch, arm }, "", () => {
    const result = build();
    if (isThenable(result)) {
      const message = `The arm "${arm}" of ${asker.id} is async`;
      const hint = "Take async away: a build function places tasks, and the tasks do the waiting.";
      throw refusal({ code: "ASYNC_FLOW", message, hint }, asker.site);
    }
    if (result === undefined) return { kind: "value", text: UNDEFINED_TEXT };
    return builder.template(result, `result of arm "${arm}"`, asker);
  });
}
