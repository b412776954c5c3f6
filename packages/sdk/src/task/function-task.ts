import type { OutputOf } from "../ref/input.ts";
import { CallSite } from "../source/call-site.ts";
import { refusal } from "../source/refuse.ts";
import type { TaskContext } from "./context.ts";
import { defineTask } from "./define-task.ts";
import type { TaskOptions } from "./policy-options.ts";
import type { Task } from "./task.ts";

/** A task's work: a plain function of its input. The context brings what belongs to the run. */
export type TaskHandler<In, Returned> = (input: In, context: TaskContext) => Storable<Returned>;

/** Functions cannot be stored, so no task can hand one on. */
type Storable<Returned> =
  Awaited<Returned> extends (...args: never) => unknown ? "a task cannot return a function" : Returned;

/**
 * Makes a task of a function: `(input, context) => output`. Annotate the input; the output is inferred. It runs in a
 * worker process, at least once, with an input that was stored and loaded in between.
 *
 * @example
 * const clean = task("clean", async ({ orders }: { orders: Order[] }) => orders.filter(isValid));
 */
export function task<In = undefined, Returned = unknown>(
  name: string,
  handler: TaskHandler<In, Returned>,
): Task<In, OutputOf<Returned>>;
export function task<In = undefined, Returned = unknown>(
  name: string,
  options: TaskOptions,
  handler: TaskHandler<In, Returned>,
): Task<In, OutputOf<Returned>>;
export function task(
  name: string,
  optionsOrHandler: TaskOptions | TaskHandler<never, unknown>,
  maybeHandler?: TaskHandler<never, unknown>,
): Task<never, unknown> {
  const site = new CallSite(task);
  const options = typeof optionsOrHandler === "function" ? {} : optionsOrHandler;
  const handler = typeof optionsOrHandler === "function" ? optionsOrHandler : maybeHandler;
  if (typeof handler !== "function") {
    const hint = 'Write task("name", handler) or task("name", { retries: 3 }, handler).';
    throw refusal({ code: "INVALID_OPTION", message: `task "${name}" has no handler`, hint }, site);
  }
  return defineTask<never, unknown>({ name, taskKind: "function", options, site, run: handler });
}
