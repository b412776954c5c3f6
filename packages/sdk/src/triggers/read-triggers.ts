import { checkTaskName, type TriggerSpec } from "@millrace/core";
import { formatPlace } from "../source/call-site.ts";
import { refusal, withPlace } from "../source/refuse.ts";
import { invalid } from "../task/read-option.ts";
import { handlersOfTrigger, type TriggerDraft, type TriggerHandlers, triggerDraftOf } from "./trigger.ts";

/** The triggers of a flow, named. */
export interface FlowTriggers {
  readonly specs: readonly TriggerSpec[];
  readonly handlers: Readonly<Record<string, TriggerHandlers>>;
}

export const NO_TRIGGERS: FlowTriggers = { specs: [], handlers: {} };

/**
 * Reads the option `triggers`.
 *
 * @param flow its name.
 * @param taken names that its schedules have.
 */
export function readTriggers(given: unknown, flow: string, taken: readonly string[]): FlowTriggers {
  const drafts = [given].flat().map((one) => {
    const draft = triggerDraftOf(one);
    if (draft !== undefined) return draft;
    throw invalid(
      `option "triggers" of flow "${flow}"`,
      "what webhook, sensor, onFlow or onFile gave, or a list of it",
      one,
    );
  });
  const names = new Map<string, TriggerDraft | undefined>(taken.map((name) => [name, undefined]));
  const specs: TriggerSpec[] = [];
  const handlers: Record<string, TriggerHandlers> = {};
  for (const draft of drafts) {
    const name = nameOf(draft, names, flow);
    names.set(name, draft);
    refuseSelf(draft, flow);
    specs.push(specOf(draft, name));
    handlers[name] = handlersOfTrigger(draft);
  }
  return { specs, handlers };
}

function nameOf(
  { name, spec, site }: TriggerDraft,
  names: ReadonlyMap<string, TriggerDraft | undefined>,
  flow: string,
): string {
  if (name === null) {
    let free: string = spec.kind;
    for (let count = 2; names.has(free); count += 1) free = `${spec.kind}-${count}`;
    return free;
  }
  const checked = withPlace(site, () => checkTaskName(name, "trigger"));
  if (!names.has(checked)) return checked;
  const place = names.get(checked)?.site.place;
  const where = place ? `; the first is at ${formatPlace(place)}` : ", and one of them is a schedule";
  const message = `flow "${flow}" has two triggers called "${checked}"${where}`;
  throw refusal({ code: "INVALID_OPTION", message, hint: "Give one of them another name." }, site);
}

function refuseSelf({ spec, site }: TriggerDraft, flow: string): void {
  if (spec.kind !== "flow_finished" || spec.flow !== flow) return;
  const message = `flow "${flow}" is started by its own end`;
  const hint = "It would run for ever. A flow that goes on and on has the schedule continuous().";
  throw refusal({ code: "INVALID_OPTION", message, hint }, site);
}

function specOf({ spec, site, params, checks }: TriggerDraft, name: string): TriggerSpec {
  return Object.freeze({
    ...spec,
    name,
    maps: params !== null || checks,
    get place() {
      return site.place;
    },
  }) as TriggerSpec;
}
