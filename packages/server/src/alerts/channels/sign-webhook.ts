import { createHmac } from "node:crypto";

/**
 * The headers with which a message is signed, as Standard Webhooks says: `v1,` and the base 64 of the HMAC-SHA256 of
 * `id.timestamp.body`.
 */
export function signedHeaders(
  secret: Buffer | null,
  { id, nowMs, body }: { readonly id: string; readonly nowMs: number; readonly body: string },
): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp };
  if (secret === null) return headers;
  const signature = createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { ...headers, "webhook-signature": `v1,${signature}` };
}
