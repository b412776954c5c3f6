import type { IncomingMessage, ServerResponse } from "node:http";
import { httpStatus, type RouteName, routeOf } from "@millrace/contract";
import { isMillraceError, MillraceError, may, type Principal } from "@millrace/core";
import type { Runtime } from "../runtime/runtime.ts";
import { People } from "../security/people.ts";
import { admit, authorize, authorizeBody } from "./authorize.ts";
import type { Call, JsonRoute, Visit } from "./call.ts";
import { documentOf } from "./document.ts";
import { Door, type DoorOptions, type Entry } from "./door.ts";
import { JSON_HANDLERS } from "./handlers/index.ts";
import { leaveUnread } from "./leave-unread.ts";
import { EventTail } from "./live/event-tail.ts";
import { followEvents } from "./live/follow-events.ts";
import { downloadLog, followLog } from "./live/follow-log.ts";
import { OpenStreams } from "./live/open-streams.ts";
import { METRICS_TYPE, metricsOf } from "./metrics.ts";
import { readRequest } from "./read-request.ts";
import { isRecorded, recordCall } from "./record-call.ts";
import { referencePage } from "./reference-page.ts";
import { problemOf, Refusal } from "./refusal.ts";
import { type Match, matchRoute } from "./router.ts";
import { send } from "./send.ts";

export interface ApiOptions {
  readonly runtime: Runtime;
  /** Of Millrace. */
  readonly version: string;
  /** Told of requests that failed because of us. Must not throw. */
  readonly onError: (error: unknown) => void;
  /** Who may come in. Defaults to the users and tokens of the runtime's store. */
  readonly people?: People;
  /** How requests reach the server. Defaults to a server for this machine alone. */
  readonly door?: DoorOptions;
}

type Matched = Match & { readonly kind: "route" };

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const PREFIX = "/api";
const JSON_TYPE = "application/json; charset=utf-8";
const LOCAL_DOOR: DoorOptions = { isLocal: true, publicUrl: null, trustsProxy: false };
/** Who asks on a route that is open to everybody, and does not say: nobody, who may nothing. */
const NOBODY: Principal = { kind: "user", name: "nobody", grants: [] };

/** The HTTP API over a runtime. It listens to nothing itself: a server hands it what is meant for it. */
export class Api {
  readonly #options: ApiOptions;
  /** Aborted when the server stops: streams end, and nobody waits for an answer any more. */
  readonly #stopping = new AbortController();

  readonly #tail: EventTail;
  readonly #people: People;
  readonly #streams: OpenStreams;
  /** Finds out who sends a request: upgrade requests come to it too. */
  readonly door: Door;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#people =
      options.people ?? new People({ store: options.runtime.store.people, attempts: options.runtime.attemptTokens });
    this.door = new Door(this.#people, options.door ?? LOCAL_DOOR);
    this.#streams = new OpenStreams(this.door);
    this.#tail = new EventTail(options.runtime, options.onError);
  }

  /** Whether a request is for the API. */
  takes({ url = "" }: IncomingMessage): boolean {
    return url === PREFIX || url.startsWith(`${PREFIX}/`) || url.startsWith(`${PREFIX}?`);
  }

  /** Answers a request, whatever it is. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#answer(request, response);
    } catch (error) {
      await this.#refuse(request, response, error);
    }
  }

  /** Ends all streams. Twice is fine. */
  stop(): void {
    this.#stopping.abort();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const entry = await this.door.enter(request);
    const [path = ""] = (request.url ?? "").split("?", 1);
    const match = matchRoute(request.method ?? "", path);
    if (match.kind === "nothing") throw new Refusal("NOT_FOUND", "There is nothing here.");
    if (match.kind === "method") {
      const allow = match.allow.join(", ");
      throw new Refusal("METHOD_NOT_ALLOWED", `This takes ${allow}.`, { headers: { allow } });
    }
    admit(match.name, entry.visitor?.principal);
    const principal = entry.visitor?.principal ?? NOBODY;
    try {
      await this.#serveMatch(match, { ...entry, principal }, { request, response });
    } catch (error) {
      throw may(principal, "flow.read") ? error : withoutNames(error);
    }
  }

