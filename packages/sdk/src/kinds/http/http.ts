import { type Duration, parseDuration } from "@millrace/core";
import type { StandardSchema } from "../../schema/standard-schema.ts";
import { CallSite } from "../../source/call-site.ts";
import { refusal, withPlace } from "../../source/refuse.ts";
import { defineTask } from "../../task/define-task.ts";
import type { TaskOptions } from "../../task/policy-options.ts";
import type { Task } from "../../task/task.ts";
import { type MaybeSecret, maskUrl, secretNames } from "../secret.ts";
import type { HttpAuth } from "./auth.ts";
import { type ExpectedStatus, readExpected } from "./expect-status.ts";
import { type HttpBody, type HttpConfig, type HttpFile, type QueryValues, runHttp } from "./run-http.ts";

/** A value, or a function of the input that gives it. */
type OfInput<Checked, Value> = Value | ((input: Checked) => Value);

/** A value to send as JSON. */
type JsonBody = Readonly<Record<string, unknown>> | readonly unknown[] | string | number | boolean | null;

/** What an `http` task sends, with the policies that every task takes. */
export interface HttpRequestOptions<In, Checked> extends Omit<TaskOptions, "timeout"> {
  /** Defaults to `GET`, and with a body to `POST`. */
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | (string & {});
  /** The address, or a function of the input that gives it. */
  readonly url: OfInput<Checked, MaybeSecret | URL>;
  /** Added to the address, escaped; a list gives a parameter several times, null and undefined none. Defaults to none. */
  readonly query?: OfInput<Checked, QueryValues>;
  /** Secrets among them are read when the request is sent: `env("…")`. Defaults to none. */
  readonly headers?: OfInput<Checked, Readonly<Record<string, MaybeSecret | undefined>>>;
  /** A value to send as JSON, or a function of the input that gives it. Defaults to no body. */
  readonly json?: JsonBody | ((input: Checked) => unknown);
  /** Text, bytes, a form, or a function of the input that gives one. In place of `json`. Defaults to no body. */
  readonly body?: OfInput<Checked, HttpBody>;
  /** `bearer(env("TOKEN"))`, `basic(user, env("PASSWORD"))` or `headerAuth("x-api-key", env("KEY"))`. Defaults to none. */
  readonly auth?: HttpAuth;
  /** Which statuses are good: `200`, `"2xx"`, `"200-299"`, or a list. Defaults to `"2xx"`. */
  readonly expect?: ExpectedStatus;
  /** What the task takes: a schema, or `type<T>()`. Defaults to nothing. */
  readonly input?: StandardSchema<In, Checked>;
  /** How long the whole exchange may take, the answer's body included. Defaults to 30 seconds. */
  readonly timeout?: Duration;
  /** What to do when the answer is a redirection. Defaults to `"follow"`. */
  readonly redirect?: "follow" | "error" | "manual";
  /**
   * Sends the request to public addresses alone, also after redirections: neither to this machine, nor to its network, nor
   * to where a cloud hands out credentials. For addresses that come from outside, such as a parameter or a webhook.
   * Refused ones fail the task for good with `TARGET_REFUSED`. Defaults to false.
   */
  readonly denyPrivateAddresses?: boolean;
}

/** An answer in JSON, with what it is. */
export interface JsonAnswer<Out> {
  /** Reads the answer as JSON. The default. */
  readonly response?: "json";
  /** What the answer is: a schema that checks it, or `type<T>()`. Defaults to unknown. */
  readonly output?: StandardSchema<unknown, Out>;
}

/** An answer taken as it is. */
export interface PlainAnswer<Form extends "text" | "bytes" | "none"> {
  /** `"text"`, `"bytes"` (a Uint8Array), or `"none"` when only the status counts. */
  readonly response: Form;
}

/** An answer that is streamed to a file. */
export interface FileAnswer<Checked> {
  /** The file, relative to the project's folder, or a function that gives it. Replaced as a whole, never half written. */
  readonly response: { readonly file: OfInput<Checked, string> };
}

