import { checkTaskName, type PoolClaim, type TriggerRule } from "@millrace/core";
import { currentFlow } from "../flow/current-flow.ts";
import type { FlowBuilder } from "../flow/flow-builder.ts";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import type { TaskContext } from "./context.ts";
import { completePolicies, handlersOf, hookKinds } from "./complete-policies.ts";
import { placeMap } from "./place-map.ts";
import type { PlacementOptions } from "./placement-options.ts";
import { type ReadPolicies, readTaskOptions } from "./read-policies.ts";
import { readPlacement } from "./read-placement.ts";
import type { Run } from "./run-checked.ts";
import type { Task } from "./task.ts";

/** What all placements of a task share, validated. */
export interface Blueprint {
  readonly name: string;
  readonly taskKind: string;
  readonly details: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly connections: readonly string[];
  readonly pools: readonly PoolClaim[];
  readonly policies: ReadPolicies;
  readonly run: Run;
}

/** What was said on the task before the call. */
export interface Placement {
  readonly name: string;
  readonly after: readonly unknown[];
  readonly policies: ReadPolicies;
  readonly triggerRule: TriggerRule;
  readonly maxItems: number | null;
}

/** The callable that authors hold. Its methods give new ones; nothing about it ever changes. */
export function makeTask<In, Out>(blueprint: Blueprint, placement: Placement): Task<In, Out> {
  const what = `task "${placement.name}"`;

  function place(input?: unknown): unknown {
    const site = new CallSite(place);
    const builder = currentFlow(what, site);
    const id = builder.claim(placement.name, "task", site);
    return placeTask({ blueprint, placement, builder, id, site }, input);
  }

  function each(list: unknown, inputs: (item: unknown, index: unknown) => unknown): unknown {
    const site = new CallSite(each);
    const builder = currentFlow(what, site);
    const single = { ...placement, after: [], triggerRule: "all_success" } as const;
    return placeMap(builder, { ...placement, what: "task", list, site }, ({ id, item, index }) =>
      placeTask({ blueprint, placement: single, builder, id, site }, inputs(item, index)),
    );
  }

  function named(name: string): unknown {
    const checked = withPlace(new CallSite(named), () => checkTaskName(name));
    return makeTask(blueprint, { ...placement, name: checked });
  }

  function after(...refs: readonly unknown[]): unknown {
    return makeTask(blueprint, { ...placement, after: [...placement.after, ...refs] });
  }

  function withOptions(options: PlacementOptions<never, TriggerRule>): unknown {
    const site = new CallSite(withOptions);
    const { policies, ...rest } = readPlacement(options, what, site);
    const merged = { ...placement.policies, ...readTaskOptions(policies, what, site) };
    return makeTask(blueprint, { ...placement, ...rest, policies: merged });
  }

  const run = async (input: unknown, context: TaskContext): Promise<unknown> => blueprint.run(input, context);
  Object.defineProperty(place, "name", { value: placement.name });
  return Object.freeze(Object.assign(place, { each, named, after, with: withOptions, run })) as unknown as Task<
    In,
    Out
  >;
}

interface PlacingTask {
  readonly blueprint: Blueprint;
  readonly placement: Placement;
  readonly builder: FlowBuilder;
  readonly id: string;
  readonly site: CallSite;
}

function placeTask({ blueprint, placement, builder, id, site }: PlacingTask, input: unknown): unknown {
  const asker = { id, site, upstreams: new Set<number>() };
  const policies = { ...builder.defaults, ...blueprint.policies, ...placement.policies };
  const handlers = handlersOf(policies, blueprint.run);
  // A task without input is called with no argument; what its handler destructures must exist nevertheless.
  const template = builder.template(input === undefined ? {} : input, "the input", asker);
  const after = builder.waitingFor(placement.after, asker);
  builder.checkRule(placement.triggerRule, asker);
  for (const connection of blueprint.connections) builder.connections.add(connection);
  const node = builder.add(
    {
      kind: "task",
      id,
      taskKind: blueprint.taskKind,
      input: template,
      after,
      triggerRule: placement.triggerRule,
      policies: completePolicies(policies, blueprint.pools),
      description: policies.description ?? null,
      docs: policies.docs ?? null,
      owner: policies.owner ?? null,
      tags: policies.tags ?? [],
      hooks: hookKinds(handlers.hooks),
      details: blueprint.details,
      ...(blueprint.files.length === 0 ? {} : { files: blueprint.files }),
    },
    site,
    handlers,
  );
  return builder.ref({ kind: "output", node }, id);
}
