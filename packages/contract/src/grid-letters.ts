import type { TaskRunState } from "@millrace/core";

/** The letter that stands for the state of a task in a grid of runs; `.` is a task that has not begun. */
export const GRID_LETTERS = {
  failed: "f",
  awaiting_input: "a",
  retry_wait: "w",
  running: "r",
  deferred: "d",
  queued: "q",
  ready: "y",
  pending: "p",
  upstream_failed: "u",
  cancelled: "c",
  success: "s",
  skipped: "k",
} as const satisfies Readonly<Record<TaskRunState, string>>;
