import {
  type CachePolicy,
  checkLabels,
  type PoolClaim,
  parseByteSize,
  parseDuration,
  type ResourcePolicy,
  type WorkerLabels,
} from "@millrace/core";
import type { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import type { HookFunction } from "./context.ts";
import type { CacheOptions, TaskOptions } from "./policy-options.ts";
import {
  type ReadConcurrency,
  type ReadRate,
  readConcurrency,
  readPools,
  readRateLimit,
  readResources,
} from "./read-limits.ts";
import { invalid, readLimit, readText, readWhole, unknownOption } from "./read-option.ts";
import { type ReadRetries, readRetries } from "./read-retries.ts";

/** A task's options, each one validated and in its final units, as far as it was given. */
export interface ReadPolicies {
  readonly retries?: ReadRetries;
  readonly timeoutMs?: number;
  readonly totalTimeoutMs?: number;
  readonly cache?: ReadCache | null;
  readonly pools?: readonly PoolClaim[];
  readonly concurrency?: ReadConcurrency;
  readonly rateLimit?: ReadRate;
  readonly resources?: ResourcePolicy;
  readonly priority?: number;
  readonly isolation?: "shared" | "process";
  readonly onLost?: "retry" | "fail";
  readonly graceMs?: number;
  readonly memoryBytes?: number;
  readonly workers?: WorkerLabels;
  readonly description?: string;
  readonly docs?: string;
  readonly owner?: string;
  readonly tags?: readonly string[];
  readonly onSuccess?: HookFunction;
  readonly onFailure?: HookFunction;
  readonly onRetry?: HookFunction;
}

interface ReadCache {
  readonly policy: CachePolicy;
  readonly key?: (input: unknown) => string;
}

/** What `cache` may be, seen from here: the key takes whatever the task takes. */
type AnyTaskOptions = Omit<TaskOptions, "cache"> & { readonly cache?: boolean | AnyCacheOptions };
type AnyCacheOptions = CacheOptions & { readonly key?: (input: never) => string };

/** By option: how its value is read. What is missing here is refused as unknown. */
const READERS: { readonly [Option in keyof Required<AnyTaskOptions>]: Reader<Option> } = {
  retries: (retries, what) => ({ retries: readRetries(retries, what) }),
  timeout: (timeout, what) => ({ timeoutMs: readLimit(timeout, what) }),
  totalTimeout: (timeout, what) => ({ totalTimeoutMs: readLimit(timeout, what) }),
  cache: (cache, what) => ({ cache: readCache(cache, what) }),
  pool: (pool, what) => ({ pools: readPools(pool, what) }),
  concurrency: (limit, what) => ({ concurrency: readConcurrency(limit, what) }),
  rateLimit: (rate, what) => ({ rateLimit: readRateLimit(rate, what) }),
  resources: (resources, what) => ({ resources: readResources(resources, what) }),
  priority: (priority, what) => ({ priority: readWhole(priority, what) }),
  isolation: (isolation, what) => ({ isolation: readChoice(isolation, ["shared", "process"], what) }),
  onLost: (onLost, what) => ({ onLost: readChoice(onLost, ["retry", "fail"], what) }),
  grace: (grace, what) => ({ graceMs: parseDuration(grace, what) }),
  memory: (memory, what) => ({ memoryBytes: parseByteSize(memory, what) }),
  workers: (labels, what) => ({ workers: readLabels(labels, what) }),
  description: (text, what) => ({ description: readText(text, what) }),
  docs: (text, what) => ({ docs: readText(text, what) }),
  owner: (text, what) => ({ owner: readText(text, what) }),
  tags: (tags, what) => ({ tags: readTags(tags, what) }),
  onSuccess: (hook, what) => ({ onSuccess: readFunction(hook, what) }),
  onFailure: (hook, what) => ({ onFailure: readFunction(hook, what) }),
  onRetry: (hook, what) => ({ onRetry: readFunction(hook, what) }),
};

type Reader<Option extends keyof AnyTaskOptions> = (
  value: NonNullable<AnyTaskOptions[Option]>,
  what: string,
) => ReadPolicies;

/**
 * Validates options once; later only merging is left.
 *
 * @param owner whose options they are, for messages: `task "load"`.
 * @throws MillraceError `INVALID_OPTION` naming the option and the place.
 */
export function readTaskOptions(options: AnyTaskOptions, owner: string, site: CallSite): ReadPolicies {
  return withPlace(site, () => {
    let read: ReadPolicies = {};
    for (const [option, value] of Object.entries(options)) {
      if (value === undefined) continue;
      const reader = (READERS as Readonly<Record<string, Reader<never> | undefined>>)[option];
      if (reader === undefined) throw unknownOption(option, owner, Object.keys(READERS));
      read = { ...read, ...reader(value as never, `option "${option}" of ${owner}`) };
    }
    return read;
  });
}

function readLabels(labels: unknown, what: string): WorkerLabels {
  if (typeof labels !== "object" || labels === null || Array.isArray(labels)) {
    throw invalid(what, 'labels, such as { gpu: "a100" }', labels);
  }
  return Object.freeze({ ...checkLabels(labels as WorkerLabels, `The ${what}`) });
}

function readTags(tags: unknown, what: string): readonly string[] {
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === "string" && tag !== ""))
    return Object.freeze([...tags]);
  throw invalid(what, "a list of words", tags);
}

function readFunction<Fn>(value: Fn, what: string): Fn {
  if (typeof value === "function") return value;
  throw invalid(what, "a function", value);
}

function readChoice<Choice extends string>(value: unknown, choices: readonly Choice[], what: string): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw invalid(what, choices.map((choice) => `"${choice}"`).join(" or "), value);
  return found;
}

function readCache(cache: boolean | AnyCacheOptions, what: string): ReadCache | null {
  if (cache === false) return null;
  if (cache !== true && (typeof cache !== "object" || cache === null)) {
    throw invalid(what, "true, false or { expires, key, salt }", cache);
  }
  const { expires, salt = "", key } = cache === true ? ({} as AnyCacheOptions) : cache;
  return {
    policy: Object.freeze({
      expiresMs: expires === undefined ? null : parseDuration(expires, `"expires" in the ${what}`),
      customKey: key !== undefined,
      salt: readText(salt, `"salt" in the ${what}`),
    }),
    ...(key === undefined ? {} : { key: readFunction(key, `"key" in the ${what}`) as (input: unknown) => string }),
  };
}
