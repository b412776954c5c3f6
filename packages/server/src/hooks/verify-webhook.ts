import { createHmac, timingSafeEqual } from "node:crypto";

/** What a request says about itself; header names as Standard Webhooks has them. */
export interface SignedHeaders {
  readonly id: string;
  /** As it was sent, in whole seconds since the epoch. */
  readonly timestamp: string;
  readonly signature: string;
}

export type Verdict<Value> =
  | ({ readonly ok: true } & Value)
  /** One sentence for the sender. It says nothing that helps to forge. */
  | { readonly ok: false; readonly reason: string };

const PREFIX = "whsec_";
/** Standard Webhooks asks for 24 to 64 bytes; shorter ones are no secrets. */
const SHORTEST_SECRET_BYTES = 16;
const LONGEST_ID = 256;

/** The bytes of a secret as it stands in a variable: `whsec_` and base 64. Undefined where it is none. */
export function parseWebhookSecret(text: string): Buffer | undefined {
  const base64 = text.trim().replace(PREFIX, "");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const secret = Buffer.from(base64, "base64");
  return secret.length < SHORTEST_SECRET_BYTES ? undefined : secret;
}

/** What can be told before the body is read: whether the headers are there, and the timestamp is of now. */
export function checkSignedHeaders(
  headers: Readonly<Record<string, string | undefined>>,
  { nowMs, toleranceMs }: { readonly nowMs: number; readonly toleranceMs: number },
): Verdict<{ readonly signed: SignedHeaders }> {
  const id = headers["webhook-id"] ?? "";
  const timestamp = headers["webhook-timestamp"] ?? "";
  const signature = headers["webhook-signature"] ?? "";
  for (const [name, value] of Object.entries({ id, timestamp, signature })) {
    if (value === "") return { ok: false, reason: `The header webhook-${name} is missing.` };
  }
  if (id.length > LONGEST_ID) return { ok: false, reason: `The webhook-id is longer than ${LONGEST_ID} characters.` };
  if (!/^\d{1,15}$/.test(timestamp)) {
    return { ok: false, reason: "The webhook-timestamp is not a whole number of seconds since 1970." };
  }
  const agoMs = nowMs - Number(timestamp) * 1_000;
  if (Math.abs(agoMs) > toleranceMs) {
    const when = agoMs > 0 ? "too long ago" : "too far in the future";
    return { ok: false, reason: `The webhook-timestamp is ${when}: ${Math.round(toleranceMs / 1_000)} s are allowed.` };
  }
  return { ok: true, signed: { id, timestamp, signature } };
}

/**
 * What is signed shows no borders: where the ids of a sender end in a number, `order.1767225600`, whoever replays one of
 * its requests could give that number out as the time, and the time as the beginning of the body.
 */
const MOVED_BORDER = /^\d{9,15}\./;
const BORDER_BYTES = 16;

/**
 * Whether one of the signatures is of this body, as Standard Webhooks says: `v1,` and the base 64 of the HMAC-SHA256 of
 * `id.timestamp.body`. There may be several, of old and new secrets; each is compared in constant time. A body that
 * begins with a number of seconds and a full stop is never taken: it may be a time that belongs to another id.
 */
export function isSignedWith(secret: Buffer, { id, timestamp, signature }: SignedHeaders, body: Uint8Array): boolean {
  if (MOVED_BORDER.test(Buffer.from(body.subarray(0, BORDER_BYTES)).toString("latin1"))) return false;
  const expected = createHmac("sha256", secret).update(`${id}.${timestamp}.`).update(body).digest();
  let isSigned = false;
  for (const each of signature.split(" ")) {
    const [version, base64 = ""] = each.split(",", 2);
    if (version !== "v1") continue;
    const given = Buffer.from(base64, "base64");
    if (given.length === expected.length && timingSafeEqual(given, expected)) isSigned = true;
  }
  return isSigned;
}
