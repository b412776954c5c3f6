import { waitForCondition } from "./wait-for-condition.ts";
import { waitForFile } from "./wait-for-file.ts";
import { waitFor, waitUntil } from "./wait-for-time.ts";

/**
 * Tasks that wait without holding a worker: `wait.until` an instant, `wait.for` a duration, `wait.forFile`, and
 * `wait.forCondition`, which asks a function of yours. What waits survives restarts.
 */
export const wait = {
  until: waitUntil,
  for: waitFor,
  forFile: waitForFile,
  forCondition: waitForCondition,
} as const;
