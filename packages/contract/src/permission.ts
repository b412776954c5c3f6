/** What somebody may do. Closed: each route names one of these, or that it is open to everybody. */
export type Permission =
  | "project.read"
  | "flow.read"
  | "run.read"
  | "run.start"
  | "run.cancel"
  | "log.read"
  | "trigger.read"
  | "trigger.pause"
  | "trigger.fire"
  | "backfill.read"
  | "backfill.write"
  | "pool.read"
  | "pool.write"
  | "approval.decide"
  | "history.prune";
