import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Principal } from "@millrace/core";
import { MAX_MESSAGE_BYTES, type RemoteWorkers, SUBPROTOCOL, WORKERS_PATH } from "@millrace/executors/remote";
import { WebSocketServer } from "ws";
import { OpenStreams } from "../http/live/open-streams.ts";
import { problemOf, Refusal } from "../http/refusal.ts";
import type { Runtime } from "../runtime/runtime.ts";

export interface WorkerDoorOptions {
  readonly runtime: Pick<Runtime, "remoteWorkers" | "store">;
  /** Who sends a request; undefined for nobody known. Throws what is to be refused. */
  readonly principalOf: (request: IncomingMessage) => Promise<Principal | undefined>;
  /** Told of failures of ours. Must not throw. */
  readonly onError: (error: unknown) => void;
}

/** Nobody has so many workers; each connection costs memory before it has said who it is. */
const MAX_CONNECTIONS = 2_000;

/** Where workers come in: a request to upgrade, with a worker's token. */
export class WorkerDoor {
  readonly #options: WorkerDoorOptions;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: true,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });

  readonly #open: OpenStreams;

  constructor(options: WorkerDoorOptions) {
    this.#options = options;
    this.#open = new OpenStreams(options, MAX_CONNECTIONS);
  }

  /** Answers a request to upgrade, whatever it is for. Never rejects. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // A caller that goes away is nobody's fault.
    socket.on("error", () => socket.destroy());
    try {
      const { workers, principal } = await this.#check(request);
      // A connection outlives no token: whoever is let in no more is cut off.
      const open = this.#open.open(request, principal);
      socket.once("close", () => open.close());
      this.#sockets.handleUpgrade(request, socket, head, (accepted) => {
        open.signal.addEventListener("abort", () => accepted.terminate());
        workers.accept(accepted);
      });
    } catch (error) {
      this.#refuse(socket, error);
    }
  }

  /** Lets go of whoever is connected still. Twice is fine. */
  stop(): void {
    for (const client of this.#sockets.clients) client.terminate();
  }

  async #check(request: IncomingMessage): Promise<{ readonly workers: RemoteWorkers; readonly principal: Principal }> {
    const [path = ""] = (request.url ?? "").split("?", 1);
    if (path !== WORKERS_PATH) throw new Refusal("NOT_FOUND", "There is nothing here to connect to.");
    const principal = await this.#options.principalOf(request);
    if (principal === undefined) {
      throw new Refusal("UNAUTHENTICATED", "A worker shows its token.", { hint: TOKEN_HINT });
    }
    if (principal.kind !== "worker" && principal.kind !== "local") {
      throw new Refusal("FORBIDDEN", "Only a worker's token lets a worker in.", { hint: TOKEN_HINT });
    }
    checkProtocol(request);
    if (this.#sockets.clients.size >= MAX_CONNECTIONS) {
      throw new Refusal("TOO_MANY_REQUESTS", "As many workers are connected as may be.");
    }
    return { workers: this.#options.runtime.remoteWorkers ?? (await this.#sendAway()), principal };
  }

  /** Only whoever leads has work to give. */
  async #sendAway(): Promise<never> {
    const leader = await this.#options.runtime.store.findLeader();
    const who = leader === undefined ? "and nobody does now" : `${leader.holder} does`;
    throw new Refusal("NO_SERVER", `This server does not lead, ${who}: workers go to the one that leads.`, {
      hint: "Give the worker the address of each server, --server for each; it finds the one that leads.",
    });
  }

  #refuse(socket: Duplex, error: unknown): void {
    const problem = problemOf(error);
    if (problem.status === 500) this.#options.onError(error);
    const text = `${JSON.stringify(problem)}\n`;
    const headers = [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? problem.title}`,
      "content-type: application/problem+json",
      `content-length: ${Buffer.byteLength(text)}`,
      "connection: close",
      ...(problem.status === 401 ? ['www-authenticate: Bearer realm="millrace"'] : []),
    ];
    socket.end(`${headers.join("\r\n")}\r\n\r\n${text}`, () => socket.destroy());
  }
}

const TOKEN_HINT = "Make one with `millrace token create <name> --worker`, and give it with --token-file.";

function checkProtocol({ headers }: IncomingMessage): void {
  const offered = String(headers["sec-websocket-protocol"] ?? "").split(",");
  if (offered.some((name) => name.trim() === SUBPROTOCOL)) return;
  const theirs = offered.find((name) => name.trim().startsWith("millrace.worker."))?.trim();
  const what = theirs === undefined ? "no worker's protocol" : theirs;
  throw new Refusal("INVALID_REQUEST", `The caller speaks ${what}, and this server ${SUBPROTOCOL}.`, {
    hint: "Install the same version of millrace on the server and on its workers.",
  });
}
