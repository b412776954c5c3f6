import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { Readable } from "node:stream";
import { type AddressRule, type CheckedTarget, checkTarget } from "./check-target.ts";

/** As many as browsers and the built-in `fetch` follow. */
const MAX_REDIRECTS = 20;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Answers that have no body, whatever came (RFC 9110). */
const WITHOUT_BODY = new Set([204, 205, 304]);
/** What says who asks. It is for the place that was asked, and for no other. */
const IDENTITY = ["authorization", "cookie", "proxy-authorization"];

export interface GuardedInit extends Pick<RequestInit, "method" | "headers" | "body" | "signal" | "redirect"> {
  /** Which addresses it may go to. Defaults to public ones alone. */
  readonly isAllowed?: AddressRule;
}

/**
 * `fetch` that goes to public addresses alone: each address is checked, also those of redirections, and the connection goes
 * to what was checked. The body is held in memory while it is sent; answers are streamed and not decompressed, so none are
 * asked for that would have to be.
 *
 * @throws MillraceError `TARGET_REFUSED`; else what `fetch` throws: a `TypeError` whose cause says why, or the signal's
 *   reason.
 */
export async function guardedFetch(url: string | URL, init: GuardedInit = {}): Promise<Response> {
  const { redirect = "follow", signal } = init;
  let asked = await Asked.of(url, init);
  for (let redirects = 0; ; redirects += 1) {
    signal?.throwIfAborted();
    const answer = await send(asked, signal ?? undefined);
    const { location } = answer.headers;
    const isRedirect = REDIRECTS.has(answer.statusCode ?? 0) && location !== undefined;
    if (!isRedirect || redirect === "manual") return toResponse(answer, asked.method);
    answer.resume();
    if (redirect === "error") throw failed(new Error(`it redirects to another address (${answer.statusCode})`));
    if (redirects === MAX_REDIRECTS) throw failed(new Error(`it redirects more than ${MAX_REDIRECTS} times`));
    asked = await asked.redirected(answer.statusCode ?? 0, location);
  }
}

interface Parts {
  readonly isAllowed: AddressRule | undefined;
  readonly target: CheckedTarget;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Buffer | null;
}

/** One request, whole: its target is checked already. */
class Asked {
  readonly isAllowed: AddressRule | undefined;
  readonly target: CheckedTarget;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Buffer | null;

  private constructor({ isAllowed, target, method, headers, body }: Parts) {
    this.isAllowed = isAllowed;
    this.target = target;
    this.method = method;
    this.headers = headers;
    this.body = body;
  }

  static async of(url: string | URL, { method = "GET", headers, body, isAllowed }: GuardedInit): Promise<Asked> {
    const target = await checkTarget(url, isAllowed);
    // The built-in request knows what each kind of body is and how it is said.
    const whole = new Request(target.url, { method, ...(headers ? { headers } : {}), ...(body ? { body } : {}) });
    const bytes = whole.body === null ? null : Buffer.from(await whole.arrayBuffer());
    const sent = new Headers(whole.headers);
    if (!sent.has("accept-encoding")) sent.set("accept-encoding", "identity");
    if (!sent.has("accept")) sent.set("accept", "*/*");
    return new Asked({ isAllowed, target, method: whole.method, headers: sent, body: bytes });
  }

  /** What is asked next; as `fetch` has it, other methods than GET and HEAD may become GET and lose their body. */
  async redirected(status: number, location: string): Promise<Asked> {
    const { isAllowed } = this;
    const next = URL.canParse(location) ? location : new URL(location, this.target.url);
    const target = await checkTarget(next, isAllowed);
    const headers = new Headers(this.headers);
    if (target.url.origin !== this.target.url.origin) for (const name of IDENTITY) headers.delete(name);
    const turns = status === 303 ? this.method !== "HEAD" : status < 303 && this.method === "POST";
    if (!turns) return new Asked({ isAllowed, target, method: this.method, headers, body: this.body });
    headers.delete("content-type");
    return new Asked({ isAllowed, target, method: "GET", headers, body: null });
  }
}

function send({ target, method, headers, body }: Asked, signal: AbortSignal | undefined): Promise<IncomingMessage> {
  const answered = Promise.withResolvers<IncomingMessage>();
  const begin = target.url.protocol === "https:" ? requestHttps : requestHttp;
  const length = body === null ? {} : { "content-length": String(body.length) };
  const request: ClientRequest = begin(target.url, {
    method,
    headers: { ...Object.fromEntries(headers), ...length },
    lookup: target.lookup,
    // A connection that was opened for somebody else was not checked.
    agent: false,
    ...(signal === undefined ? {} : { signal }),
  });
  request.once("response", answered.resolve);
  request.once("error", (error) => answered.reject(signal?.aborted === true ? signal.reason : failed(error)));
  request.end(body ?? undefined);
  return answered.promise;
}

function toResponse(answer: IncomingMessage, method: string): Response {
  const { statusCode: status = 0, statusMessage: statusText = "" } = answer;
  const headers = new Headers();
  for (let at = 0; at < answer.rawHeaders.length; at += 2) {
    headers.append(answer.rawHeaders[at] ?? "", answer.rawHeaders[at + 1] ?? "");
  }
  const hasBody = method !== "HEAD" && !WITHOUT_BODY.has(status);
  if (!hasBody) answer.resume();
  const body = hasBody ? (Readable.toWeb(answer) as ReadableStream<Uint8Array>) : null;
  return new Response(body, { status, statusText, headers });
}

/** As `fetch` says it: what is wrong is in the cause. */
function failed(cause: Error): TypeError {
  return new TypeError("fetch failed", { cause });
}
