import type { SendOutcome } from "@millrace/core";
import { guardedFetch } from "@millrace/executors";
import { failureOf, SEND_MS, shortText } from "./channel-call.ts";

export interface Post {
  readonly url: string;
  readonly privateNetwork: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** So much of an answer is read, in bytes: it is for the log alone. */
const MOST_BYTES = 4_096;
/** The receiver wants nothing more from us (RFC 9110). */
const GONE = 410;

/** Sends JSON to an address. Redirections are not followed: what is sent is for whom it was sent to. Never rejects. */
export async function postJson({ url, privateNetwork, headers, body }: Post): Promise<SendOutcome> {
  try {
    const send = privateNetwork ? fetch : guardedFetch;
    const response = await send(url, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "millrace", ...headers },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(SEND_MS),
    });
    const said = await beginningOf(response);
    const text = shortText(`${response.status} ${said}`);
    if (response.ok) return { kind: "sent", text };
    if (response.status === GONE) return { kind: "refused", text };
    return { kind: "failed", text, retryAfterMs: retryAfterMs(response.headers.get("retry-after")) };
  } catch (error) {
    return failureOf(error);
  }
}

async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return "";
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const reader = body.getReader();
  while (bytes < MOST_BYTES) {
    const { value, done } = (await reader.read()) as { value?: Uint8Array; done: boolean };
    if (done || value === undefined) break;
    pieces.push(value);
    bytes += value.length;
  }
  await reader.cancel();
  return Buffer.concat(pieces).subarray(0, MOST_BYTES).toString("utf8");
}

function retryAfterMs(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : null;
}
