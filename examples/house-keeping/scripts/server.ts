// The server that the example works against: it holds backups, and behaves as servers do on a bad day.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

export const TOKEN = "let-the-house-be-clean";

/** What came in, for the ones who check it. */
export interface Seen {
  readonly requests: string[];
  readonly notices: unknown[];
}

export interface BackupServer {
  readonly url: string;
  readonly seen: Seen;
  close(): Promise<void>;
}

const BACKUPS = [
  { name: "2026-01-01.tar", bytes: 52_000 },
  { name: "2026-01-02.tar", bytes: 51_000 },
  { name: "2026-01-03.tar", bytes: 55_000 },
  { name: "2026-01-04.tar", bytes: 54_000 },
  { name: "2026-01-05.tar", bytes: 58_000 },
];
/** Somebody reads this one, so it cannot be deleted. */
const IN_USE = "2026-01-02.tar";

/** Starts the server on a free port. */
export async function startServer(): Promise<BackupServer> {
  const seen: Seen = { requests: [], notices: [] };
  const server = createServer((request, response) => {
    const key = `${request.method} ${request.url}`;
    const times = seen.requests.filter((one) => one === key).length + 1;
    seen.requests.push(key);
    void answer({ request, response, times }, seen);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${port}`, seen, close };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Counts how often this was asked, from 1. */
  readonly times: number;
}

async function answer({ request, response, times }: Exchange, seen: Seen): Promise<void> {
  const send = (status: number, body: unknown = {}, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
  const { method, url = "" } = request;
  // It takes a while to come up.
  if (url === "/health") return times < 3 ? send(503) : send(200, { up: true });
  // It is overloaded at first, and says when to come back.
  if (url === "/backups") return times < 2 ? send(503, {}, { "retry-after": "1" }) : send(200, BACKUPS);
  // Every other deletion fails for no reason.
  if (method === "DELETE") {
    if (url.endsWith(IN_USE)) return send(409, { error: "in use" });
    return times % 2 === 1 ? send(500, { error: "try again" }) : send(204);
  }
  if (url === "/notices" && method === "POST") {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return send(401);
    seen.notices.push(await json(request));
    return send(201);
  }
  send(404);
}
