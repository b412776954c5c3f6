import type { RatePolicy } from "@millrace/core";

/**
 * What is limited: slots of a pool, a task's own concurrency (or that of one key), processor time and memory of the
 * executor, starts within a time, workers that have certain labels, and the workers themselves.
 */
export type ResourceKind = "workers" | "labels" | "pool" | "task" | "cpu" | "memory" | "rate";

/** So much of one resource, for as long as an attempt lives; of a rate, one token for its start. */
export interface Claim {
  readonly kind: ResourceKind;
  /** Unique among all resources. */
  readonly resource: string;
  /** As people know it: the pool's name, or the task's. */
  readonly label: string;
  readonly units: number;
  /** How much there is, where the claim itself knows (`task`). */
  readonly limit: number | null;
  /** Of a rate. */
  readonly rate: RatePolicy | null;
}

/** Most specific first: what is blocked waits where the fewest others do. */
const ORDER: readonly ResourceKind[] = ["task", "pool", "labels", "cpu", "memory", "rate", "workers"];

export function inOrder(claims: readonly Claim[]): readonly Claim[] {
  return [...claims].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

/** Equal for claims on the same. */
export function claimsKey(claims: readonly Claim[]): string {
  return claims.map(({ resource, units }) => `${resource}=${units}`).join("\n");
}
