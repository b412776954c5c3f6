import { MillraceError, parseDuration, type RetryDelay, type RetryPolicy } from "@millrace/core";
import type { RetryOptions } from "./policy-options.ts";

export interface ReadRetries {
  readonly policy: RetryPolicy;
  readonly when?: (error: unknown) => boolean | Promise<boolean>;
}

/** Without a word about delays: quick at first, patient later, and not all at once. */
const USUAL = { delay: { kind: "exponential", ms: 1_000, factor: 2 }, maxMs: 300_000, jitter: 0.1 } as const;

const KNOWN: readonly string[] = ["limit", "delay", "delays", "backoff", "factor", "max", "jitter", "when"];

/** Validates `retries`. */
export function readRetries(retries: number | RetryOptions, what: string): ReadRetries {
  if (typeof retries === "number") return { policy: policyOf({ limit: retries }, what) };
  if (typeof retries !== "object" || retries === null) throw wrong(what, "a number or { limit, delay, … }", retries);
  const unknown = Object.keys(retries).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) throw wrong(what, `made of ${KNOWN.join(", ")}`, `with "${unknown}"`);
  const { when } = retries;
  if (when !== undefined && typeof when !== "function") throw wrong(`"when" in the ${what}`, "a function", when);
  const policy = policyOf(retries, what);
  return when === undefined ? { policy } : { policy, when };
}

function policyOf(options: RetryOptions, what: string): RetryPolicy {
  const limit = options.limit ?? options.delays?.length ?? 1;
  if (!Number.isSafeInteger(limit) || limit < 0)
    throw wrong(`limit in the ${what}`, "a whole number, 0 or more", limit);
  const jitter = options.jitter ?? (isUsual(options) ? USUAL.jitter : 0);
  if (!(jitter >= 0 && jitter <= 1)) throw wrong(`"jitter" in the ${what}`, "a number from 0 to 1", jitter);
  return Object.freeze({
    limit,
    delay: Object.freeze(delayOf(options, what)),
    maxMs: maxOf(options, what),
    jitter,
    conditional: options.when !== undefined,
  });
}

/** Nothing was said about the delays themselves. */
function isUsual({ delay, delays, backoff }: RetryOptions): boolean {
  return delay === undefined && delays === undefined && backoff !== "fixed";
}

function maxOf(options: RetryOptions, what: string): number | null {
  if (options.max !== undefined) return parseDuration(options.max, `"max" in the ${what}`);
  return isUsual(options) ? USUAL.maxMs : null;
}

function delayOf(options: RetryOptions, what: string): RetryDelay {
  const { delay, delays, backoff, factor } = options;
  if (backoff !== undefined && backoff !== "exponential" && backoff !== "fixed") {
    throw wrong(`"backoff" in the ${what}`, '"exponential" or "fixed"', backoff);
  }
  if (delays !== undefined) return listOf(options, what);
  const ms = delay === undefined ? USUAL.delay.ms : parseDuration(delay, `"delay" in the ${what}`);
  if (backoff === "exponential" || isUsual(options)) {
    const growth = factor ?? USUAL.delay.factor;
    if (!(Number.isFinite(growth) && growth >= 1))
      throw wrong(`"factor" in the ${what}`, "a number, at least 1", growth);
    return { kind: "exponential", ms, factor: growth };
  }
  if (factor !== undefined) {
    throw wrong(`"factor" in the ${what}`, 'for exponential delays: add backoff: "exponential"', factor);
  }
  return { kind: "fixed", ms };
}

function listOf({ delay, delays = [], backoff }: RetryOptions, what: string): RetryDelay {
  if (delay !== undefined || backoff === "exponential") {
    throw wrong(`"delays" in the ${what}`, 'given alone, without "delay" or "backoff"', JSON.stringify(delays));
  }
  if (!Array.isArray(delays) || delays.length === 0) {
    throw wrong(`"delays" in the ${what}`, "a list of durations, one at least", delays);
  }
  return { kind: "list", ms: Object.freeze(delays.map((each) => parseDuration(each, `"delays" in the ${what}`))) };
}

function wrong(what: string, wanted: string, value: unknown): MillraceError {
  const shown = Array.isArray(value) ? JSON.stringify(value) : String(value);
  return new MillraceError("INVALID_OPTION", `The ${what} is ${shown}`, { hint: `It must be ${wanted}.` });
}
