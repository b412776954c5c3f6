import type { TaskRunState } from "./task-run.ts";

/** How much a task run in a state needs somebody: those that need nobody come last. Of many, the first is worth showing. */
const URGENCY: Readonly<Record<TaskRunState, number>> = {
  failed: 0,
  awaiting_input: 1,
  retry_wait: 2,
  running: 3,
  deferred: 4,
  queued: 5,
  ready: 6,
  pending: 7,
  upstream_failed: 8,
  cancelled: 9,
  success: 10,
  skipped: 11,
};

/** All states of task runs, from the one that needs somebody most to the one that needs nobody. */
export const STATES_BY_URGENCY = (Object.keys(URGENCY) as TaskRunState[]).sort(
  (one, other) => URGENCY[one] - URGENCY[other],
);
