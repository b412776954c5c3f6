import { type Duration, MillraceError, parseDuration } from "@millrace/core";
import type { StandardSchema } from "../../schema/standard-schema.ts";
import { CallSite } from "../../source/call-site.ts";
import { refusal, withPlace } from "../../source/refuse.ts";
import type { TaskContext } from "../../task/context.ts";
import { type Deferred, defer } from "../../task/defer.ts";
import { defineTask } from "../../task/define-task.ts";
import type { TaskOptions } from "../../task/policy-options.ts";
import type { Task } from "../../task/task.ts";
import { neverAgain } from "../verdict.ts";

/** A Date, ISO 8601 text with a zone, or milliseconds since the epoch. */
export type Instant = Date | string | number;

/** The policies that every task takes, and what a wait takes. */
export interface TimedWaitOptions<In, Checked> extends TaskOptions {
  /** What the task takes, for a time that depends on it: a schema, or `type<T>()`. Defaults to nothing. */
  readonly input?: StandardSchema<In, Checked>;
}

/**
 * Waits until an instant; one that has passed is no wait. The slot is free meanwhile, and the wait survives restarts.
 *
 * @example
 * const published = wait.until("published", (_, { window }) => new Date(window.end.getTime() + 3_600_000));
 */
export function waitUntil<In = void, Checked = In>(
  name: string,
  instant: Instant | ((input: Checked, context: TaskContext) => Instant),
  options: TimedWaitOptions<In, Checked> = {},
): Task<In, undefined> {
  const site = new CallSite(waitUntil);
  const { input, ...policies } = options;
  if (typeof instant !== "function" && instantMs(instant) === null) {
    const hint = 'Give a Date, or ISO 8601 text with a zone: "2026-03-01T06:00:00Z".';
    throw refusal({ code: "INVALID_OPTION", message: `task "${name}" does not wait for an instant`, hint }, site);
  }
  return defineTask<In, undefined, Checked>({
    name,
    taskKind: "wait",
    options: policies,
    details: typeof instant === "function" ? {} : { until: new Date(instant).toISOString() },
    input,
    site,
    run: (value, context) => {
      const until = typeof instant === "function" ? instant(value, context) : instant;
      const untilMs = instantMs(until);
      if (untilMs === null) throw notAnInstant(name, until);
      return untilOnce(untilMs, context);
    },
  });
}

/**
 * Waits for a duration, counted from when the task starts. The slot is free meanwhile, and the wait survives restarts.
 *
 * @example wait.for("settle", "10m")
 */
export function waitFor<In = void, Checked = In>(
  name: string,
  duration: Duration | ((input: Checked, context: TaskContext) => Duration),
  options: TimedWaitOptions<In, Checked> = {},
): Task<In, undefined> {
  const site = new CallSite(waitFor);
  const { input, ...policies } = options;
  const what = `duration of task "${name}"`;
  if (typeof duration !== "function") withPlace(site, () => parseDuration(duration, what));
  return defineTask<In, undefined, Checked>({
    name,
    taskKind: "wait",
    options: policies,
    details: typeof duration === "function" ? {} : { for: String(duration) },
    input,
    site,
    run: (value, context) => {
      const length = typeof duration === "function" ? duration(value, context) : duration;
      return untilOnce(Date.now() + parseDuration(length, what), context);
    },
  });
}

/** A resumed attempt has waited already: whoever resumes it keeps the time, and never does it early. */
function untilOnce(untilMs: number, { resumed }: TaskContext): Deferred | undefined {
  return resumed !== null || untilMs <= Date.now() ? undefined : defer({ until: new Date(untilMs) });
}

function instantMs(instant: Instant): number | null {
  // Text without a zone means another instant on each machine.
  if (typeof instant === "string" && !/T.*(?:Z|[+-]\d\d(?::?\d\d)?)$/i.test(instant)) return null;
  const ms = new Date(instant).getTime();
  return Number.isNaN(ms) ? null : ms;
}

function notAnInstant(task: string, given: unknown): MillraceError {
  const message = `"${task}" was told to wait until ${String(given)}, which is no instant.`;
  return neverAgain(
    new MillraceError("INPUT_INVALID", message, { hint: "Give a Date, or ISO 8601 text with a zone." }),
  );
}
