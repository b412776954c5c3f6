import { type Duration, parseDuration } from "@millrace/core";

const NON_RETRYABLE = Symbol.for("millrace.non-retryable");
const RETRY_AFTER = Symbol.for("millrace.retry-after");

/** Thrown by a task to say that trying again is no use: it fails at once, whatever its `retries`. */
export class NonRetryableError extends Error {
  override readonly name: string = "NonRetryableError";
  readonly [NON_RETRYABLE] = true;
}

/** Thrown by a task to say when to try again, in place of the delay that its `retries` would give. */
export class RetryAfterError extends Error {
  override readonly name: string = "RetryAfterError";
  readonly [RETRY_AFTER] = true;
  /** Milliseconds from when the attempt ended. */
  readonly retryAfterMs: number;

  /** @param retryAfter a duration (`"30s"`) or the instant to wait for. */
  constructor(message: string, retryAfter: Duration | Date, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs =
      retryAfter instanceof Date
        ? Math.max(0, retryAfter.getTime() - Date.now())
        : parseDuration(retryAfter, "delay of a RetryAfterError");
  }
}

/** Recognises a `NonRetryableError` of any copy of this package. */
export function isNonRetryable(error: unknown): boolean {
  return error instanceof Error && NON_RETRYABLE in error;
}

/** The delay that a `RetryAfterError` of any copy of this package asks for, in milliseconds; else null. */
export function retryAfterMsOf(error: unknown): number | null {
  if (!(error instanceof Error) || !(RETRY_AFTER in error)) return null;
  return (error as RetryAfterError).retryAfterMs;
}
