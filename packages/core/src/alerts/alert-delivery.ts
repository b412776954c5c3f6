import type { AlertMessage } from "./alert-message.ts";

/**
 * A message on its way through one channel. It is sent at least once, each time under the same id, until somebody took it or
 * it was given up.
 */
export interface AlertDelivery {
  readonly id: string;
  readonly rule: string;
  readonly channel: string;
  /** `failed`: given up; `millrace alert retry` tries again. */
  readonly state: "waiting" | "sent" | "failed";
  readonly message: AlertMessage;
  readonly madeAtMs: number;
  /** When it is tried next, while it waits. */
  readonly nextAtMs: number | null;
  /** Sent, or given up. */
  readonly endedAtMs: number | null;
  /** What came of each try, the first first. */
  readonly tries: readonly DeliveryTry[];
}

export interface DeliveryTry {
  readonly atMs: number;
  readonly ok: boolean;
  /** What the other side said, or why it was not reached. Never an address or a secret. */
  readonly text: string;
}

/** What came of one try. */
export type SendOutcome =
  | { readonly kind: "sent"; readonly text: string }
  | { readonly kind: "failed"; readonly text: string; readonly retryAfterMs: number | null }
  /** Another try would do no good. */
  | { readonly kind: "refused"; readonly text: string };

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Between one try and the next: quick at first, since most failures are short, and about a day in all. */
const WAITS_MS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  8 * HOUR,
];
/** A receiver that asks for more patience than this does not get it. */
const LONGEST_WAIT_MS = 8 * HOUR;
/** Of tries that somebody has asked for again and again, the last so many are kept. */
const KEPT_TRIES = 50;

/** A delivery after a try. */
export function afterTry(delivery: AlertDelivery, outcome: SendOutcome, atMs: number): AlertDelivery {
  const tries = [...delivery.tries, { atMs, ok: outcome.kind === "sent", text: outcome.text }].slice(-KEPT_TRIES);
  if (outcome.kind === "sent") return { ...delivery, state: "sent", nextAtMs: null, endedAtMs: atMs, tries };
  const waitMs = WAITS_MS[delivery.tries.length];
  if (outcome.kind === "refused" || waitMs === undefined) {
    return { ...delivery, state: "failed", nextAtMs: null, endedAtMs: atMs, tries };
  }
  const asked = Math.min(outcome.retryAfterMs ?? 0, LONGEST_WAIT_MS);
  return { ...delivery, nextAtMs: atMs + Math.max(waitMs, asked), tries };
}

/** Somebody wants it tried again, whatever became of it. */
export function triedAgain(delivery: AlertDelivery, nowMs: number): AlertDelivery {
  return { ...delivery, state: "waiting", nextAtMs: nowMs, endedAtMs: null };
}
