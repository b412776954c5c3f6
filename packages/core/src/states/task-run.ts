/** States of a task run. The last five are final, and final states never change. */
export type TaskRunState =
  | "pending"
  | "ready"
  | "queued"
  | "running"
  | "retry_wait"
  | "deferred"
  | "awaiting_input"
  | "success"
  | "failed"
  | "skipped"
  | "upstream_failed"
  | "cancelled";

/** The five states in which a task run stays. */
export type FinalTaskRunState = "success" | "failed" | "skipped" | "upstream_failed" | "cancelled";

/** What happens to a task run. */
export type TaskRunEvent =
  /** Its trigger rule said to run it. */
  | { readonly kind: "ready" }
  /** Its trigger rule said to skip it, it stands in a branch that is not taken, or all it consists of was skipped. */
  | { readonly kind: "skipped" }
  /** Its trigger rule said that what it needs has failed, or that is so of what it consists of. */
  | { readonly kind: "upstream_failed" }
  /** A rerun does not repeat it and takes over what it gave before. */
  | { readonly kind: "reused" }
  /** A former output was taken instead of running. */
  | { readonly kind: "cached" }
  /** It holds its slots, and an attempt has been ordered. */
  | { readonly kind: "queued" }
  /** Its attempt runs; of a map, its items do; of a branch, the arm taken does. */
  | { readonly kind: "started" }
  | { readonly kind: "succeeded" }
  /** It failed for good: no retry is left or wanted, its input could not be made, or its time is over. */
  | { readonly kind: "failed" }
  /** An attempt failed, and another follows after a delay. */
  | { readonly kind: "retry" }
  /** Its attempt was lost through no fault of its own, or may be repeated at once: it goes back in line. */
  | { readonly kind: "requeued" }
  /** Its attempt gave the worker back until an instant or an event. */
  | { readonly kind: "deferred" }
  /** Its attempt gave the worker back until a person decides. */
  | { readonly kind: "asked" }
  /** What it waited for is there: the delay is over, the event came, or the person decided. */
  | { readonly kind: "resumed" }
  /** It was asked to stop, and nothing of it is alive any more. */
  | { readonly kind: "cancelled" };

/** Each event once, ready to be handed in: events carry nothing, so none has to be made anew. */
export const TASK_RUN_EVENTS = {
  ready: { kind: "ready" },
  skipped: { kind: "skipped" },
  upstream_failed: { kind: "upstream_failed" },
  reused: { kind: "reused" },
  cached: { kind: "cached" },
  queued: { kind: "queued" },
  started: { kind: "started" },
  succeeded: { kind: "succeeded" },
  failed: { kind: "failed" },
  retry: { kind: "retry" },
  requeued: { kind: "requeued" },
  deferred: { kind: "deferred" },
  asked: { kind: "asked" },
  resumed: { kind: "resumed" },
  cancelled: { kind: "cancelled" },
} as const satisfies { readonly [Kind in TaskRunEvent["kind"]]: Extract<TaskRunEvent, { kind: Kind }> };

export function isFinalTaskRunState(state: TaskRunState): state is FinalTaskRunState {
  switch (state) {
    case "success":
    case "failed":
    case "skipped":
    case "upstream_failed":
    case "cancelled":
      return true;
    case "pending":
    case "ready":
    case "queued":
    case "running":
    case "retry_wait":
    case "deferred":
    case "awaiting_input":
      return false;
  }
}

/** The state after an event, or undefined where the event comes too late or a second time: then it is dropped. */
export function transitionTaskRun(state: TaskRunState, event: TaskRunEvent): TaskRunState | undefined {
  switch (state) {
    case "pending":
      return fromPending(event);
    case "ready":
      return fromReady(event);
    case "queued":
      return event.kind === "started" ? "running" : fromAttempt(event);
    case "running":
      return fromRunning(event);
    case "retry_wait":
    case "deferred":
    case "awaiting_input":
      return fromWait(event);
    case "success":
    case "failed":
    case "skipped":
    case "upstream_failed":
    case "cancelled":
      return undefined;
  }
}

function fromPending(event: TaskRunEvent): TaskRunState | undefined {
  switch (event.kind) {
    case "ready":
      return "ready";
    case "skipped":
      return "skipped";
    case "upstream_failed":
      return "upstream_failed";
    case "reused":
      return "success";
    case "cancelled":
      return "cancelled";
    case "cached":
    case "queued":
    case "started":
    case "succeeded":
    case "failed":
    case "retry":
    case "requeued":
    case "deferred":
    case "asked":
    case "resumed":
      return undefined;
  }
}

/** Maps and branches start from here: they order no attempt and hold no slot. */
function fromReady(event: TaskRunEvent): TaskRunState | undefined {
  switch (event.kind) {
    case "cached":
      return "success";
    case "queued":
      return "queued";
    case "started":
      return "running";
    case "failed":
      return "failed";
    case "cancelled":
      return "cancelled";
    case "ready":
    case "skipped":
    case "upstream_failed":
    case "reused":
    case "succeeded":
    case "retry":
    case "requeued":
    case "deferred":
    case "asked":
    case "resumed":
      return undefined;
  }
}

/** From `queued` too: an attempt may end before its start was heard of. */
function fromAttempt(event: TaskRunEvent): TaskRunState | undefined {
  switch (event.kind) {
    case "succeeded":
      return "success";
    case "failed":
      return "failed";
    case "retry":
      return "retry_wait";
    case "requeued":
      return "ready";
    case "deferred":
      return "deferred";
    case "asked":
      return "awaiting_input";
    case "cancelled":
      return "cancelled";
    case "ready":
    case "skipped":
    case "upstream_failed":
    case "reused":
    case "cached":
    case "queued":
    case "started":
    case "resumed":
      return undefined;
  }
}

/** A branch or map takes over what its tasks came to: all skipped, or none could run. */
function fromRunning(event: TaskRunEvent): TaskRunState | undefined {
  if (event.kind === "skipped") return "skipped";
  if (event.kind === "upstream_failed") return "upstream_failed";
  return fromAttempt(event);
}

function fromWait(event: TaskRunEvent): TaskRunState | undefined {
  switch (event.kind) {
    case "resumed":
      return "ready";
    case "failed":
      return "failed";
    case "cancelled":
      return "cancelled";
    case "ready":
    case "skipped":
    case "upstream_failed":
    case "reused":
    case "cached":
    case "queued":
    case "started":
    case "succeeded":
    case "retry":
    case "requeued":
    case "deferred":
    case "asked":
      return undefined;
  }
}
