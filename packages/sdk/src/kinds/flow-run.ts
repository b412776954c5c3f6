import { MillraceError } from "@millrace/core";
import { definitionOf } from "../flow/definition.ts";
import type { Flow } from "../flow/flow.ts";
import { CallSite } from "../source/call-site.ts";
import { refusal } from "../source/refuse.ts";
import type { Resumed, TaskContext } from "../task/context.ts";
import { deferForRun } from "../task/defer.ts";
import { defineTask } from "../task/define-task.ts";
import type { TaskOptions } from "../task/policy-options.ts";
import type { Task } from "../task/task.ts";

/** How another flow is run, with the policies that every task takes. */
export interface FlowRunOptions<Params, Allow extends boolean> extends TaskOptions {
  /**
   * True: a run that failed or was cancelled is a result like another, told by its `state`. Defaults to false: it fails
   * the task with `CHILD_RUN_FAILED`.
   */
  readonly allowFailure?: Allow;
  /** The data interval of the new run. Defaults to that of the asking run. */
  readonly window?: (params: Params, context: TaskContext) => TaskContext["window"];
}

/** How the other run ended. */
export type FlowRunResult<Output, Allow> = Allow extends false
  ? { readonly run: string; readonly state: "success"; readonly output: Output }
  :
      | { readonly run: string; readonly state: "success"; readonly output: Output }
      | { readonly run: string; readonly state: "failed" | "cancelled"; readonly output: undefined };

type AnyParams = Readonly<Record<string, unknown>>;

/**
 * A task that runs another flow and waits for its end, without holding a worker meanwhile. Its input is the other flow's
 * parameters, its output `{ run, state, output }`, typed when the flow itself is given and not its name.
 *
 * The task is called like the flow unless a name is given first.
 *
 * @example
 * const region = flowRun("load-region", loadRegion);
 * region.each(regions, (name) => ({ name }));
 */
export function flowRun<Params, Output, Allow extends boolean = false>(
  flow: Flow<Params, Output>,
  options?: FlowRunOptions<Params, Allow>,
): Task<Params, FlowRunResult<Output, Allow>>;
export function flowRun<Params, Output, Allow extends boolean = false>(
  name: string,
  flow: Flow<Params, Output>,
  options?: FlowRunOptions<Params, Allow>,
): Task<Params, FlowRunResult<Output, Allow>>;
export function flowRun<Allow extends boolean = false>(
  name: string,
  flow: string,
  options?: FlowRunOptions<AnyParams, Allow>,
): Task<AnyParams, FlowRunResult<unknown, Allow>>;
export function flowRun<Allow extends boolean = false>(
  flow: string,
  options?: FlowRunOptions<AnyParams, Allow>,
): Task<AnyParams, FlowRunResult<unknown, Allow>>;
export function flowRun(...given: readonly unknown[]): unknown {
  const site = new CallSite(flowRun);
  const { name, flow, options } = readArguments(given, site);
  const { allowFailure, window, ...policies } = options;
  return defineTask<unknown, unknown>({
    name,
    taskKind: "flow-run",
    options: policies,
    details: { flow },
    site,
    run: (params, context) => {
      if (context.resumed?.run) return resultOf(flow, context.resumed.run, allowFailure ?? false);
      return deferForRun({
        flow,
        params: params ?? {},
        ...(window === undefined ? {} : { window: window(params as never, context) }),
      });
    },
  });
}

type AnyOptions = FlowRunOptions<never, boolean>;

/** `(flow, options?)` or `(name, flow, options?)`, where a flow is one or the name of one. */
function readArguments(
  given: readonly unknown[],
  site: CallSite,
): { readonly name: string; readonly flow: string; readonly options: AnyOptions } {
  const named = flowName(given[1]) !== undefined;
  const flow = flowName(named ? given[1] : given[0]);
  if (flow === undefined || flow === "") {
    const hint = 'Give the flow or its name: flowRun(loadRegion), flowRun("load", "load-region").';
    throw refusal({ code: "INVALID_OPTION", message: "flowRun does not say which flow", hint }, site);
  }
  const options = ((named ? given[2] : given[1]) ?? {}) as AnyOptions;
  // Names of flows may have parts; a task's name is one of them.
  return { name: named ? String(given[0]) : flow.replaceAll("/", "-"), flow, options };
}

function flowName(value: unknown): string | undefined {
  return typeof value === "string" ? value : (definitionOf(value) as Flow<never, never> | undefined)?.name;
}

function resultOf(flow: string, run: NonNullable<Resumed["run"]>, allowFailure: boolean): unknown {
  const { id, state } = run;
  if (state === "success") return { run: id, state, output: run.output };
  if (allowFailure) return { run: id, state, output: undefined };
  const how = state === "failed" ? "failed" : "was cancelled";
  throw new MillraceError("CHILD_RUN_FAILED", `The run ${id} of flow "${flow}" ${how}.`, {
    hint: `See why: millrace why ${id}`,
  });
}
