import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { MillraceError } from "@millrace/core";
import type { Api } from "../http/api.ts";
import { leaveUnread } from "../http/leave-unread.ts";
import type { WebFiles } from "../web/web-files.ts";
import type { WorkerDoor } from "../workers/worker-door.ts";
import { type HttpAnswer, refusalAnswer } from "./hook-answer.ts";
import { failed, type HookRuntime, takeHook } from "./take-hook.ts";

export interface HookServerOptions {
  readonly runtime: HookRuntime;
  /** 0 takes any that is free. */
  readonly port: number;
  readonly host: string;
  /**
   * Where another process has the port: true tries again until it is free, as a server does that stands by. False refuses
   * to begin.
   */
  readonly waitsForPort: boolean;
  /** The API, served beside the webhooks. Left out: there is none. */
  readonly api?: Pick<Api, "takes" | "handle" | "stop">;
  /** The web UI, served at every other address. Left out: there is none. */
  readonly web?: Pick<WebFiles, "takes" | "answer">;
  /** Where workers elsewhere connect. Left out: nowhere. */
  readonly workers?: Pick<WorkerDoor, "upgrade" | "stop">;
  /** Told where it listens, now or later; with null, that the port is taken. Must not throw. */
  readonly onListening: (address: string | null) => void;
  /** Told of requests that failed because of us. Must not throw. */
  readonly onError: (error: unknown) => void;
}

const PREFIX = "/hooks/";
/** How long a sender may take for a whole request, in milliseconds. */
const REQUEST_MS = 30_000;
/** Between two tries for a port that is taken, in milliseconds. */
const TRY_MS = 1_000;
/** Requests that are being answered have so long to end, in milliseconds. */
const LEAVE_MS = 2_000;

/** The HTTP side of a server: webhooks, and whether it is well. */
export class HookServer {
  readonly #options: HookServerOptions;
  readonly #server: Server;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: HookServerOptions) {
    this.#options = options;
    this.#server = createServer({ requestTimeout: REQUEST_MS }, (request, response) => {
      const { api, web } = options;
      if (api?.takes(request) === true) void api.handle(request, response);
      else if (web?.takes(request) === true) void this.#show(web, request, response);
      else void this.#answer(request, response);
    });
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { workers } = this.#options;
    if (workers === undefined || this.#stopped) socket.destroy();
    else void workers.upgrade(request, socket, head);
  }

  /** Listens, or waits for its port. Throws `USAGE` for a port that it cannot have. */
  async start(): Promise<void> {
    try {
      await this.#listen();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EADDRINUSE" || !this.#options.waitsForPort) throw unusable(this.#options, error);
      this.#options.onListening(null);
      this.#tryLater();
    }
  }

  async #listen(): Promise<void> {
    const { port, host } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const listening = (): void => resolve();
    this.#server.once("error", reject);
    this.#server.once("listening", listening);
    this.#server.listen(port, host);
    try {
      await promise;
    } finally {
      // It is tried every second, and each try would leave its listeners behind.
      this.#server.off("error", reject);
      this.#server.off("listening", listening);
    }
    if (this.#stopped) {
      this.#server.close();
      return;
    }
    const { address, family, port: own } = this.#server.address() as AddressInfo;
    this.#options.onListening(`http://${family === "IPv6" ? `[${address}]` : address}:${own}`);
  }

  #tryLater(): void {
    this.#timer = setTimeout(() => {
      this.#listen().catch(() => {
        if (!this.#stopped) this.#tryLater();
      });
    }, TRY_MS);
    this.#timer.unref();
  }

  async #show(web: Pick<WebFiles, "answer">, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await web.answer(request, response);
    } catch (error) {
      this.#options.onError(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: HttpAnswer;
    try {
      answer = await this.#route(request);
    } catch (error) {
      // A sender that went away is nobody's fault, and hears no answer.
      if (request.destroyed && !request.complete) return;
      this.#options.onError(error);
      answer = failed(error);
    }
    const text = `${JSON.stringify(answer.body)}\n`;
    response.writeHead(answer.status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
      ...answer.headers,
    });
    // A body that nobody reads must not be waited for.
    response.end(text, () => {
      if (!request.complete) leaveUnread(request);
    });
  }

  async #route(request: IncomingMessage): Promise<HttpAnswer> {
    const path = pathOf(request);
    const { runtime } = this.#options;
    if (path?.startsWith(PREFIX)) return await takeHook(runtime, request, path.slice(PREFIX.length));
    if (path === "/health") return { status: 200, body: { ok: true } };
    if (path === "/ready") return await readiness(runtime);
    return refusalAnswer({ code: "NOT_FOUND", detail: "There is nothing here." });
  }

  /** Takes no more requests, and lets those that are under way be answered. Twice is fine. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#options.api?.stop();
    this.#options.workers?.stop();
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const timer = setTimeout(() => this.#server.closeAllConnections(), LEAVE_MS);
    await closed;
    clearTimeout(timer);
  }
}

/** Undefined for what is no path. */
function pathOf({ url = "" }: IncomingMessage): string | undefined {
  try {
    return decodeURIComponent(url.split("?", 1)[0] ?? "");
  } catch {
    return undefined;
  }
}

/** Whether what is sent now would be taken at once: the database answers, and somebody leads. */
async function readiness({ store }: HookRuntime): Promise<HttpAnswer> {
  const leader = await store.findLeader();
  return { status: leader === undefined ? 503 : 200, body: { ok: leader !== undefined } };
}

function unusable({ host, port }: HookServerOptions, cause: unknown): MillraceError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new MillraceError("USAGE", `The server cannot listen on ${host}:${port}: ${why}.`, {
    hint: "Give another port: millrace server --port 7431.",
    cause,
  });
}
