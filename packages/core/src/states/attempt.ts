/** States of an attempt. All but the first three are final. `stopping` holds its slots until the whole tree is dead. */
export type AttemptState =
  | "starting"
  | "running"
  | "stopping"
  | "success"
  | "failed"
  | "timed_out"
  | "cancelled"
  | "lost"
  | "yielded";

/** The states in which an attempt stays: how it ended. */
export type FinalAttemptState = "success" | "failed" | "timed_out" | "cancelled" | "lost" | "yielded";

/**
 * What happens to an attempt. Every `AttemptReport` is such an event as it is, so that the engine hands reports in
 * without making anything of them.
 */
export type AttemptEvent =
  /** Its process took it up. */
  | { readonly kind: "started" }
  /** It reported facts about data. They count while it lives, and change no state. */
  | { readonly kind: "data" }
  /** The engine told its executor to end it. */
  | { readonly kind: "stop" }
  /** Its whole process tree is dead, and this is how it ended. */
  | { readonly kind: "ended"; readonly outcome: { readonly state: FinalAttemptState } };

/** The event of telling the executor to end an attempt, ready to be handed in. */
export const ATTEMPT_STOP = { kind: "stop" } as const satisfies AttemptEvent;

export function isFinalAttemptState(state: AttemptState): state is FinalAttemptState {
  return state !== "starting" && state !== "running" && state !== "stopping";
}

/**
 * The state after an event, or undefined where the event comes too late or a second time: then it is dropped.
 *
 * An end counts whatever came before it. An attempt may end before its start was heard of; and one that was being
 * stopped may have finished its work first, in which case that is the truth.
 */
export function transitionAttempt(state: AttemptState, event: AttemptEvent): AttemptState | undefined {
  switch (state) {
    case "starting":
    case "running":
    case "stopping":
      return fromLive(state, event);
    case "success":
    case "failed":
    case "timed_out":
    case "cancelled":
    case "lost":
    case "yielded":
      return undefined;
  }
}

function fromLive(state: "starting" | "running" | "stopping", event: AttemptEvent): AttemptState | undefined {
  switch (event.kind) {
    case "started":
      return state === "starting" ? "running" : undefined;
    case "data":
      return state;
    case "stop":
      return state === "stopping" ? undefined : "stopping";
    case "ended":
      return event.outcome.state;
  }
}
