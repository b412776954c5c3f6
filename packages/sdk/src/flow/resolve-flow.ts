import { checkFlowName, type FlowPolicies, type PartitionsSpec } from "@millrace/core";
import { readWatching } from "../alerts/read-watching.ts";
import { readPartitions } from "../partitions/read-partitions.ts";
import { type FlowSchedules, NO_SCHEDULES, readSchedules } from "../schedule/read-schedules.ts";
import { readScheduling } from "../schedule/read-scheduling.ts";
import type { StandardSchema } from "../schema/standard-schema.ts";
import type { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import type { HookFunction } from "../task/context.ts";
import { readConcurrency } from "../task/read-limits.ts";
import { invalid, readLimit, unknownOption } from "../task/read-option.ts";
import { type ReadPolicies, readTaskOptions } from "../task/read-policies.ts";
import { type FlowTriggers, NO_TRIGGERS, readTriggers } from "../triggers/read-triggers.ts";
import type { FlowOptions } from "./flow-options.ts";

/** A flow's options, complete. */
export interface FlowConfig {
  readonly name: string;
  readonly params: StandardSchema | null;
  readonly description: string | null;
  readonly docs: string | null;
  readonly owner: string | null;
  readonly tags: readonly string[];
  readonly policies: FlowPolicies;
  readonly partitions: PartitionsSpec | null;
  readonly concurrencyKey: ((params: unknown) => unknown) | null;
  readonly hooks: { readonly success?: HookFunction; readonly failure?: HookFunction };
  readonly schedules: FlowSchedules;
  readonly triggers: FlowTriggers;
  /** What its tasks start from. */
  readonly taskDefaults: ReadPolicies;
}

const KNOWN: Readonly<Record<keyof Required<FlowOptions<unknown, unknown>>, true>> = {
  params: true,
  description: true,
  docs: true,
  owner: true,
  tags: true,
  retries: true,
  pool: true,
  timeout: true,
  concurrency: true,
  priority: true,
  schedule: true,
  maxActiveRuns: true,
  overlap: true,
  dependsOnPast: true,
  pauseAfterFailures: true,
  deadline: true,
  triggers: true,
  partitions: true,
  onSuccess: true,
  onFailure: true,
};

/** The options of any flow. */
export type AnyFlowOptions = Omit<FlowOptions<never, never>, "params" | "schedule" | "triggers"> & {
  readonly params?: StandardSchema;
  readonly schedule?: unknown;
  readonly triggers?: unknown;
};

/** Validates and completes a flow's options. */
export function resolveFlow(name: string, options: AnyFlowOptions, site: CallSite): FlowConfig {
  const flowName = withPlace(site, () => checkFlowName(name));
  const owner = `flow "${flowName}"`;
  const {
    params,
    timeout,
    concurrency,
    schedule,
    maxActiveRuns,
    overlap,
    dependsOnPast,
    pauseAfterFailures,
    deadline,
    triggers,
    partitions,
    ...shared
  } = options;
  // What flows and tasks have in common is read in one place.
  const read = withPlace(site, () => {
    const unknown = Object.keys(options).find((option) => !Object.hasOwn(KNOWN, option));
    if (unknown !== undefined) throw unknownOption(unknown, owner, Object.keys(KNOWN));
    return readTaskOptions(shared, owner, site);
  });
  return withPlace(site, () => {
    const limit = concurrency === undefined ? null : readConcurrency(concurrency, `option "concurrency" of ${owner}`);
    const scheduling = readScheduling({ maxActiveRuns, overlap, dependsOnPast }, owner);
    const asked = { name: flowName, dependsOnPast: scheduling.dependsOnPast };
    const schedules = schedule === undefined ? NO_SCHEDULES : readSchedules(schedule, asked);
    const taken = schedules.specs.map((spec) => spec.name);
    return Object.freeze({
      name: flowName,
      params: params === undefined ? null : readSchema(params, `option "params" of ${owner}`),
      description: read.description ?? null,
      docs: read.docs ?? null,
      owner: read.owner ?? null,
      tags: read.tags ?? [],
      policies: Object.freeze({
        ...scheduling,
        timeoutMs: timeout === undefined ? null : readLimit(timeout, `option "timeout" of ${owner}`),
        concurrency: limit?.limit ?? null,
        concurrencyKeyed: (limit?.key ?? null) !== null,
        taskKeys: 0,
        priority: read.priority ?? 0,
        ...readWatching({ pauseAfterFailures, deadline }, owner),
      }),
      partitions: readPartitions(partitions, owner),
      concurrencyKey: limit?.key ?? null,
      hooks: {
        ...(read.onSuccess === undefined ? {} : { success: read.onSuccess }),
        ...(read.onFailure === undefined ? {} : { failure: read.onFailure }),
      },
      schedules,
      triggers: triggers === undefined ? NO_TRIGGERS : readTriggers(triggers, flowName, taken),
      taskDefaults: taskDefaults(read),
    });
  });
}

function taskDefaults({ retries, pools, owner }: ReadPolicies): ReadPolicies {
  return {
    ...(retries === undefined ? {} : { retries }),
    ...(pools === undefined ? {} : { pools }),
    ...(owner === undefined ? {} : { owner }),
  };
}

function readSchema(schema: StandardSchema, what: string): StandardSchema {
  // zod's schemas are objects, ArkType's are functions.
  const validate: unknown = (schema as StandardSchema | null)?.["~standard"]?.validate;
  if (typeof validate === "function") return schema;
  throw invalid(what, "a schema of zod, Valibot, ArkType or another validator that speaks Standard Schema", schema);
}
