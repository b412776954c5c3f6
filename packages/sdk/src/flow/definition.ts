import type { FlowSpec, Issue } from "@millrace/core";
import type { ScheduleHandlers } from "../schedule/schedule.ts";
import type { HookFunction, TaskContext } from "../task/context.ts";
import type { TriggerHandlers } from "../triggers/trigger.ts";

/** Marks a flow, across copies of this package. */
export const FLOW = Symbol.for("millrace.flow");

/** A flow as whoever loads a bundle sees it: the plain data, and the functions by node. */
export interface FlowDefinition {
  readonly [FLOW]: true;
  /** Plain data. Places in sources are looked up when they are read. */
  readonly spec: FlowSpec;
  /** By node index; null for maps and branches. */
  readonly handlers: readonly (NodeHandlers | null)[];
  readonly hooks: { readonly success?: HookFunction; readonly failure?: HookFunction };
  /** Checks and completes parameters with the flow's schema. */
  parseParams(value: unknown): Promise<ParsedParamsResult>;
  /** The functions of its custom schedules, by their names. */
  readonly schedules?: Readonly<Record<string, ScheduleHandlers>>;
  /** The functions of its triggers, by their names. */
  readonly triggers?: Readonly<Record<string, TriggerHandlers>>;
  /** The key that runs share their limit by, from parsed parameters; only where the flow has `concurrency.key`. */
  concurrencyKey?(params: unknown): string;
  /** What the key functions of its tasks' limits give, in their order; only where there are any. */
  taskKeys?(params: unknown): readonly string[];
}

export type ParsedParamsResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** The functions of one task. */
export interface NodeHandlers {
  /** Does the work; of every kind of task. */
  run(input: unknown, context: TaskContext): unknown;
  /** Whether to try again after this error; called inside the attempt's process. */
  retryWhen?(error: unknown): boolean | Promise<boolean>;
  cacheKey?(input: unknown): string;
  readonly hooks: { readonly success?: HookFunction; readonly failure?: HookFunction; readonly retry?: HookFunction };
}

/** The flow that a module exported, made by any copy of this package; undefined for any other value. */
export function definitionOf(value: unknown): FlowDefinition | undefined {
  const isFlow = typeof value === "object" && value !== null && FLOW in value;
  return isFlow ? (value as FlowDefinition) : undefined;
}
