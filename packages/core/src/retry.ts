import type { RetryDelay, RetryPolicy } from "./spec/policies.ts";

/** No delay is longer than a century: exponential ones would leave the numbers that can be instants. */
const LONGEST_DELAY_MS = 100 * 365.25 * 86_400_000;

/**
 * How long to wait before a retry, in whole milliseconds.
 *
 * With jitter j the delay d is drawn evenly from [d·(1−j), d·(1+j)], cut at the policy's `maxMs`. The cut narrows the
 * range rather than pressing draws onto its end: retries of many tasks that all wait the longest delay still spread.
 *
 * @param retry counts the retries, from 1: the first retry follows the first try.
 * @param chance draws a number in [0, 1); called once when the policy has jitter, else never.
 */
export function retryDelayMs(policy: RetryPolicy, retry: number, chance: () => number): number {
  const maxMs = policy.maxMs === null ? LONGEST_DELAY_MS : Math.min(policy.maxMs, LONGEST_DELAY_MS);
  const delayMs = Math.round(Math.min(plainDelayMs(policy.delay, retry), maxMs));
  if (policy.jitter === 0) return delayMs;
  const lowest = Math.ceil(delayMs * (1 - policy.jitter));
  const highest = Math.floor(Math.min(delayMs * (1 + policy.jitter), maxMs));
  return lowest + Math.floor(chance() * (highest - lowest + 1));
}

function plainDelayMs(delay: RetryDelay, retry: number): number {
  switch (delay.kind) {
    case "fixed":
      return delay.ms;
    case "list":
      return delay.ms[Math.min(retry, delay.ms.length) - 1] ?? 0;
    case "exponential":
      return delay.ms * delay.factor ** (retry - 1);
  }
}
