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
