import { checkTaskName, type HookKind, type PoolClaim, type TaskPolicies, type TriggerRule } from "@millrace/core";
import { currentFlow } from "../flow/current-flow.ts";
import type { NodeHandlers } from "../flow/definition.ts";
import type { FlowBuilder } from "../flow/flow-builder.ts";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import { completePolicies, handlersOf, hookKinds } from "./complete-policies.ts";
import type { TaskContext } from "./context.ts";
import { placeMap } from "./place-map.ts";
import type { PlacementOptions } from "./placement-options.ts";
import { readPlacement } from "./read-placement.ts";
import { type ReadPolicies, readTaskOptions } from "./read-policies.ts";
import type { Run } from "./run-checked.ts";
import type { Task } from "./task.ts";

/** What all placements of a task share, validated. */
export interface Blueprint {
  readonly name: string;
  readonly taskKind: string;
  readonly details: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly connections: readonly string[];
  readonly secrets: readonly string[];
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
    const checked = withPlace(named, () => checkTaskName(name));
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

/** What placements with the same options have in common: made once for ten thousand of them. */
interface Settled {
  readonly defaults: ReadPolicies;
  readonly read: ReadPolicies;
  readonly policies: TaskPolicies;
  readonly handlers: NodeHandlers;
  readonly hooks: readonly HookKind[];
}

/** By the options of the placement, which belong to one blueprint. */
const settled = new WeakMap<ReadPolicies, Settled>();

function settle(blueprint: Blueprint, placement: Placement, builder: FlowBuilder): Settled {
  const { defaults } = builder;
  const known = settled.get(placement.policies);
  if (known?.defaults === defaults) return known;
  const read = { ...defaults, ...blueprint.policies, ...placement.policies };
  const handlers = handlersOf(read, blueprint.run);
  const policies = completePolicies(read, { pools: blueprint.pools, keyAt: (key) => builder.keyAt(key) });
  const made = { defaults, read, policies, handlers, hooks: hookKinds(handlers.hooks) };
  settled.set(placement.policies, made);
  return made;
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
  const { read, policies, handlers, hooks } = settle(blueprint, placement, builder);
  // A task without input is called with no argument; what its handler destructures must exist nevertheless.
  const template = builder.template(input === undefined ? {} : input, "input", asker);
  const after = builder.waitingFor(placement.after, asker);
  builder.checkRule(placement.triggerRule, asker);
  for (const connection of blueprint.connections) builder.connections.add(connection);
  for (const secret of blueprint.secrets) builder.secrets.add(secret);
  const node = builder.add(
    {
      kind: "task",
      id,
      taskKind: blueprint.taskKind,
      input: template,
      after,
      triggerRule: placement.triggerRule,
      policies,
      description: read.description ?? null,
      docs: read.docs ?? null,
      owner: read.owner ?? null,
      tags: read.tags ?? [],
      hooks,
      details: blueprint.details,
      ...(blueprint.connections.length === 0 ? {} : { connections: blueprint.connections }),
      ...(blueprint.secrets.length === 0 ? {} : { secrets: blueprint.secrets }),
      ...(blueprint.files.length === 0 ? {} : { files: blueprint.files }),
    },
    site,
    handlers,
  );
  return builder.ref({ kind: "output", node }, id);
}
