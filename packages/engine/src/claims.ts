import { labelsText, type TaskNodeSpec, type TaskPolicies } from "@millrace/core";
import type { Claim } from "./admission/claim.ts";

/** What most tasks have: they wait for a worker and nothing else. */
export const NO_CLAIMS: readonly Claim[] = [];

/** The processors and the memory of the executor, as resources. */
export const CPU = "cpu";
export const MEMORY = "memory";

/** By which a pool is known among all resources. */
export function poolResource(pool: string): string {
  return `pool ${pool}`;
}

/** Whether what a task claims depends on its run. */
export function holdsKeys({ concurrencyKey, rateLimitKey }: TaskPolicies): boolean {
  return (concurrencyKey ?? rateLimitKey ?? null) !== null;
}

/** The limits under which the attempts of a task start. @param keys of the run; null where the task has none. */
export function claimsOf(flow: string, node: TaskNodeSpec, keys: readonly string[] | null): readonly Claim[] {
  const { policies } = node;
  const claims = [...concurrencyClaims(flow, node, keys), ...policies.pools.flatMap(poolClaims)];
  const { resources, rateLimit, workers } = policies;
  if (workers !== undefined) {
    const label = labelsText(workers);
    claims.push({ kind: "labels", resource: `workers ${label}`, label, units: 1, limit: null, rate: null });
  }
  if (resources && resources.cpuMillis > 0) claims.push(machineClaim("cpu", resources.cpuMillis));
  if (resources && resources.memoryBytes > 0) claims.push(machineClaim("memory", resources.memoryBytes));
  if (rateLimit) {
    const { name, label } = named(`${flow}/${node.id}`, keyAt(policies.rateLimitKey, keys));
    claims.push({ kind: "rate", resource: `rate ${name}`, label, units: 1, limit: null, rate: rateLimit });
  }
  return claims.length === 0 ? NO_CLAIMS : claims;
}

function concurrencyClaims(flow: string, { id, policies }: TaskNodeSpec, keys: readonly string[] | null): Claim[] {
  if (policies.concurrency === null) return [];
  const { name, label } = named(`${flow}/${id}`, keyAt(policies.concurrencyKey, keys));
  return [{ kind: "task", resource: `task ${name}`, label, units: 1, limit: policies.concurrency, rate: null }];
}

function poolClaims({ pool, slots }: TaskPolicies["pools"][number]): Claim[] {
  return [{ kind: "pool", resource: poolResource(pool), label: pool, units: slots, limit: null, rate: null }];
}

function machineClaim(kind: "cpu" | "memory", units: number): Claim {
  return { kind, resource: kind, label: kind, units, limit: null, rate: null };
}

function keyAt(place: number | null, keys: readonly string[] | null): string | null {
  return place === null || place === undefined ? null : (keys?.[place] ?? "");
}

/** No name holds a line's end, so no key makes one limit look like another. */
function named(task: string, key: string | null): { readonly name: string; readonly label: string } {
  return key === null ? { name: task, label: task } : { name: `${task}\n${key}`, label: `${task} for ${key}` };
}
