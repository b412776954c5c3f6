import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { formatDuration, MillraceError } from "@millrace/core";
import type { StandardSchema } from "../../schema/standard-schema.ts";
import type { TaskContext } from "../../task/context.ts";
import { checkOutput, readOutput } from "../command/output.ts";
import { toPlainJson } from "../plain-json.ts";
import { isSecret, type MaybeSecret, maskSecrets, maskUrl, readSecret } from "../secret.ts";
import { againAfter, neverAgain } from "../verdict.ts";
import { basicHeaders, type HttpAuth } from "./auth.ts";
import type { StatusTest } from "./expect-status.ts";
import { retryAfterMs } from "./retry-after.ts";

type QueryValue = string | number | boolean | bigint | Date | null | undefined;
export type QueryValues = Readonly<Record<string, QueryValue | readonly QueryValue[]>>;
export type HttpBody = string | Uint8Array | URLSearchParams | FormData | Blob;

/** An `http` task's own part, complete. */
export interface HttpConfig {
  readonly name: string;
  readonly method: string;
  readonly url: (input: unknown) => MaybeSecret | URL;
  readonly query: (input: unknown) => QueryValues;
  readonly headers: (input: unknown) => Readonly<Record<string, MaybeSecret | undefined>>;
  readonly json: ((input: unknown) => unknown) | null;
  readonly body: ((input: unknown) => HttpBody) | null;
  readonly auth: HttpAuth | null;
  readonly expected: StatusTest;
  readonly response: "json" | "text" | "bytes" | "none" | { readonly file: (input: unknown) => string };
  readonly output: StandardSchema | undefined;
  readonly timeoutMs: number;
  readonly redirect: "follow" | "error" | "manual";
  /** Only public addresses may be reached. */
  readonly isGuarded: boolean;
}

/** What an `http` task gives that writes the answer to a file. */
export interface HttpFile {
  /** As it was asked for. */
  readonly path: string;
  readonly bytes: number;
  /** The answer's content type, or null. */
  readonly type: string | null;
}

/** Statuses that another try may change (RFC 9110, RFC 6585); the other 4xx will come again. */
const RETRYABLE_4XX = new Set([408, 425, 429]);
/** How much of an unexpected answer is shown. */
const SHOWN = 500;

/** Sends the request of an `http` task and gives what came back. */
export async function runHttp(config: HttpConfig, input: unknown, context: TaskContext): Promise<unknown> {
  const url = await urlOf(config, input, context);
  const credentials = takeCredentials(url);
  const timeout = AbortSignal.timeout(config.timeoutMs);
  const request = { shown: `${config.method} ${maskUrl(url)}`, timeout };
  const startedAt = performance.now();
  try {
    const send = config.isGuarded ? (await import("../../net/guarded-fetch.ts")).guardedFetch : fetch;
    const response = await send(url, {
      method: config.method,
      ...withBody(config, input, { ...credentials, ...(await headersOf(config, input, context)) }),
      signal: AbortSignal.any([context.signal, timeout]),
      redirect: config.redirect,
    });
    const took = formatDuration(performance.now() - startedAt);
    context.log.info(`${request.shown}: ${response.status}, ${took}`);
    if (!config.expected(response.status)) throw await unexpected(request.shown, response);
    return await read(config, response, { input, context });
  } catch (failure) {
    context.signal.throwIfAborted();
    throw describe(failure, request, config);
  }
}

async function urlOf(config: HttpConfig, input: unknown, context: TaskContext): Promise<URL> {
  const given = config.url(input);
  const text = isSecret(given) ? await readSecret(given, `url of "${config.name}"`, context) : String(given);
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw notUrl(config.name, text, cause);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") throw notUrl(config.name, text, undefined);
  for (const [name, values] of Object.entries(config.query(input))) {
    for (const value of Array.isArray(values) ? values : [values]) {
      if (value !== undefined && value !== null) url.searchParams.append(name, queryText(value));
    }
  }
  return url;
}

function queryText(value: NonNullable<QueryValue>): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function notUrl(task: string, text: string, cause: unknown): MillraceError {
  const message = `The url of "${task}" is not an address of the web: ${maskUrl(text)}`;
  return neverAgain(new MillraceError("INPUT_INVALID", message, { hint: "Write it whole: https://…", cause }));
}

/** A user and password in the address become a header: `fetch` refuses them where they are. */
function takeCredentials(url: URL): Record<string, string> {
  if (url.username === "" && url.password === "") return {};
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = "";
  url.password = "";
  return basicHeaders(user, password);
}

