import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { MAX_MESSAGE_BYTES, PROTOCOL, WORKERS_PATH } from "./messages.ts";

/** A server that does not answer is given up after this time, in milliseconds. */
const ANSWER_MS = 4_000;
const MAX_PROBLEM_BYTES = 64 * 1024;
/** Failures that something there answered with, so that the way to it is open. */
const ANSWERS = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE"]);

/** What came of calling a server. */
export type Dialled =
  | { readonly kind: "connected"; readonly socket: WebSocket }
  /** It answered, and does not take this worker: now, or at all. */
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly code: string | null;
      readonly message: string;
      readonly hint: string | null;
    }
  /** @param answered whether anything answered: a server that is down, as opposed to a network that is. */
  | { readonly kind: "failed"; readonly answered: boolean; readonly message: string };

/** Where workers connect to a server, from any address of it: `http`, `https`, `ws` or `wss`. */
function workersUrl(server: string): string {
  const url = new URL(server);
  url.protocol = url.protocol === "https:" || url.protocol === "wss:" ? "wss:" : "ws:";
  url.pathname = `${url.pathname.replace(/\/$/, "")}${WORKERS_PATH}`;
  return url.href;
}

/** The name under which both sides know what they speak. */
export const SUBPROTOCOL = `millrace.worker.${PROTOCOL}`;

/** Connects to a server. Never rejects. */
export function dial(server: string, token: string | null): Promise<Dialled> {
  const socket = new WebSocket(workersUrl(server), [SUBPROTOCOL], {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    handshakeTimeout: ANSWER_MS,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    followRedirects: false,
  });
  return new Promise((resolve) => {
    socket.once("open", () => resolve({ kind: "connected", socket }));
    socket.once("unexpected-response", (request, response) => {
      void refusalOf(response).then((refusal) => {
        request.destroy();
        resolve(refusal);
      });
    });
    // Also said when a connection is given up, and later by whoever is connected.
    socket.on("error", (error: NodeJS.ErrnoException) => {
      const message = error.message === "" ? (error.code ?? "no connection") : error.message;
      resolve({ kind: "failed", answered: ANSWERS.has(codeOf(error)), message });
    });
  });
}

/** A host with several addresses fails with each of them. */
function codeOf(error: NodeJS.ErrnoException): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return (first as NodeJS.ErrnoException).code ?? "";
}

async function refusalOf(response: IncomingMessage): Promise<Dialled> {
  const status = response.statusCode ?? 0;
  const problem = await readProblem(response);
  return {
    kind: "refused",
    status,
    code: problem.code ?? null,
    message: problem.detail ?? problem.title ?? `it answers with ${status}`,
    hint: problem.hint ?? null,
  };
}

interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly hint?: string;
}

async function readProblem(response: IncomingMessage): Promise<Problem> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_PROBLEM_BYTES) break;
      chunks.push(chunk);
    }
    const problem: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    return typeof problem === "object" && problem !== null ? problem : {};
  } catch {
    return {};
  }
}
