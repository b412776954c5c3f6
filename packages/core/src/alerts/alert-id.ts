import { makeRunId } from "../ids.ts";

/** Makes the id of a delivery: like a run's it is in the order of time, and nobody guesses it. */
export function makeAlertId(atMs: number, chance: () => number): string {
  return `A${makeRunId(atMs, chance)}`;
}
