import { type FlowSpec, type HookKind, MillraceError } from "@millrace/core";
import type { Sync } from "../branch/when.ts";
import type { Nothing, ValueOf } from "../ref/input.ts";
import type { GivenRef } from "../ref/ref.ts";
import { jsonSchemaOf } from "../schema/json-schema.ts";
import { validate } from "../schema/validate.ts";
import { CallSite } from "../source/call-site.ts";
import { at, refusal } from "../source/refuse.ts";
import { isThenable } from "../source/thenable.ts";
import { building } from "./current-flow.ts";
import { FLOW, type FlowDefinition, type ParsedParamsResult } from "./definition.ts";
import { FlowBuilder } from "./flow-builder.ts";
import type { FlowOptions } from "./flow-options.ts";
import { type AnyFlowOptions, type FlowConfig, resolveFlow } from "./resolve-flow.ts";

declare const takes: unique symbol;
declare const gives: unique symbol;

/** A flow: what a file in `flows/` exports. `ParamsIn` is what a run may be started with, `Output` what it gives. */
export interface Flow<ParamsIn, Output> extends FlowDefinition {
  readonly name: string;
  readonly [takes]?: ParamsIn;
  readonly [gives]?: Output;
}

/** The parameters that a run of the flow may be started with. */
export type FlowParams<AnyFlow> = AnyFlow extends Flow<infer ParamsIn, unknown> ? ParamsIn : never;

/** What a run of the flow gives: the value of what its build function returned. */
export type FlowOutput<AnyFlow> = AnyFlow extends Flow<unknown, infer Output> ? Output : never;

/** What a flow's build function gets. */
export interface FlowInputs<Params> {
  /** A reference to the run's parameters, checked and completed by the flow's schema. */
  readonly params: GivenRef<Params>;
}

type BuildFunction<Params, Result> = (inputs: FlowInputs<Params>) => Sync<Result>;
type OutputValue<Result> = [Result] extends [Nothing] ? undefined : ValueOf<Result>;
type AnyBuild = (inputs: { readonly params: unknown }) => unknown;
// biome-ignore lint/complexity/noBannedTypes: a flow without parameters takes an object without fields.
type NoParams = {};

/**
 * Defines a flow. `build` is called once, now: it places tasks by calling them, and runs none. It may return a reference,
 * or a structure of references: the flow's output.
 *
 * @example
 * export default flow("daily-orders", ({ params }) => {
 *   const orders = extract({ region: "eu" });
 *   load({ orders: clean({ orders }) });
 * });
 */
export function flow<Result>(name: string, build: BuildFunction<NoParams, Result>): Flow<NoParams, OutputValue<Result>>;
export function flow<Result, ParamsIn = NoParams, Params = NoParams>(
  name: string,
  options: FlowOptions<ParamsIn, Params>,
  build: BuildFunction<Params, Result>,
): Flow<ParamsIn, OutputValue<Result>>;
export function flow(name: string, optionsOrBuild: object, maybeBuild?: object): Flow<never, never> {
  const site = new CallSite(flow);
  const options: AnyFlowOptions = typeof optionsOrBuild === "function" ? {} : optionsOrBuild;
  const build = typeof optionsOrBuild === "function" ? optionsOrBuild : maybeBuild;
  if (typeof build !== "function") {
    const hint = 'Write flow("name", () => { … }) or flow("name", { params }, ({ params }) => { … }).';
    throw refusal({ code: "INVALID_OPTION", message: `flow "${name}" has no build function`, hint }, site);
  }
  const config = resolveFlow(name, options, site);
  const builder = new FlowBuilder(config.name, config.taskDefaults);
  const params = builder.ref({ kind: "params" }, "params");
  const result: unknown = building(builder, () => (build as AnyBuild)({ params }));
  refuseAsync(result, config, site);
  const asker = { id: `flow "${config.name}"`, site, upstreams: new Set<number>() };
  const output = result === undefined ? null : builder.template(result, "output", asker);
  if (builder.size === 0) {
    const hint = "Call its tasks in the build function; task(…) alone only defines one.";
    throw refusal({ code: "EMPTY_FLOW", message: `flow "${config.name}" has no task in it`, hint }, site);
  }
  return makeDefinition({ config, builder, output, site });
}

function refuseAsync(result: unknown, config: FlowConfig, site: CallSite): void {
  if (!isThenable(result)) return;
  const hint = "Take async away: a build function places tasks, and the tasks do the waiting.";
  throw refusal({ code: "ASYNC_FLOW", message: `The build function of flow "${config.name}" is async`, hint }, site);
}

interface Built {
  readonly config: FlowConfig;
  readonly builder: FlowBuilder;
  readonly output: FlowSpec["output"];
  readonly site: CallSite;
}

function makeDefinition(built: Built): Flow<never, never> {
  const { config, builder, site } = built;
  let spec: FlowSpec | undefined;
  const key = config.concurrencyKey;
  return {
    [FLOW]: true,
    name: config.name,
    get spec() {
      spec ??= makeSpec(built);
      return spec;
    },
    handlers: builder.handlers,
    hooks: config.hooks,
    parseParams: (value) => parseParams(config, value),
    ...(config.schedules.specs.length === 0 ? {} : { schedules: config.schedules.handlers }),
    ...(config.triggers.specs.length === 0 ? {} : { triggers: config.triggers.handlers }),
    ...(key === null
      ? {}
      : { concurrencyKey: (params: unknown) => checkedKey(key(params), `flow "${config.name}"`, site) }),
    ...(builder.keys.length === 0
      ? {}
      : {
          taskKeys: (params: unknown) =>
            builder.keys.map((each) => checkedKey(each(params), `a task of flow "${config.name}"`, site)),
        }),
  };
}

function makeSpec({ config, builder, output, site }: Built): FlowSpec {
  const hooks = (["success", "failure"] as const).filter((kind) => config.hooks[kind] !== undefined);
  return Object.freeze({
    name: config.name,
    description: config.description,
    docs: config.docs,
    owner: config.owner,
    tags: config.tags,
    get place() {
      return site.place;
    },
    params: config.params === null ? null : { jsonSchema: jsonSchemaOf(config.params) },
    policies: Object.freeze({ ...config.policies, taskKeys: builder.keys.length }),
    schedules: config.schedules.specs,
    triggers: config.triggers.specs,
    partitions: config.partitions,
    nodes: builder.finishNodes(),
    output,
    hooks: hooks satisfies readonly HookKind[],
    connections: [...builder.connections].sort(),
    ...(builder.secrets.size === 0 ? {} : { secrets: [...builder.secrets].sort() }),
  });
}

async function parseParams(config: FlowConfig, value: unknown): Promise<ParsedParamsResult> {
  const given = value ?? {};
  if (config.params !== null) return validate(config.params, given);
  if (typeof given !== "object" || Array.isArray(given)) {
    return { ok: false, issues: [{ path: [], message: "parameters are an object of names and values" }] };
  }
  const names = Object.keys(given);
  if (names.length === 0) return { ok: true, value: {} };
  const message = `flow "${config.name}" takes no parameters`;
  return { ok: false, issues: names.map((name) => ({ path: [name], message })) };
}

function checkedKey(key: unknown, owner: string, site: CallSite): string {
  if (typeof key === "string" || typeof key === "number") return String(key);
  throw new MillraceError("INVALID_OPTION", `The key of a limit of ${owner} gave ${String(key)}${at(site)}`, {
    hint: "It gives a text: runs with the same one share a limit.",
  });
}
