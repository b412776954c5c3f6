import type { HookKind, PoolClaim, RetryPolicy, TaskPolicies, WorkerLabels } from "@millrace/core";
import type { NodeHandlers } from "../flow/definition.ts";
import type { KeyFunction } from "./read-limits.ts";
import type { ReadPolicies } from "./read-policies.ts";

const NO_RETRIES: RetryPolicy = Object.freeze({
  limit: 0,
  delay: Object.freeze({ kind: "fixed", ms: 1_000 }),
  maxMs: null,
  jitter: 0,
  conditional: false,
});

const DEFAULT_GRACE_MS = 10_000;

/** What the flow and the kind of a task add to its options. */
interface Surroundings {
  readonly pools: readonly PoolClaim[];
  /** Makes a key function one of the flow's, and gives its place among them. */
  readonly keyAt: (key: KeyFunction) => number;
}

/** Fills in the defaults, the one place where they are. */
export function completePolicies(read: ReadPolicies, { pools, keyAt }: Surroundings): TaskPolicies {
  const { concurrency, rateLimit } = read;
  return Object.freeze({
    retries: read.retries?.policy ?? NO_RETRIES,
    timeoutMs: read.timeoutMs ?? null,
    totalTimeoutMs: read.totalTimeoutMs ?? null,
    cache: read.cache?.policy ?? null,
    pools: mergePools(read.pools ?? [], pools),
    concurrency: concurrency?.limit ?? null,
    concurrencyKey: concurrency?.key ? keyAt(concurrency.key) : null,
    rateLimit: rateLimit?.policy ?? null,
    rateLimitKey: rateLimit?.key ? keyAt(rateLimit.key) : null,
    resources: read.resources ?? null,
    priority: read.priority ?? 0,
    isolation: read.isolation ?? "shared",
    onLost: read.onLost ?? "retry",
    graceMs: read.graceMs ?? DEFAULT_GRACE_MS,
    memoryBytes: read.memoryBytes ?? null,
    ...(Object.keys(read.workers ?? {}).length === 0 ? {} : { workers: read.workers as WorkerLabels }),
  });
}

/** A pool that the author claims himself is taken as he says. */
function mergePools(own: readonly PoolClaim[], ofKind: readonly PoolClaim[]): readonly PoolClaim[] {
  if (ofKind.length === 0) return own;
  const named = new Set(own.map(({ pool }) => pool));
  return [...own, ...ofKind.filter(({ pool }) => !named.has(pool))];
}

/** The functions among the options, as the worker finds them. */
export function handlersOf(read: ReadPolicies, run: NodeHandlers["run"]): NodeHandlers {
  const { onSuccess, onFailure, onRetry } = read;
  return {
    run,
    ...(read.retries?.when === undefined ? {} : { retryWhen: read.retries.when }),
    ...(read.cache?.key === undefined ? {} : { cacheKey: read.cache.key }),
    hooks: {
      ...(onSuccess === undefined ? {} : { success: onSuccess }),
      ...(onFailure === undefined ? {} : { failure: onFailure }),
      ...(onRetry === undefined ? {} : { retry: onRetry }),
    },
  };
}

/** Which hooks there are. */
export function hookKinds(hooks: NodeHandlers["hooks"]): readonly HookKind[] {
  return (["success", "failure", "retry"] as const).filter((kind) => hooks[kind] !== undefined);
}
