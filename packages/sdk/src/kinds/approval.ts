import { type Duration, formatDuration, MillraceError } from "@millrace/core";
import type { StandardSchema } from "../schema/standard-schema.ts";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import type { Decision, TaskContext } from "../task/context.ts";
import { type Deferred, deferForApproval } from "../task/defer.ts";
import { defineTask } from "../task/define-task.ts";
import type { TaskOptions } from "../task/policy-options.ts";
import { invalid, readLimit } from "../task/read-option.ts";
import type { Task } from "../task/task.ts";
import { neverAgain } from "./verdict.ts";

/** What a person is asked, with the policies that every task takes. */
export interface ApprovalOptions<In, Checked> extends Omit<TaskOptions, "timeout"> {
  /** What is to be decided, for people: a text, or a function of the input. */
  readonly message: string | ((input: Checked, context: TaskContext) => string);
  /** What the task takes, for a message that depends on it: a schema, or `type<T>()`. Defaults to nothing. */
  readonly input?: StandardSchema<In, Checked>;
  /** How long to wait for somebody, counted from when the task starts. Defaults to no limit. */
  readonly timeout?: Duration;
  /**
   * What counts when that time is over: `"approve"`, `"reject"`, or `"fail"`, which fails the task with `WAIT_TIMEOUT`.
   * Defaults to `"fail"`.
   */
  readonly onTimeout?: "approve" | "reject" | "fail";
  /**
   * What a rejection does: `"fail"` fails the task with `APPROVAL_REJECTED`, so that nothing downstream runs; with
   * `"continue"` it succeeds and tells. Defaults to `"fail"`.
   */
  readonly onReject?: "fail" | "continue";
}

/** What came of an approval. */
export interface Approval {
  readonly approved: boolean;
  /** Who decided; null when the time was over. */
  readonly by: string | null;
  readonly comment: string | null;
  readonly at: Date;
}

const ON_DEADLINE = { approve: "approved", reject: "rejected", fail: "fail" } as const;

/**
 * Waits until a person approves or rejects (`millrace approval approve <run> <task>`). It holds no worker meanwhile, and
 * survives restarts.
 *
 * @example
 * const release = approval("release", { message: "Publish the figures?", timeout: "8h", onTimeout: "reject" });
 */
export function approval<In = void, Checked = In>(
  name: string,
  options: ApprovalOptions<In, Checked>,
): Task<In, Approval> {
  const site = new CallSite(approval);
  const { message, input, timeout, onTimeout = "fail", onReject = "fail", ...policies } = options;
  const what = `task "${name}"`;
  const timeoutMs = withPlace(site, () => {
    if (typeof message !== "function" && (typeof message !== "string" || message === "")) {
      throw invalid(`\`message\` of ${what}`, "a text that says what is to be decided", message);
    }
    if (!Object.hasOwn(ON_DEADLINE, onTimeout)) {
      throw invalid(`\`onTimeout\` of ${what}`, '"approve", "reject" or "fail"', onTimeout);
    }
    if (onReject !== "fail" && onReject !== "continue") {
      throw invalid(`\`onReject\` of ${what}`, '"fail" or "continue"', onReject);
    }
    return timeout === undefined ? null : readLimit(timeout, `\`timeout\` of ${what}`);
  });
  return defineTask<In, Approval, Checked>({
    name,
    taskKind: "approval",
    options: policies,
    details: typeof message === "string" ? { message } : {},
    input,
    site,
    run: (value, context): Approval | Deferred => {
      const decision = context.resumed?.decision;
      if (decision) return approvalOf(name, decision, { onReject, timeoutMs });
      return deferForApproval({
        message: typeof message === "function" ? String(message(value, context)) : message,
        ...(timeoutMs === null ? {} : { deadline: new Date(Date.now() + timeoutMs) }),
        onDeadline: ON_DEADLINE[onTimeout],
      });
    },
  });
}

interface Outcome {
  readonly onReject: "fail" | "continue";
  readonly timeoutMs: number | null;
}

function approvalOf(name: string, { decision, by, comment, at }: Decision, { onReject, timeoutMs }: Outcome): Approval {
  if (decision === "expired") {
    const message = `Nobody decided on "${name}" within ${formatDuration(timeoutMs ?? 0)}.`;
    const hint = 'Give it a longer `timeout`, or say what counts then: onTimeout: "reject".';
    throw neverAgain(new MillraceError("WAIT_TIMEOUT", message, { hint }));
  }
  if (decision === "rejected" && onReject === "fail") {
    const whom = by === null ? "when its time was over" : `by ${by}`;
    const why = comment === null ? "" : `: ${comment}`;
    const hint = 'A rejection that the flow is to go on after: onReject: "continue".';
    throw neverAgain(new MillraceError("APPROVAL_REJECTED", `"${name}" was rejected ${whom}${why}.`, { hint }));
  }
  return { approved: decision === "approved", by, comment, at };
}
