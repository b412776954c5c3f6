import {
  type AttemptState,
  RUN_EVENTS,
  type RunState,
  TASK_RUN_EVENTS,
  type TaskRunState,
  transitionAttempt,
  transitionRun,
  transitionTaskRun,
} from "@millrace/core";

const ATTEMPT_ENDS = ["success", "failed", "timed_out", "cancelled", "lost", "yielded"] as const;

/**
 * To which states a state leads, itself included, along rows of the matrix. One commit may pass through several, so
 * what is written after one another need not be neighbours.
 */
function reachable<State extends string>(nexts: (state: State) => readonly (State | undefined)[]) {
  const known = new Map<State, ReadonlySet<State>>();
  return (from: State, to: State): boolean => {
    let reached = known.get(from);
    if (reached === undefined) {
      const growing = new Set([from]);
      // A set that grows while it is walked is walked to its end.
      for (const at of growing) for (const next of nexts(at)) if (next !== undefined) growing.add(next);
      known.set(from, growing);
      reached = growing;
    }
    return reached.has(to);
  };
}

export const mayTaskRunBecome = reachable<TaskRunState>((state) =>
  Object.values(TASK_RUN_EVENTS).map((event) => transitionTaskRun(state, event)),
);

export const mayRunBecome = reachable<RunState>((state) =>
  Object.values(RUN_EVENTS).map((event) => transitionRun(state, event)),
);

export const mayAttemptBecome = reachable<AttemptState>((state) => [
  transitionAttempt(state, { kind: "started" }),
  transitionAttempt(state, { kind: "stop" }),
  ...ATTEMPT_ENDS.map((end) => transitionAttempt(state, { kind: "ended", outcome: { state: end } })),
]);
