/** Marks what `defer` makes, across copies of this package. */
const DEFERRED = Symbol.for("millrace.defer");

/** Says that the task gives its worker back and goes on later, in a new attempt. */
export interface Deferred {
  readonly [DEFERRED]: true;
  /** A value for the attempt that goes on: it finds it as `context.resumed.carry`. */
  readonly carry: unknown;
  readonly until:
    | { readonly kind: "time"; readonly resumeAtMs: number }
    | {
        readonly kind: "run";
        readonly flow: string;
        readonly params: unknown;
        readonly window: { readonly startMs: number; readonly endMs: number } | null;
      }
    | {
        readonly kind: "approval";
        readonly message: string;
        readonly deadlineMs: number | null;
        readonly onDeadline: "approved" | "rejected" | "fail";
      };
}

/**
 * Gives the worker back until an instant: `return defer({ until })`. The task's slot is free meanwhile, and the wait
 * survives restarts. Then the handler is called again with the same input and `context.resumed`. It spends no retry.
 */
export function defer(wait: {
  /** An instant, or a number of milliseconds from now. */
  readonly until: Date | number;
  /** A storable value for the next attempt. Defaults to none. */
  readonly carry?: unknown;
}): Deferred {
  const resumeAtMs = wait.until instanceof Date ? wait.until.getTime() : Date.now() + wait.until;
  if (!Number.isFinite(resumeAtMs)) throw new TypeError("defer: `until` is not an instant");
  return { [DEFERRED]: true, carry: wait.carry, until: { kind: "time", resumeAtMs } };
}

/**
 * Starts a run of a flow of this project and gives the worker back until it has ended. The run is found again by the
 * task run that asked for it, so a crash in between never starts a second one.
 */
export function deferForRun(wait: {
  /** The flow's name. */
  readonly flow: string;
  /** Its parameters. Defaults to none. */
  readonly params?: unknown;
  /** The data interval of the new run. Defaults to the asking run's. */
  readonly window?: { readonly start: Date; readonly end: Date };
  /** A storable value for the next attempt. Defaults to none. */
  readonly carry?: unknown;
}): Deferred {
  const { window } = wait;
  return {
    [DEFERRED]: true,
    carry: wait.carry,
    until: {
      kind: "run",
      flow: wait.flow,
      params: wait.params ?? {},
      window: window === undefined ? null : { startMs: window.start.getTime(), endMs: window.end.getTime() },
    },
  };
}

/**
 * Gives the worker back until a person has decided (`millrace approval`), or the deadline does. The next attempt finds
 * the decision as `context.resumed.decision`. The wait survives restarts.
 */
export function deferForApproval(wait: {
  /** What is to be decided, for people. */
  readonly message: string;
  /** When it is decided without a person. Defaults to never. */
  readonly deadline?: Date;
  /** What counts then; `fail` gives the decision `expired`. Defaults to `"fail"`. */
  readonly onDeadline?: "approved" | "rejected" | "fail";
  /** A storable value for the next attempt. Defaults to none. */
  readonly carry?: unknown;
}): Deferred {
  const { message, deadline, onDeadline = "fail", carry } = wait;
  const deadlineMs = deadline === undefined ? null : deadline.getTime();
  if (Number.isNaN(deadlineMs)) throw new TypeError("deferForApproval: `deadline` is not an instant");
  return { [DEFERRED]: true, carry, until: { kind: "approval", message, deadlineMs, onDeadline } };
}

/** Recognises what `defer` and `deferForRun` make, by any copy of this package. */
export function isDeferred(value: unknown): value is Deferred {
  return typeof value === "object" && value !== null && DEFERRED in value;
}
