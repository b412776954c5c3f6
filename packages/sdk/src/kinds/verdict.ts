import type { MillraceError } from "@millrace/core";

const NON_RETRYABLE = Symbol.for("millrace.non-retryable");
const RETRY_AFTER = Symbol.for("millrace.retry-after");

/** Marks a refusal as one that no retry will change; it stays what it is, with its code and hint. */
export function neverAgain(error: MillraceError): MillraceError {
  return Object.assign(error, { [NON_RETRYABLE]: true });
}

/** Marks a refusal with the delay after which trying again makes sense. */
export function againAfter(error: MillraceError, delayMs: number): MillraceError {
  return Object.assign(error, { [RETRY_AFTER]: true, retryAfterMs: delayMs });
}
