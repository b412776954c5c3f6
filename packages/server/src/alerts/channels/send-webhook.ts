import type { AlertChannel, AlertMessage, SendOutcome } from "@millrace/core";
import { parseWebhookSecret } from "../../hooks/verify-webhook.ts";
import type { ChannelCall } from "./channel-call.ts";
import { postJson } from "./post-json.ts";
import { signedHeaders } from "./sign-webhook.ts";

/** Sends a message as JSON that programs read, as Standard Webhooks says. */
export async function sendWebhook(
  { url, secret, privateNetwork }: AlertChannel & { readonly kind: "webhook" },
  message: AlertMessage,
  { id, nowMs, read }: ChannelCall,
): Promise<SendOutcome> {
  const text = secret === null ? null : await read(secret, "secret");
  const key = text === null ? null : parseWebhookSecret(text);
  if (key === undefined) {
    const why = "The secret is none: it is `whsec_` and base 64 of 16 bytes or more.";
    return { kind: "failed", text: why, retryAfterMs: null };
  }
  const body = JSON.stringify(webhookBody(message));
  const headers = signedHeaders(key, { id, nowMs, body });
  return await postJson({ url: await read(url, "url"), privateNetwork, headers, body });
}

/** What the body holds. Fields are only ever added. */
function webhookBody({ rule, kind, atMs, title, count, lines, url }: AlertMessage): object {
  return {
    type: kind,
    timestamp: new Date(atMs).toISOString(),
    data: {
      rule,
      title,
      count,
      url,
      alerts: lines.map((line) => ({
        flow: line.flow,
        text: line.text,
        at: new Date(line.atMs).toISOString(),
        about: line.about,
        url: line.url,
      })),
    },
  };
}
