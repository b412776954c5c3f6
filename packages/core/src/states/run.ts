/** States of a run. `success`, `failed` and `cancelled` are final, and final states never change. */
export type RunState = "queued" | "running" | "success" | "failed" | "cancelled";

/**
 * How urgent a run is by its nature. `live`: somebody or something waits for it. `backfill`: it catches up with the past,
 * many at a time; it has a share of its own, and leaves live work its room.
 */
export type RunClass = "live" | "backfill";

/** The three states in which a run stays. */
export type FinalRunState = "success" | "failed" | "cancelled";

/** What happens to a run. */
export type RunEvent =
  /** Its flow has room, and its first task runs may start. */
  | { readonly kind: "started" }
  /** Every task run is final, and no leaf failed. */
  | { readonly kind: "succeeded" }
  /** Every task run is final, and a leaf failed or lacks its upstream; or the run took too long. */
  | { readonly kind: "failed" }
  /** It was asked to stop, and nothing of it is alive any more. */
  | { readonly kind: "cancelled" };

/** Each event once, ready to be handed in: events carry nothing, so none has to be made anew. */
export const RUN_EVENTS = {
  started: { kind: "started" },
  succeeded: { kind: "succeeded" },
  failed: { kind: "failed" },
  cancelled: { kind: "cancelled" },
} as const satisfies { readonly [Kind in RunEvent["kind"]]: Extract<RunEvent, { kind: Kind }> };

export function isFinalRunState(state: RunState): state is FinalRunState {
  return state === "success" || state === "failed" || state === "cancelled";
}

/** The state after an event, or undefined where the event comes too late or a second time: then it is dropped. */
export function transitionRun(state: RunState, event: RunEvent): RunState | undefined {
  switch (state) {
    case "queued":
      return fromQueued(event);
    case "running":
      return fromRunning(event);
    case "success":
    case "failed":
    case "cancelled":
      return undefined;
  }
}

function fromQueued(event: RunEvent): RunState | undefined {
  switch (event.kind) {
    case "started":
      return "running";
    case "cancelled":
      return "cancelled";
    case "succeeded":
    case "failed":
      return undefined;
  }
}

function fromRunning(event: RunEvent): RunState | undefined {
  switch (event.kind) {
    case "started":
      return undefined;
    case "succeeded":
      return "success";
    case "failed":
      return "failed";
    case "cancelled":
      return "cancelled";
  }
}
