import { MillraceError, type RouteInput, type RouteName, type RouteOutput, routeOf } from "@millrace/contract";
import { errorOf } from "./problem.ts";

export interface ClientOptions {
  /** Where the server is. Defaults to `http://127.0.0.1:7430`. */
  readonly url?: string;
  /** What lets the client in: a token of `millrace token create`. Defaults to none, which does on a machine without users. */
  readonly token?: string;
  /** What people use it through, for the audit: it gives no rights. Defaults to none: a program of its own. */
  readonly agent?: "web" | "command";
  /** What makes requests. Defaults to the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

export interface CallOptions {
  /** Gives up waiting. A request that was sent may be done all the same. */
  readonly signal?: AbortSignal;
  /** The same key twice is one request. Defaults to a new one for each call. */
  readonly idempotencyKey?: string;
}

/** Parts of a request that its route has none of may be left out. */
export type Input<Name extends RouteName> = Partial<RouteInput<Name>>;

const DEFAULT_URL = "http://127.0.0.1:7430";
/** Before each further try of a request that a server could not take, in milliseconds. */
const RETRY_MS = [100, 500] as const;

/** Speaks HTTP. Requests that got no answer are sent again: those that change something carry a key, so they are done once. */
export class Transport {
  readonly #base: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly #own: Readonly<Record<string, string>>;

  constructor({ url = DEFAULT_URL, token, agent, fetch = globalThis.fetch }: ClientOptions) {
    this.#own = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(agent === undefined ? {} : { "x-millrace-agent": agent }),
    };
    this.#base = url.replace(/\/+$/, "");
    this.#fetch = fetch;
  }

  /** Calls a route and gives its answer. Throws what the server refused with, or `NO_SERVER`. */
  async call<Name extends RouteName>(
    name: Name,
    input: Input<Name> = {},
    { signal, idempotencyKey }: CallOptions = {},
  ): Promise<RouteOutput<Name>> {
    const changes = routeOf(name).method !== "GET";
    const headers: Record<string, string> = changes
      ? { "idempotency-key": idempotencyKey ?? globalThis.crypto.randomUUID() }
      : {};
    const init: RequestInit = { headers, ...(signal === undefined ? {} : { signal }) };
    for (let tries = 0; ; tries += 1) {
      const waitMs = RETRY_MS[tries];
      try {
        const response = await this.send(name, input, init);
        return (await response.json()) as RouteOutput<Name>;
      } catch (error) {
        const isAway = error instanceof MillraceError && (error.code === "NO_SERVER" || error.code === "STORE_FAILED");
        if (!isAway || waitMs === undefined || signal?.aborted === true) throw error;
        await pause(waitMs);
      }
    }
  }

  /** One request; its answer is good, and not read yet. */
  async send<Name extends RouteName>(name: Name, input: Input<Name>, init: RequestInit): Promise<Response> {
    const { method } = routeOf(name);
    const body = input.body === undefined ? {} : { body: JSON.stringify(input.body) };
    const headers = {
      ...this.#own,
      ...(init.headers as Record<string, string>),
      ...(input.body === undefined ? {} : { "content-type": "application/json" }),
    };
    let response: Response;
    // Called as a function: a browser's own refuses to be the method of anything but its window.
    const fetch = this.#fetch;
    try {
      response = await fetch(this.#urlOf(name, input), { ...init, ...body, method, headers });
    } catch (cause) {
      if (init.signal?.aborted === true) throw cause;
      throw new MillraceError("NO_SERVER", `There is no server at ${this.#base}.`, {
        hint: "Start one with `millrace server`, or give the client its address.",
        cause,
      });
    }
    if (response.ok) return response;
    throw await errorOf(response);
  }

  #urlOf<Name extends RouteName>(name: Name, { params, query }: Input<Name>): string {
    const filled = routeOf(name).path.replace(/\{(\w+)\}/g, (_, field: string) =>
      encodeURIComponent(String((params as Readonly<Record<string, unknown>> | undefined)?.[field])),
    );
    const fields = new URLSearchParams();
    for (const [field, value] of Object.entries(query ?? {})) {
      for (const each of Array.isArray(value) ? value : [value]) {
        if (each !== undefined) fields.append(field, String(each));
      }
    }
    return `${this.#base}${filled}${fields.size === 0 ? "" : `?${fields.toString()}`}`;
  }
}

export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
    if (signal?.aborted === true) end();
  });
}
