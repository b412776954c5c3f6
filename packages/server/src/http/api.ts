import type { IncomingMessage, ServerResponse } from "node:http";
import { httpStatus, type RouteName, routeOf } from "@millrace/contract";
import type { Runtime } from "../runtime/runtime.ts";
import type { Call } from "./call.ts";
import { documentOf } from "./document.ts";
import { checkIsLocal } from "./guard.ts";
import { JSON_HANDLERS } from "./handlers/index.ts";
import { leaveUnread } from "./leave-unread.ts";
import { EventTail } from "./live/event-tail.ts";
import { followEvents } from "./live/follow-events.ts";
import { downloadLog, followLog } from "./live/follow-log.ts";
import { readRequest } from "./read-request.ts";
import { referencePage } from "./reference-page.ts";
import { problemOf, Refusal } from "./refusal.ts";
import { matchRoute } from "./router.ts";
import { send } from "./send.ts";

export interface ApiOptions {
  readonly runtime: Runtime;
  /** Of Millrace, for the OpenAPI document. */
  readonly version: string;
  /** Told of requests that failed because of us. Must not throw. */
  readonly onError: (error: unknown) => void;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const PREFIX = "/api";
const JSON_TYPE = "application/json; charset=utf-8";
/** Until there are people, whoever is on this machine is one and the same. */
const LOCAL_ACTOR = "api";

/** The HTTP API over a runtime. It listens to nothing itself: a server hands it what is meant for it. */
export class Api {
  readonly #options: ApiOptions;
  /** Aborted when the server stops: streams end, and nobody waits for an answer any more. */
  readonly #stopping = new AbortController();

  readonly #tail: EventTail;

  constructor(options: ApiOptions) {
    this.#options = options;
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
    checkIsLocal(request);
    const [path = ""] = (request.url ?? "").split("?", 1);
    const match = matchRoute(request.method ?? "", path);
    if (match.kind === "nothing") throw new Refusal("NOT_FOUND", "There is nothing here.");
    if (match.kind === "method") {
      const allow = match.allow.join(", ");
      throw new Refusal("METHOD_NOT_ALLOWED", `This takes ${allow}.`, { headers: { allow } });
    }
    const checked = await readRequest(request, match);
    const left = new AbortController();
    response.once("close", () => left.abort());
    const call = {
      ...checked,
      runtime: this.#options.runtime,
      actor: LOCAL_ACTOR,
      signal: AbortSignal.any([left.signal, this.#stopping.signal]),
    } as Call<RouteName>;
    await this.#serve(match.name, call, { request, response });
  }

  async #serve(name: RouteName, call: Call<RouteName>, exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const { version } = this.#options;
    if (name === "followEvents") return await followEvents(call as Call<"followEvents">, this.#tail, exchange);
    if (name === "followLog") return await followLog(call as Call<"followLog">, exchange);
    if (name === "downloadLog") return await downloadLog(call as Call<"downloadLog">, exchange);
    if (name === "getReference") return await send(request, response, referencePage(version));
    if (name === "getOpenApi") {
      return await send(request, response, { status: 200, text: documentOf(version), type: JSON_TYPE, tagged: true });
    }
    const handler = JSON_HANDLERS[name] as (call: Call<RouteName>) => Promise<unknown>;
    const text = `${JSON.stringify(await handler(call))}\n`;
    const tagged = name === "getFlow" || name === "listFlows";
    await send(request, response, { status: routeOf(name).status, text, type: JSON_TYPE, tagged });
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
