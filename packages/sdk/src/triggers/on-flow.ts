import type { FinalRunState, FlowFinishedPayload } from "@millrace/core";
import { definitionOf } from "../flow/definition.ts";
import type { Flow } from "../flow/flow.ts";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import { invalid } from "../task/read-option.ts";
import { checkTriggerOptions, type GatherOptions, readGather } from "./gather-options.ts";
import { makeTrigger, type Trigger } from "./trigger.ts";

/** A run of another flow that has ended. */
export interface FlowFinishedEvent<Params = unknown> {
  readonly run: string;
  readonly flow: string;
  readonly state: FinalRunState;
  /** What it was started with, after the flow's schema. */
  readonly params: Params;
  /** The data interval that it covered. */
  readonly window: { readonly start: Date; readonly end: Date };
}

export interface OnFlowOptions<Params, Given> extends GatherOptions {
  /** Its name within the flow. Defaults to `flow_finished`. */
  readonly name?: string;
  /** Ends that count: one or several of `"success"`, `"failed"` and `"cancelled"`. Defaults to `"success"`. */
  readonly states?: FinalRunState | readonly FinalRunState[];
  /** Makes the parameters of the run out of the event; of a batch, out of all. Defaults to none. */
  readonly params?: (event: FlowFinishedEvent<Params>, events: readonly FlowFinishedEvent<Params>[]) => Given;
}

const STATES: readonly FinalRunState[] = ["success", "failed", "cancelled"];

/**
 * Makes a run when a run of another flow of the project has ended, whoever started that one. Runs of a backfill make runs
 * that count as backfill too.
 *
 * @example triggers: onFlow(loadOrders, { params: ({ params }) => ({ region: params.region }) })
 */
export function onFlow<Params = unknown, Given = Record<never, never>>(
  flow: Flow<Params, unknown> | string,
  options: OnFlowOptions<Params, Given> = {},
): Trigger<Given> {
  const site = new CallSite(onFlow);
  return withPlace(site, () => {
    const name = typeof flow === "string" ? flow : (definitionOf(flow) as Flow<never, never> | undefined)?.name;
    if (name === undefined || name === "") throw invalid("first argument of onFlow", "a flow or the name of one", flow);
    const what = `trigger on the flow "${name}"`;
    checkTriggerOptions(options, ["states"], what);
    const states = [options.states ?? "success"].flat();
    const odd = states.find((state) => !STATES.includes(state));
    if (odd !== undefined || states.length === 0) {
      throw invalid(
        `\`states\` of the ${what}`,
        'one or several of "success", "failed" and "cancelled"',
        odd ?? "empty",
      );
    }
    return makeTrigger<Given>({
      name: options.name ?? null,
      spec: {
        kind: "flow_finished",
        flow: name,
        states: [...new Set(states)],
        gather: readGather(options, what, site),
      },
      site,
      event: async (payload) => ({ ok: true, value: eventOf(payload as FlowFinishedPayload) }),
      checks: false,
      params: options.params ?? null,
      plain: null,
      poll: null,
    });
  });
}

function eventOf({ run, flow, state, params, window }: FlowFinishedPayload): FlowFinishedEvent {
  return { run, flow, state, params, window: { start: new Date(window.startMs), end: new Date(window.endMs) } };
}
