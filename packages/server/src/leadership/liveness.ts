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

/**
 * Whether the server is there and works.
 *
 * @param allBeat every server gives signs of life. Where none need, on one machine, the process itself is looked at.
 */
export function isThere(server: KnownServer, allBeat: boolean): boolean {
  if (allBeat) return keepsAttempts(server);
  const seen = lookAtProcess(server.process);
  return seen === "alive" || (seen === "unknown" && server.silentMs <= SILENT_MS);
}