interface PlainAnswers {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly none: undefined;
}

/**
 * A task that sends one HTTP request, by the built-in `fetch`.
 *
 * A status that is not expected fails it with `HTTP_STATUS` and the beginning of the answer. It is worth another try
 * (`retries`) when the status is 408, 425, 429 or 5xx, at the time that `Retry-After` asks for, or when there was no
 * answer (`HTTP_FAILED`); the other 4xx fail for good.
 *
 * @example
 * const orders = http("orders", {
 *   url: "https://shop.example/api/orders",
 *   query: ({ day }) => ({ day }),
 *   auth: bearer(env("SHOP_API_TOKEN")),
 *   input: type<{ day: string }>(),
 *   output: z.array(order),
 * });
 */
export function http<In = void, Checked = In, Out = unknown>(
  name: string,
  options: HttpRequestOptions<In, Checked> & JsonAnswer<Out>,
): Task<In, Out>;
export function http<Form extends "text" | "bytes" | "none", In = void, Checked = In>(
  name: string,
  options: HttpRequestOptions<In, Checked> & PlainAnswer<Form>,
): Task<In, PlainAnswers[Form]>;
export function http<In = void, Checked = In>(
  name: string,
  options: HttpRequestOptions<In, Checked> & FileAnswer<Checked>,
): Task<In, HttpFile>;
export function http<In, Checked>(name: string, options: AnyHttpOptions<In, Checked>): Task<In, unknown> {
  const site = new CallSite(http);
  const { method, url, query, headers, json, body, auth, expect, response, output, ...others } = options;
  const { timeout, redirect, denyPrivateAddresses, input, ...policies } = others;
  checkRequest(name, options, site);
  const config: HttpConfig = {
    name,
    method: (method ?? (json === undefined && body === undefined ? "GET" : "POST")).toUpperCase(),
    url: ofInput(url),
    query: ofInput(query ?? {}),
    headers: ofInput(headers ?? {}),
    json: json === undefined ? null : ofInput(json),
    body: body === undefined ? null : ofInput(body),
    auth: auth ?? null,
    expected: withPlace(site, () => readExpected(expect ?? "2xx")),
    response: typeof response === "object" ? { file: ofInput(response.file) } : (response ?? "json"),
    output,
    timeoutMs: withPlace(site, () => parseDuration(timeout ?? "30s", `timeout of task "${name}"`)),
    redirect: redirect ?? "follow",
    isGuarded: denyPrivateAddresses ?? false,
  };
  return defineTask<In, unknown, Checked>({
    name,
    taskKind: "http",
    options: policies,
    details: { method: config.method, ...(typeof url === "string" || url instanceof URL ? { url: maskUrl(url) } : {}) },
    secrets: [...secretNames(url, headers), ...(auth?.secrets ?? [])],
    input,
    site,
    run: (value, context) => runHttp(config, value, context),
  });
}

type AnyHttpOptions<In, Checked> = HttpRequestOptions<In, Checked> & {
  readonly response?: "json" | "text" | "bytes" | "none" | FileAnswer<Checked>["response"];
  readonly output?: StandardSchema;
};

function ofInput<Value>(given: OfInput<never, Value>): (input: unknown) => Value {
  return typeof given === "function" ? (given as (input: unknown) => Value) : () => given;
}

type Checkable = { readonly url: unknown; readonly json?: unknown; readonly body?: unknown };

function checkRequest(name: string, options: Checkable, site: CallSite): void {
  const { url, json, body } = options;
  const refuse = (message: string, hint: string): Error => refusal({ code: "INVALID_OPTION", message, hint }, site);
  if (url === undefined || url === "") {
    throw refuse(`the url of task "${name}" is missing`, 'Say where to: url: "https://shop.example/api/orders".');
  }
  if (json !== undefined && body !== undefined) {
    throw refuse(`task "${name}" has both \`json\` and a \`body\``, "Give one of them.");
  }
}
