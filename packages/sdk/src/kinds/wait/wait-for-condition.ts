import { CallSite } from "../../source/call-site.ts";
import { refusal } from "../../source/refuse.ts";
import type { TaskContext } from "../../task/context.ts";
import { defineTask } from "../../task/define-task.ts";
import type { Task } from "../../task/task.ts";
import { type PollOptions, pollOnce, readPoll, type Waited } from "./poll.ts";

type Falsy = false | null | undefined | 0 | 0n | "";

/** A condition to wait for, with the policies that every task takes. */
export interface ConditionWaitOptions<In, Checked, Found, OnTimeout extends "fail" | "continue">
  extends PollOptions<In, Checked, OnTimeout> {
  /** Looks once. Anything but a truthy value means not yet; the first truthy one is what the task gives. */
  readonly check: (input: Checked, context: TaskContext) => Found | Promise<Found>;
}

/**
 * Waits until a function of yours says so, asked at intervals. The slot is free between two looks, and the wait survives
 * restarts. A function that throws fails the attempt.
 *
 * @example
 * wait.forCondition("export-ready", { check: async (_, { signal }) => await exportIsReady(signal), every: "1m", timeout: "2h" })
 */
export function waitForCondition<
  In = void,
  Checked = In,
  Found = unknown,
  OnTimeout extends "fail" | "continue" = "fail",
>(
  name: string,
  options: ConditionWaitOptions<In, Checked, Found, OnTimeout>,
): Task<In, Waited<Exclude<Found, Falsy>, OnTimeout>> {
  type Out = Waited<Exclude<Found, Falsy>, OnTimeout>;
  const site = new CallSite(waitForCondition);
  const { check, every, timeout, onTimeout, input, ...policies } = options;
  if (typeof check !== "function") {
    const hint = "Give a function that looks once: check: async (input, context) => …";
    throw refusal({ code: "INVALID_OPTION", message: `the \`check\` of task "${name}" is no function`, hint }, site);
  }
  const config = readPoll(name, { every, timeout, onTimeout }, site);
  return defineTask<In, Out, Checked>({
    name,
    taskKind: "wait",
    options: policies,
    input,
    site,
    run: async (value, context) => {
      const waited = await pollOnce(config, context, async () => (await check(value, context)) || undefined);
      return waited as Out;
    },
  });
}
