import type { KnownServer } from "@millrace/core";
import { lookAtProcess } from "@millrace/executors";

/**
 * A server that has been silent for so long has lost its attempts: others may start them again. In milliseconds, by the
 * database's clock.
 */
export const SILENT_MS = 10_000;

/** Whether attempts that were started there may still be its own. Who is frozen loses them. */
export function keepsAttempts({ process, silentMs }: KnownServer): boolean {
  return silentMs <= SILENT_MS && lookAtProcess(process) !== "dead";
}

/** Whether the server is there, as far as can be seen from here. On one machine nobody need give signs of life. */
export function isThere({ process, silentMs }: KnownServer): boolean {
  const seen = lookAtProcess(process);
  return seen === "alive" || (seen === "unknown" && silentMs <= SILENT_MS);
}
