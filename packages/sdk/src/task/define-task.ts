import type { PoolClaim } from "@millrace/core";
import { checkTaskName } from "@millrace/core";
import type { StandardSchema } from "../schema/standard-schema.ts";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import type { TaskContext } from "./context.ts";
import type { Deferred } from "./defer.ts";
import { makeTask } from "./make-task.ts";
import type { TaskOptions } from "./policy-options.ts";
import { readTaskOptions } from "./read-policies.ts";
import { runChecked } from "./run-checked.ts";
import type { Task } from "./task.ts";

/** A task of any kind: what it is called, what it does, and what others may know about it. */
export interface TaskDefinition<In, Out, Checked = In> {
  readonly name: string;
  /** The kind's name, for people: `shell`, `sql`, or whatever the author of a kind calls it. */
  readonly taskKind: string;
  /** The policies that the task's author gave. Defaults to none. */
  readonly options?: TaskOptions | undefined;
  /** What to show about the task: a command, a file, a connection. Never a secret. Defaults to nothing. */
  readonly details?: Readonly<Record<string, string>> | undefined;
  /** Files that the task reads when it runs, relative to the source root (`site.pathOf`); they become part of a version. */
  readonly files?: readonly string[] | undefined;
  /** Connections of `millrace.config.ts` that the task uses; a missing one is found before anything runs. */
  readonly connections?: readonly string[] | undefined;
  /** Secrets of the vault that the task reads (`secretNames`); `check` says which of them nobody has set. */
  readonly secrets?: readonly string[] | undefined;
  /** Pools that every task of the kind takes, beside those of its options. Defaults to none. */
  readonly pools?: readonly PoolClaim[] | undefined;
  /** Checks the input in the worker, before `run`; what it gives back is what `run` gets. Defaults to no check. */
  readonly input?: StandardSchema<In, Checked> | undefined;
  /** Checks what `run` returned. Defaults to no check. */
  readonly output?: StandardSchema<unknown, Out> | undefined;
  /** Where the task's author wrote it: `new CallSite(myKind)`. Defaults to where `defineTask` was called. */
  readonly site?: CallSite | undefined;
  /** Does the work, in a worker. */
  run(input: Checked, context: TaskContext): Out | Deferred | Promise<Out | Deferred>;
}

/**
 * Makes a task. It is how every kind is written, Millrace's own and yours: a kind is a function that takes what its
 * authors say and returns `defineTask({ … })`.
 *
 * @example
 * function slackMessage(name: string, options: { channel: string } & TaskOptions) {
 *   const { channel, ...policies } = options;
 *   return defineTask({
 *     name,
 *     taskKind: "slack",
 *     options: policies,
 *     details: { channel },
 *     site: new CallSite(slackMessage),
 *     run: (input: { text: string }, { signal }) => post(channel, input.text, signal),
 *   });
 * }
 */
export function defineTask<In = undefined, Out = unknown>(definition: TaskDefinition<In, Out>): Task<In, Out>;
export function defineTask<In, Out, Checked>(definition: TaskDefinition<In, Out, Checked>): Task<In, Out>;
export function defineTask<In, Out, Checked>(definition: TaskDefinition<In, Out, Checked>): Task<In, Out> {
  const site = definition.site ?? new CallSite(defineTask);
  const name = withPlace(site, () => checkTaskName(definition.name));
  return makeTask<In, Out>(
    {
      name,
      taskKind: definition.taskKind,
      details: definition.details ?? {},
      files: definition.files ?? [],
      connections: definition.connections ?? [],
      secrets: definition.secrets ?? [],
      pools: definition.pools ?? [],
      policies: readTaskOptions(definition.options ?? {}, `task "${name}"`, site),
      run: runChecked(definition as TaskDefinition<never, unknown, never>),
    },
    { name, after: [], policies: {}, triggerRule: "all_success", maxItems: null },
  );
}
