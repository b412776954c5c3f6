/** States of a run. `success`, `failed` and `cancelled` are final, and final states never change. */
export type RunState = "queued" | "running" | "success" | "failed" | "cancelled";
