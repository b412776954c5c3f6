import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import process from "node:process";
import { type Command, type EncodedText, type ErrorInfo, encode, isMillraceError } from "@millrace/core";
import type { Runtime } from "../runtime/runtime.ts";
import { type FoundHook, findHook } from "./find-hook.ts";
import { type HttpAnswer, refusalAnswer } from "./hook-answer.ts";
import { parseBody, readBody } from "./hook-body.ts";
import { checkSignedHeaders, isSignedWith, parseWebhookSecret, type SignedHeaders } from "./verify-webhook.ts";

/** How long the leader may take to answer, in milliseconds; when nobody leads, senders are told to come again. */
const ANSWER_MS = 30_000;
const COME_AGAIN_S = "5";
/** Headers that carry what no flow needs to know, and no database should. */
const CREDENTIALS = /authorization|cookie|signature|token|secret|api-?key/;

/** Of a runtime, what hooks need. */
export type HookRuntime = Pick<Runtime, "store" | "flows" | "submit">;

/** A request on its way through what must be true of it; each step gives what the next needs, or the refusal. */
type Step<Value> = Value | { readonly refusal: HttpAnswer };

function isRefused<Value>(step: Step<Value>): step is { readonly refusal: HttpAnswer } {
  return typeof step === "object" && step !== null && "refusal" in step;
}

/** Takes a request to `/hooks/…`: verifies it, hands it to the leader, and answers once what it makes is durable. */
export async function takeHook(runtime: HookRuntime, request: IncomingMessage, path: string): Promise<HttpAnswer> {
  const version = await runtime.store.activeVersion();
  const hook = version === undefined ? undefined : findHook(await runtime.flows(version), path);
  if (hook === undefined) {
    return refusalAnswer({ code: "NOT_FOUND", detail: `There is no webhook at /hooks/${path}.` });
  }
  if (request.method !== "POST") {
    const headers = { allow: "POST" };
    return refusalAnswer({ code: "METHOD_NOT_ALLOWED", detail: "A webhook takes POST.", headers });
  }
  const secret = secretOf(hook);
  if (isRefused(secret)) return secret.refusal;
  const signed = secret === null ? null : checkHeaders(hook, request);
  if (isRefused(signed)) return signed.refusal;
  const body = await takeBody(hook, request);
  if (isRefused(body)) return body.refusal;
  if (secret !== null && signed !== null && !isSignedWith(secret, signed, body)) {
    return refusalAnswer({ code: "BAD_SIGNATURE", detail: "No signature is of this body with our secret." });
  }
  const payload = payloadOf(request, body);
  if (isRefused(payload)) return payload.refusal;
  return await fire(runtime, {
    kind: "fire_trigger",
    flow: hook.flow,
    trigger: hook.spec.name,
    key: signed?.id ?? unsignedKey(request),
    payload,
  });
}

/** Null for a webhook that anybody may call. One without its secret is closed, not open. */
function secretOf({ spec }: FoundHook): Step<Buffer | null> {
  if (spec.secretVariable === null) return null;
  const text = process.env[spec.secretVariable];
  const secret = text === undefined ? undefined : parseWebhookSecret(text);
  if (secret !== undefined) return secret;
  const what = text === undefined ? "is not set" : "is no secret of the form whsec_<base 64>, of 16 bytes or more";
  const detail = `The variable ${spec.secretVariable}, which holds the secret of this webhook, ${what}.`;
  return { refusal: refusalAnswer({ status: 503, code: "MISSING_SECRET", detail }) };
}

function checkHeaders({ spec }: FoundHook, { headers }: IncomingMessage): Step<SignedHeaders> {
  const checked = checkSignedHeaders(headers as Record<string, string | undefined>, {
    nowMs: Date.now(),
    toleranceMs: spec.toleranceMs,
  });
  if (checked.ok) return checked.signed;
  return { refusal: refusalAnswer({ code: "BAD_SIGNATURE", detail: checked.reason }) };
}

async function takeBody({ spec }: FoundHook, request: IncomingMessage): Promise<Step<Buffer>> {
  const { maxBodyBytes } = spec;
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    const detail = `Bodies are taken as they are, and not as ${encoding}.`;
    return { refusal: refusalAnswer({ status: 415, code: "BODY_UNREADABLE", detail }) };
  }
  const said = Number(request.headers["content-length"] ?? 0);
  const body = said > maxBodyBytes ? undefined : await readBody(request, maxBodyBytes);
  if (body !== undefined) return body;
  const detail = `The body is larger than ${maxBodyBytes} bytes, which is the most that this webhook takes.`;
  // What is left of it is not read.
  return { refusal: refusalAnswer({ code: "BODY_TOO_LARGE", detail, headers: { connection: "close" } }) };
}

function payloadOf({ headers }: IncomingMessage, body: Buffer): Step<EncodedText> {
  try {
    const kept = Object.entries(headers).filter(([name]) => !CREDENTIALS.test(name));
    return encode({
      body: parseBody(body, headers["content-type"] ?? ""),
      headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    });
  } catch (error) {
    const detail = `The body cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return { refusal: refusalAnswer({ code: "BODY_UNREADABLE", detail }) };
  }
}

/** A sender that does not sign may still name its event. */
function unsignedKey({ headers }: IncomingMessage): string {
  const named = headers["webhook-id"] ?? headers["idempotency-key"];
  return typeof named === "string" && named !== "" ? named.slice(0, 256) : randomUUID();
}

async function fire(runtime: HookRuntime, command: Command & { readonly kind: "fire_trigger" }): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  try {
    const answer = await runtime.submit(command, { signal, isRecordedElsewhere: true });
    if (!answer.ok) return refused(answer.error);
    const { outcome, reason } = answer.event ?? { outcome: "run", reason: null };
    if (outcome === "known") {
      const detail = "This event was already seen; it made no other run.";
      return refusalAnswer({ code: "ALREADY_SEEN", detail, more: { run: answer.run } });
    }
    return { status: 202, body: { run: answer.run, outcome, ...(reason === null ? {} : { reason }) } };
  } catch (error) {
    if (!signal.aborted) throw error;
    const detail = "Nobody answered in time; the event was written down. Sent again, it makes no second run.";
    return refusalAnswer({ code: "NOT_ANSWERED", detail, headers: { "retry-after": COME_AGAIN_S } });
  }
}

/** Why the leader did not take it. What is the sender's fault is told in full, anything else is not his business. */
function refused({ code, message }: ErrorInfo): HttpAnswer {
  if (code === "INVALID_PARAMS") return refusalAnswer({ code, detail: message });
  if (code === "UNKNOWN_TRIGGER" || code === "UNKNOWN_FLOW") {
    return refusalAnswer({ code: "NOT_FOUND", detail: message });
  }
  return refusalAnswer({ code: "INTERNAL", detail: "The flow could not take this event." });
}

/** What a failure of ours looks like from outside. */
export function failed(error: unknown): HttpAnswer {
  const isStore = isMillraceError(error) && error.code !== "INTERNAL";
  const detail = isStore ? "The server cannot take events now." : "The server failed.";
  return refusalAnswer({ code: isStore ? "STORE_FAILED" : "INTERNAL", detail });
}