  async #serveMatch(match: Matched, entry: Entry & { readonly principal: Principal }, exchange: Exchange) {
    const { request, response } = exchange;
    const { runtime, version: millrace } = this.#options;
    const { principal } = entry;
    const checked = await readRequest(request, match, (params) =>
      authorize(match.name, { runtime, principal, params }),
    );
    const left = new AbortController();
    response.once("close", () => left.abort());
    const call = {
      ...checked,
      runtime,
      millrace,
      principal,
      actor: principal.name,
      visit: this.#visit(entry, response),
      note: {},
      signal: AbortSignal.any([left.signal, this.#stopping.signal]),
    } as Call<RouteName>;
    authorizeBody(match.name, call);
    await this.#serve(match.name, call, exchange);
  }

  #visit(entry: Entry, response: ServerResponse): Visit {
    const setCookie = (text: string): void => void response.setHeader("set-cookie", text);
    return { ...entry, people: this.#people, door: this.door, setCookie };
  }

  async #serve(name: RouteName, call: Call<RouteName>, exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const { version } = this.#options;
    if (routeOf(name).answer === "events") return await this.#follow(name, call, exchange);
    if (name === "downloadLog") return await downloadLog(call as Call<"downloadLog">, exchange);
    if (name === "getMetrics") {
      const text = await metricsOf(call.runtime, version);
      return await send(request, response, { status: 200, text, type: METRICS_TYPE });
    }
    if (name === "getReference") return await send(request, response, referencePage(version));
    if (name === "getOpenApi") {
      return await send(request, response, { status: 200, text: documentOf(version), type: JSON_TYPE, tagged: true });
    }
    const handler = JSON_HANDLERS[name as JsonRoute] as unknown as (call: Call<RouteName>) => Promise<unknown>;
    const answer = await handler(call);
    // Before it is answered: what nobody recorded is not said to be done.
    if (isRecorded(name)) await recordCall(name, call, answer);
    const text = `${JSON.stringify(answer)}\n`;
    // Who may what may be different now: whoever follows is looked at again.
    if (routeOf(name).permission === "user.write" || routeOf(name).scope === "self") void this.#streams.check();
    const tagged = name === "getFlow" || name === "listFlows";
    await send(request, response, { status: routeOf(name).status, text, type: JSON_TYPE, tagged });
  }

  /** A stream ends when whoever reads it may no more. */
  async #follow(name: RouteName, call: Call<RouteName>, exchange: Exchange): Promise<void> {
    const stream = this.#streams.open(exchange.request, call.principal);
    const followed = { ...call, signal: AbortSignal.any([call.signal, stream.signal]) };
    try {
      if (name === "followLog") await followLog(followed as Call<"followLog">, exchange);
      else await followEvents(followed as Call<"followEvents">, this.#tail, exchange);
    } finally {
      stream.close();
    }
  }

  async #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
    // Whoever went away hears no answer, and it is nobody's fault.
    if (response.destroyed || response.headersSent) {
      if (!response.writableEnded) response.destroy();
      return;
    }
    const problem = problemOf(error);
    if (httpStatus(problem.code) === 500) this.#options.onError(error);
    const options = error instanceof Refusal ? error.options : {};
    const headers = {
      ...options.headers,
      ...(problem.status === 503 ? { "retry-after": "5" } : {}),
    };
    const text = `${JSON.stringify(problem)}\n`;
    await send(request, response, { status: problem.status, text, headers, type: "application/problem+json" });
    if (options.closes === true && !request.complete) leaveUnread(request);
  }
}

/** What is not there is often named by what is: whoever may not read all flows gets no such hint. */
function withoutNames(error: unknown): unknown {
  if (!isMillraceError(error) || !error.code.startsWith("UNKNOWN_") || error.hint === null) return error;
  return new MillraceError(error.code, error.message, { cause: error });
}
