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
