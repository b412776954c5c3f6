import { type Duration, formatDuration, MillraceError, parseDuration } from "@millrace/core";
import type { StandardSchema } from "../../schema/standard-schema.ts";
import type { CallSite } from "../../source/call-site.ts";
import { refusal, withPlace } from "../../source/refuse.ts";
import type { TaskContext } from "../../task/context.ts";
import { type Deferred, defer } from "../../task/defer.ts";
import type { TaskOptions } from "../../task/policy-options.ts";
import { neverAgain } from "../verdict.ts";

/** How a wait looks for what it waits for, with the policies that every task takes. */
export interface PollOptions<In, Checked, OnTimeout extends "fail" | "continue"> extends Omit<TaskOptions, "timeout"> {
  /** What the task takes: a schema, or `type<T>()`. Defaults to nothing. */
  readonly input?: StandardSchema<In, Checked>;
  /** The time between two looks. Each is an attempt of its own; between them the slot is free. Defaults to 30 seconds. */
  readonly every?: Duration;
  /** How long to wait in all, counted from the first look. Defaults to no limit. */
  readonly timeout?: Duration;
  /**
   * What happens when that time is over: `"fail"` fails the task with `WAIT_TIMEOUT`, which is not retried; with
   * `"continue"` it succeeds and gives null. Defaults to `"fail"`.
   */
  readonly onTimeout?: OnTimeout;
}

/** What a wait gives: never null, unless its author said so. */
export type Waited<Found, OnTimeout> = OnTimeout extends "continue" ? Found | null : Found;

/** How a wait looks, complete. */
export interface PollConfig {
  readonly name: string;
  readonly everyMs: number;
  readonly timeoutMs: number | null;
  readonly onTimeout: "fail" | "continue";
}

interface Timing {
  readonly every: Duration | undefined;
  readonly timeout: Duration | undefined;
  readonly onTimeout: "fail" | "continue" | undefined;
}

export function readPoll(name: string, { every, timeout, onTimeout }: Timing, site: CallSite): PollConfig {
  const read = (duration: Duration, what: string): number =>
    withPlace(site, () => parseDuration(duration, `${what} of task "${name}"`));
  const everyMs = read(every ?? "30s", "`every`");
  if (everyMs === 0) {
    const hint = 'Say how long to wait between two looks: every: "30s".';
    throw refusal({ code: "INVALID_OPTION", message: `the \`every\` of task "${name}" is nothing`, hint }, site);
  }
  return {
    name,
    everyMs,
    timeoutMs: timeout === undefined ? null : read(timeout, "`timeout`"),
    onTimeout: onTimeout ?? "fail",
  };
}

/** What one look hands to the next. */
interface Carried {
  readonly deadlineMs: number | null;
  /** The instant that was asked for. It counts as now, should the clock of this machine be behind. */
  readonly atMs: number;
}

/** One look: what was found, or the wait for the next one. */
export async function pollOnce<Found>(
  config: PollConfig,
  context: TaskContext,
  look: () => Promise<Found | undefined>,
): Promise<Found | null | Deferred> {
  const before = context.resumed?.carry as Carried | undefined;
  const startedMs = Math.max(Date.now(), before?.atMs ?? 0);
  const deadlineMs = before?.deadlineMs ?? (config.timeoutMs === null ? null : startedMs + config.timeoutMs);
  const found = await look();
  if (found !== undefined) return found;
  const nowMs = Math.max(Date.now(), startedMs);
  if (deadlineMs !== null && nowMs >= deadlineMs) {
    if (config.onTimeout === "continue") return null;
    throw timedOut(config);
  }
  const atMs = Math.min(nowMs + config.everyMs, deadlineMs ?? Number.POSITIVE_INFINITY);
  return defer({ until: new Date(atMs), carry: { deadlineMs, atMs } satisfies Carried });
}

function timedOut({ name, timeoutMs }: PollConfig): MillraceError {
  const message = `"${name}" has waited ${formatDuration(timeoutMs ?? 0)} for what did not come.`;
  const hint = 'See why it is late, give it a longer `timeout`, or let it go on with onTimeout: "continue".';
  return neverAgain(new MillraceError("WAIT_TIMEOUT", message, { hint }));
}
