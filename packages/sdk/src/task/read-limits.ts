import { type PoolClaim, parseByteSize, type RatePolicy, type ResourcePolicy } from "@millrace/core";
import type { RateLimitOptions, ResourceOptions, TaskConcurrencyOptions } from "./limit-options.ts";
import type { PoolOption } from "./policy-options.ts";
import { invalid, readCount, readLimit, unknownOption } from "./read-option.ts";

/** Makes a key from a run's parameters. */
export type KeyFunction = (params: unknown) => unknown;

export interface ReadConcurrency {
  readonly limit: number;
  readonly key: KeyFunction | null;
}

export interface ReadRate {
  readonly policy: RatePolicy;
  readonly key: KeyFunction | null;
}

/** `concurrency` of tasks and of flows: a number, or `{ limit, key }`. */
export function readConcurrency(concurrency: number | TaskConcurrencyOptions, what: string): ReadConcurrency {
  if (typeof concurrency !== "object" || concurrency === null) {
    return { limit: readCount(concurrency, what), key: null };
  }
  refuseUnknown(concurrency, { limit: true, key: true }, what);
  const { limit = 1 } = concurrency;
  return { limit: readCount(limit, `"limit" in the ${what}`), key: readKey(concurrency, what) };
}

export function readRateLimit(rate: RateLimitOptions, what: string): ReadRate {
  if (typeof rate !== "object" || rate === null) throw invalid(what, 'such as { limit: 10, per: "1m" }', rate);
  refuseUnknown(rate, { limit: true, per: true, burst: true, key: true }, what);
  return { policy: readRate(rate, what), key: readKey(rate, what) };
}

/** A rate without a key: what pools have. */
export function readRate({ limit, per, burst = limit }: Omit<RateLimitOptions, "key">, what: string): RatePolicy {
  return Object.freeze({
    limit: readCount(limit, `"limit" in the ${what}`),
    perMs: readLimit(per, `"per" in the ${what}`),
    burst: readCount(burst, `"burst" in the ${what}`),
  });
}

export function readResources(resources: ResourceOptions, what: string): ResourcePolicy {
  if (typeof resources !== "object" || resources === null) {
    throw invalid(what, 'such as { cpu: 0.5, memory: "512MB" }', resources);
  }
  refuseUnknown(resources, { cpu: true, memory: true }, what);
  const { cpu = 0, memory = 0 } = resources;
  if (typeof cpu !== "number" || !(cpu >= 0) || cpu > 1_000_000) {
    throw invalid(`"cpu" in the ${what}`, "a number of processors, such as 0.5 or 2", cpu);
  }
  return Object.freeze({
    // A share that is too small to count must not become none.
    cpuMillis: Math.ceil(cpu * 1_000),
    memoryBytes: parseByteSize(memory, `"memory" in the ${what}`),
  });
}

export function readPools(pool: PoolOption | readonly PoolOption[], what: string): readonly PoolClaim[] {
  const claims = (Array.isArray(pool) ? pool : [pool]) as readonly PoolOption[];
  const slots = new Map<string, number>();
  for (const claim of claims) {
    const { name, slots: wanted = 1 } = typeof claim === "string" ? { name: claim } : claim;
    if (typeof name !== "string" || name === "") throw invalid(what, "the name of a pool, or { name, slots }", name);
    slots.set(name, (slots.get(name) ?? 0) + readCount(wanted, `number of slots in the ${what}`));
  }
  return Object.freeze([...slots].map(([name, count]) => ({ pool: name, slots: count })));
}

/** Taken out of its object: the key is a plain function, whatever it was written as. */
function readKey({ key }: { readonly key?: unknown }, what: string): KeyFunction | null {
  if (key === undefined) return null;
  if (typeof key !== "function") throw invalid(`"key" in the ${what}`, "a function", key);
  return key as KeyFunction;
}

/** @param known the names there are, and nothing about them. */
export function refuseUnknown(options: object, known: Readonly<Record<string, true>>, what: string): void {
  const unknown = Object.keys(options).find((option) => !Object.hasOwn(known, option));
  if (unknown !== undefined) throw unknownOption(unknown, `The ${what}`, Object.keys(known));
}