type Sent = { headers: Headers; body?: NonNullable<RequestInit["body"]> };

/** The task's own headers, with what says who it is. Names are in lower case: a later one replaces an earlier one. */
async function headersOf(config: HttpConfig, input: unknown, context: TaskContext): Promise<Record<string, string>> {
  const headers: Record<string, string> = {};
  const identity = (await config.auth?.headers(`"${config.name}"`, context)) ?? {};
  for (const [name, value] of Object.entries(identity)) headers[name.toLowerCase()] = value;
  for (const [name, value] of Object.entries(config.headers(input))) {
    if (value === undefined) continue;
    headers[name.toLowerCase()] = await readSecret(value, `header ${name} of "${config.name}"`, context);
  }
  return headers;
}

function withBody(config: HttpConfig, input: unknown, given: Readonly<Record<string, string>>): Sent {
  const headers = new Headers({ "user-agent": "millrace", ...given });
  if (config.json !== null) {
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return { headers, body: toPlainJson(config.json(input)) };
  }
  return config.body === null ? { headers } : { headers, body: config.body(input) as NonNullable<Sent["body"]> };
}

async function read(
  config: HttpConfig,
  response: Response,
  { input, context }: { input: unknown; context: TaskContext },
): Promise<unknown> {
  const { response: form, output, name } = config;
  if (form === "none") {
    await response.body?.cancel();
    return undefined;
  }
  if (form === "bytes") return new Uint8Array(await response.arrayBuffer());
  if (typeof form === "object") return await save(form.file(input), response, context);
  const text = await response.text();
  if (form === "text") return text;
  // An answer without a body (204, or HEAD) says nothing rather than something wrong.
  const value = text === "" ? undefined : await readOutput("json", text, `the answer to "${name}"`);
  return output === undefined ? value : await checkOutput(output, value, `the answer to "${name}"`);
}

/** Streams the answer to a file that is there whole or not at all. */
async function save(path: string, response: Response, context: TaskContext): Promise<HttpFile> {
  const target = resolve(context.projectDir, path);
  const partial = `${target}.partial-${process.pid}`;
  await mkdir(dirname(target), { recursive: true });
  try {
    const file = createWriteStream(partial);
    await pipeline(response.body === null ? Readable.from([]) : Readable.fromWeb(response.body), file);
    await rename(partial, target);
    return { path, bytes: file.bytesWritten, type: response.headers.get("content-type") };
  } catch (failed) {
    await rm(partial, { force: true });
    throw failed;
  }
}

async function unexpected(shown: string, response: Response): Promise<MillraceError> {
  const text = await response.text().catch(() => "");
  const body = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  const { status } = response;
  const words = response.statusText === "" ? `${status}` : `${status} ${response.statusText}`;
  const error = new MillraceError("HTTP_STATUS", maskSecrets(`${shown} was answered with ${words}: ${body}`), {
    hint: hintFor(status),
  });
  if (status < 500 && !RETRYABLE_4XX.has(status)) return neverAgain(error);
  const afterMs = retryAfterMs(response.headers.get("retry-after"), Date.now());
  return afterMs === null ? error : againAfter(error, afterMs);
}

function hintFor(status: number): string {
  if (status === 401 || status === 403) return "Check the option `auth` and the secret that it reads.";
  if (status === 404) return "Check the address.";
  if (status === 429) return "The service wants fewer requests: give the task a pool with few slots.";
  if (status >= 500) return "The service failed; `retries` on the task try again.";
  return "If this answer is a good one, say so with the option `expect`.";
}

function describe(
  failure: unknown,
  { shown, timeout }: { readonly shown: string; readonly timeout: AbortSignal },
  config: HttpConfig,
): unknown {
  if (failure instanceof MillraceError) return failure;
  if (timeout.aborted) {
    return new MillraceError("HTTP_FAILED", `${shown} took longer than ${formatDuration(config.timeoutMs)}.`, {
      hint: "Give it more time with the option `timeout` of the request, or try again with `retries`.",
      cause: failure,
    });
  }
  // What `fetch` throws says only that it failed; why is in its cause.
  if (!(failure instanceof TypeError)) return failure;
  const cause = failure.cause instanceof Error ? failure.cause : failure;
  const why = cause instanceof AggregateError ? cause.errors.map(messageOf).join(", ") : messageOf(cause);
  return new MillraceError("HTTP_FAILED", maskSecrets(`${shown} got no answer: ${why}`), {
    hint: "Check the address and that the service runs; `retries` on the task try again.",
    cause,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
